"""What a request costs among few accounts and among many: the same pages in turns, of accounts of one size."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from benchmarks.grounds import Ground, SqliteGround
from benchmarks.growth.filling import CARE, fill, rep_of_copy
from benchmarks.growth.models import MODELS
from benchmarks.measuring import Meter, Noise, Series, ServerCpu, cpu_ratio, settle_down
from benchmarks.report import Report
from benchmarks.shop import Shop, shop_on
from benchmarks.statements import recording
from benchmarks.visiting import Visitor
from portal.shared.records.database import Database
from portal.shared.records.people import Membership
from portal.shared.records.schema import migrate
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.sign_in.signing_in import open_session
from tests.support.factories import NOW

SIZES = (1_000, 100_000)
VISITORS, PAGES, WARM = 5, 10, 2
# The first model of a copy buys for itself and has two subscriptions; the fourth is corporate.
_ONLINE, _CORPORATE = 1, 4


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and who asks for it."""

    name: str
    path: str
    who: str = "contact"


CONTACTS_PAGES = (
    Page("overview", "/billing/"),
    Page("live summary", "/billing/subscriptions/{subscription}/summary?seats=9&frequency=monthly"),
    Page("checkout with the cart", "/billing/checkout"),
    Page("invoices", "/billing/invoices"),
    Page("activity", "/billing/activity"),
    Page("seats of a subscription", "/billing/subscriptions/{subscription}/seats"),
    Page("people with seats", "/billing/seats"),
    Page("overview of a corporate account", "/corp-billing/", "corporate"),
    Page("a representative's desk", "/corp-billing/desk", "rep"),
    Page("search at it", "/corp-billing/desk?search=Company", "rep"),
)
# Asked a few times only: they look through everybody's.
CARES_PAGES = (
    Page("Customer Care's desk", "/corp-billing/desk", "care"),
    Page("search at it for a name that nobody has", "/corp-billing/desk?search=zyx", "care"),
)


@dataclass(slots=True)
class Town:
    """One database with its application, and people who are signed in there."""

    accounts: int
    shop: Shop
    server: ServerCpu
    visitors: dict[str, list[Visitor]] = field(default_factory=dict)
    subscriptions: list[int] = field(default_factory=list)

    def visit(self, page: Page, turn: int, meter: Meter | None = None) -> None:
        """Ask for the page as one of those who may."""
        who = turn % len(self.visitors[page.who])
        path = page.path.format(subscription=self.subscriptions[who % len(self.subscriptions)])
        answer = self.visitors[page.who][who].get(path, meter)
        assert answer.status == 200, (path, answer.status)


def measure(
    ground: Ground,
    folder: Path,
    rounds: int,
    noise: Noise,
    report: Report,
    *,
    sizes: Sequence[int] = SIZES,
    data: Path | None = None,
) -> None:
    """Take turns among the sizes, page by page."""
    with ExitStack() as stack:
        towns = [
            _settled(stack.enter_context(shop_on(url, folder)), size, ground, url)
            for size, url in ((size, _address(ground, size, data)) for size in sorted(sizes))
        ]
        noise.sample()
        for page in CONTACTS_PAGES:
            _page(page, towns, rounds, PAGES, noise, report, ground)
        for page in CARES_PAGES:
            _page(page, towns, rounds, 1, noise, report, ground)


def _address(ground: Ground, size: int, data: Path | None) -> str:
    """A database with so many accounts: one that was kept, or a new one."""
    if data is not None and isinstance(ground, SqliteGround):
        file = data.absolute() / f"accounts-{size}.sqlite3"
        url = f"sqlite:///{file}"
        if file.exists():
            database = Database(url)
            migrate(database)
            database.dispose()
            return url
        database = Database(url)
        migrate(database)
        database.dispose()
    else:
        url = ground.fresh()
    fill(url, size)
    return url


