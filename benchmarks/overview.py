"""The subscriptions overview against a bare page of the same size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader

from benchmarks.grounds import Ground
from benchmarks.journey import minimal
from benchmarks.journey.floor import floor_application, floor_engine
from benchmarks.measuring import Meter, Noise, Series, cpu_ratio, settle_down
from benchmarks.report import Report
from benchmarks.shop import customers, shop_on
from benchmarks.statements import recording
from benchmarks.visiting import Visitor

SUBSCRIPTIONS = 10
PAGES, WARM = 60, 20

# Six values a row and about 300 bytes, escaped as in any page: 50 rows are 15 kB.
_BARE = """<!doctype html>
<html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1><table>
{%- for row in rows %}
<tr class="row"><th scope="row"><a class="row-link" href="/rows/{{ row.id }}">{{ row.name }}</a></th>
<td class="row-plan">{{ row.plan }}</td><td class="row-seats"><span class="number">{{ row.seats }}</span> seats</td>
<td class="row-price"><span class="amount">{{ row.price }}</span></td>
<td class="row-day"><time>{{ row.day }}</time></td></tr>
{%- endfor %}
</table><p>{{ rest }}</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    name: str
    plan: str
    seats: int
    price: str
    day: str


def bare_application(size: int) -> Flask:
    """A Flask application whose one page fills a template of rows, to the byte as large as told; no database."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"bare.html": _BARE})

    def page(rows: int, rest: int) -> str:
        shown = [
            _Row(
                number, f"Product & {number}", "Standard, monthly", 5 + number % 9, "€123.45", "10 April 2026"
            )
            for number in range(rows)
        ]
        return render_template("bare.html", title="Subscriptions", rows=shown, rest="." * rest)

    with app.app_context():
        rows = 1
        while len(page(rows + 1, 0).encode()) <= size:
            rows += 1
        rest = size - len(page(rows, 0).encode())
    app.add_url_rule("/", "page", lambda: page(rows, rest))
    app.config["ROWS"] = rows
    return app


@dataclass(frozen=True, slots=True)
class _Base:
    """What a page is measured against."""

    visitor: Visitor
    path: str
    called: str
    database: str = ""  # its address, where it has one


def measure(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """The overview page of a signed-in billing contact, against a bare page of its size."""

    def bare(size: int) -> _Base:
        application = bare_application(size)
        found = Visitor(application)
        assert abs(len(found.get("/").body) / size - 1) < 0.03, "the bare page has another size"
        return _Base(found, "/", f"bare page of the same size ({application.config['ROWS']} rows)")

    _page("overview page", "/billing/", bare, ground, folder, rounds, noise, report)


def measure_summary(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """The live summary, which the edit page asks for while somebody types, against the floor's: one read, integers."""

    def floor(size: int) -> _Base:
        url = ground.fresh()
        engine = floor_engine(url)
        with engine.begin() as connection:
            minimal.make(connection, 1)
        engine.dispose()
        path = f"/1/subscriptions/{minimal.first_subscription(1)}/summary?seats=9"
        return _Base(Visitor(floor_application(url)), path, "the floor's live summary", url)

    path = "/billing/subscriptions/{id}/summary?seats=9&frequency=monthly"
    _page("live summary", path, floor, ground, folder, rounds, noise, report)


def _page(
    name: str,
    path: str,
    base_for: Callable[[int], _Base],
    ground: Ground,
    folder: Path,
    rounds: int,
    noise: Noise,
    report: Report,
) -> None:
    """Take turns: a page, and what it is measured against."""
    url = ground.fresh()
    with shop_on(url, folder) as shop:
        (customer,) = customers(shop, folder, 1, SUBSCRIPTIONS)
        visitor, path = customer.visitor, path.format(id=customer.subscription_id)
        visitor.get(path)  # the first page of a process also reads the catalogue
        with recording(shop.database.engine) as sent:
            page = visitor.get(path)
        base = base_for(len(page.body))
        assert page.status == base.visitor.get(base.path).status == 200
        ours, others = Series(), Series()
        for _ in range(WARM):
            visitor.get(path)
            base.visitor.get(base.path)
        settle_down()
        for _ in range(rounds):
            noise.sample()
            own = Meter(ground.cpu_of(url))
            other = Meter(ground.cpu_of(base.database)) if base.database else Meter()
            for _ in range(PAGES):  # in turns, so that both meet the same minute of the machine
                visitor.get(path, own)
                base.visitor.get(base.path, other)
            ours.meters.append(own)
            others.meters.append(other)
        assert shop.prove() == 0
    report.heading(
        f"{name[0].upper()}{name[1:]}, {SUBSCRIPTIONS} subscriptions, {ground.name} ({ground.settings})"
    )
    report.count("statements", len(sent))
    report.count("bytes", len(page.body))
    report.line(name, "CPU ms", ours.milliseconds())
    if ground.name == "PostgreSQL":
        report.server_share(ground.cpu_is_complete, ours)
    report.line(base.called, "CPU ms", others.milliseconds())
    report.ratio(f"{name} ÷ {base.called.partition(' of ')[0]}", "CPU", cpu_ratio(ours, others))
    report.ratio(f"{name}: 99th in a hundred ÷ the middle", "CPU", ours.tails())