def _settled(shop: Shop, accounts: int, ground: Ground, url: str) -> Town:
    copies = -(-accounts // MODELS)
    chosen = [number * (copies - 1) // (VISITORS - 1) for number in range(VISITORS)]
    town = Town(accounts, shop, lambda: 0.0)
    online = [_ONLINE + copy * MODELS for copy in chosen]
    corporate = [_CORPORATE + copy * MODELS for copy in chosen]
    with shop.database.write() as session:
        for account_id in online:
            rows = sa.select(SubscriptionRow.id).where(SubscriptionRow.account_id == account_id)
            town.subscriptions.append(session.scalars(rows.order_by(SubscriptionRow.id)).all()[0])
        plan = session.get_one(SubscriptionRow, town.subscriptions[0]).plan_id
        people = {
            "contact": [_contact(session, one) for one in online],
            "corporate": [_contact(session, one) for one in corporate],
            "rep": [rep_of_copy(copy) for copy in chosen],
            "care": [CARE],
        }
        tokens = {
            who: [open_session(session, one, NOW, second_factor="code") for one in ids]
            for who, ids in people.items()
        }
    town.visitors = {who: [signed_in(shop, one) for one in some] for who, some in tokens.items()}
    for visitor, subscription in zip(town.visitors["contact"], town.subscriptions, strict=True):
        _put_into_cart(visitor, subscription, plan)
    town.server = ground.cpu_of(url)
    return town


def _contact(session: Session, account_id: int) -> int:
    question = sa.select(Membership.person_id).where(
        Membership.account_id == account_id, Membership.role == "billing_contact"
    )
    return session.scalars(question).one()


def signed_in(shop: Shop, token: str) -> Visitor:
    """A browser that holds the secret of a sign-in."""
    sealing = shop.app.session_interface.get_signing_serializer(shop.app)  # type: ignore[attr-defined]
    return Visitor(shop.app, {"session": sealing.dumps({"_user_id": token, "_fresh": True})})


def _put_into_cart(visitor: Visitor, subscription: int, plan: int) -> None:
    edit = f"/billing/subscriptions/{subscription}/edit"
    page = visitor.get(edit)
    assert page.status == 200, page.status
    visitor.token = page.hidden("csrf_token")
    answer = visitor.post(edit, {"seats": "9", "frequency": "monthly", "plan": str(plan)})
    assert answer.status == 303, answer.status


def _page(
    page: Page,
    towns: Sequence[Town],
    rounds: int,
    turns: int,
    noise: Noise,
    report: Report,
    ground: Ground,
) -> None:
    counts, series = take_turns(page, towns, rounds, turns, noise)
    report.heading(f"{page.name[0].upper()}{page.name[1:]}, {ground.name} ({ground.settings})")
    report.count("statements", *sorted(set(counts)))
    for town, one in zip(towns, series, strict=True):
        report.line(f"among {town.accounts:,} accounts", "CPU ms", one.milliseconds())
    for town, one in list(zip(towns, series, strict=True))[1:]:
        report.ratio(f"{town.accounts:,} ÷ {towns[0].accounts:,}", "CPU", cpu_ratio(one, series[0]))


def take_turns(
    page: Page, towns: Sequence[Town], rounds: int, turns: int, noise: Noise
) -> tuple[list[int], list[Series]]:
    """Ask for a page here and there in turns; gives the number of its statements and what it cost, town by town."""
    counts = []
    for town in towns:
        for turn in range(WARM * len(town.visitors[page.who]) if turns > 1 else 1):
            town.visit(page, turn)
        with recording(town.shop.database.engine) as sent:
            town.visit(page, 0)
        counts.append(len(sent))
    settle_down()
    series = [Series() for _ in towns]
    for _ in range(rounds):
        noise.sample()
        meters = [Meter(town.server) for town in towns]
        for turn in range(turns):
            for town, meter in zip(towns, meters, strict=True):
                town.visit(page, turn, meter)
        for one, meter in zip(series, meters, strict=True):
            one.meters.append(meter)
    return counts, series
