"""Orders through the real application against the same SQL statements without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.grounds import Ground
from benchmarks.measuring import Meter, Noise, Series, cpu_ratio, settle_down, speed_ratio
from benchmarks.report import Report
from benchmarks.shop import Customer, Shop, customers, proven_cash, shop_on
from benchmarks.statements import Replayer, Statement, recording, replayer
from portal.shared.records.database import Database

ORDERS, WARM = 40, 10
ORDERS_OF_ONE = 5  # of one subscription on one day: one below what the house allows
SEATS = 5  # what a subscription of the factories begins with


@dataclass(frozen=True, slots=True)
class Recorded:
    """The statements of one order, request by request."""

    put: Sequence[Statement]
    checkout: Sequence[Statement]
    place: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Meters:
    """One round: the two requests before the last one, and placing the order."""

    before: Meter
    place: Meter

    def journey(self) -> Meter:
        """All three, per order."""
        both = Meter(count=self.place.count)
        for meter in (self.before, self.place):
            both.cpu += meter.cpu
            both.server_cpu += meter.server_cpu
            both.wall += meter.wall
        return both


@dataclass(frozen=True, slots=True)
class Contestant:
    """The rounds of one way to place orders."""

    place: Series = field(default_factory=Series)
    journey: Series = field(default_factory=Series)

    def add(self, meters: Meters) -> None:
        """Keep a round."""
        self.place.meters.append(meters.place)
        self.journey.meters.append(meters.journey())


def measure(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Take turns: orders through the application, the same statements, and their writes alone.

    All start from exact copies of one database and get the same orders in the same sequence, so that every statement
    can be sent again with the very values it had: the copy has not seen them before.
    """
    total = WARM + rounds * ORDERS
    template = ground.fresh()
    with shop_on(template, folder) as shop:
        people = customers(shop, folder, -(-total // ORDERS_OF_ONE), 1)
    urls = [ground.copy(template) for _ in range(4)]
    recorded = _record(urls[0], folder, people, total)
    application, same, writes = Contestant(), Contestant(), Contestant()
    with shop_on(urls[1], folder) as shop, replayer(urls[2]) as every, replayer(urls[3]) as only:
        own = _at(people, shop)
        for number in range(WARM):
            _order(own, number)
            _replay(every, recorded[number])
            _replay(only, _writes(recorded[number]))
        settle_down()
        servers = [ground.cpu_of(url) for url in urls]
        for turn in range(rounds):
            noise.sample()
            numbers = range(WARM + turn * ORDERS, WARM + (turn + 1) * ORDERS)
            meters = Meters(Meter(servers[1]), Meter(servers[1]))
            for number in numbers:
                _order(own, number, meters)
            application.add(meters)
            meters = Meters(Meter(servers[2]), Meter(servers[2]))
            for number in numbers:
                _replay(every, recorded[number], meters)
            same.add(meters)
            meters = Meters(Meter(servers[3]), Meter(servers[3]))
            for number in numbers:
                _replay(only, _writes(recorded[number]), meters)
            writes.add(meters)
        cash = shop.prove()
    for url in urls[2:]:
        assert _cash(url) == cash, "the replay did not do the same work"
    _tell(ground, report, recorded[WARM:], (application, same, writes))
    report.count("orders placed in a run, the books proved after it", total)


def _record(url: str, folder: Path, people: list[Customer], total: int) -> list[Recorded]:
    """Place every order once, and write down its statements."""
    found = []
    with shop_on(url, folder) as shop, recording(shop.database.engine) as sent:
        own = _at(people, shop)
        for number in range(total):
            marks = [len(sent)]
            _put(own, number)
            marks.append(len(sent))
            fields = _checkout(own, number)
            marks.append(len(sent))
            _place(own, number, fields)
            put, checkout, end = marks
            found.append(Recorded(sent[put:checkout], sent[checkout:end], sent[end:]))
        shop.prove()
    return found


def _at(people: list[Customer], shop: Shop) -> list[Customer]:
    return [Customer(one.visitor.on(shop.app), one.subscription_id, one.plan_id) for one in people]


def _order(people: list[Customer], number: int, meters: Meters | None = None) -> None:
    """One seat more for somebody: into the cart, a look at checkout, and the button."""
    before, place = (meters.before, meters.place) if meters else (None, None)
    _put(people, number, before)
    _place(people, number, _checkout(people, number, before), place)


def _put(people: list[Customer], number: int, meter: Meter | None = None) -> None:
    customer = people[number % len(people)]
    seats = SEATS + 1 + number // len(people)
    wish = {"plan": str(customer.plan_id), "seats": str(seats), "frequency": "monthly"}
    answer = customer.visitor.post(f"/billing/subscriptions/{customer.subscription_id}/edit", wish, meter)
    assert (answer.status, answer.path) == (303, "/billing/checkout"), answer.status


def _checkout(people: list[Customer], number: int, meter: Meter | None = None) -> dict[str, str]:
    page = people[number % len(people)].visitor.get("/billing/checkout", meter)
    assert page.status == 200, page.status
    return {"key": page.hidden("key"), "shown": page.hidden("shown")}


def _place(people: list[Customer], number: int, fields: dict[str, str], meter: Meter | None = None) -> None:
    answer = people[number % len(people)].visitor.post("/billing/checkout/place", fields, meter)
    assert answer.status == 303, answer.status
    assert answer.path.startswith("/billing/orders/"), answer.path


def _writes(order: Recorded) -> Recorded:
    """What cannot be left out: taking the account's row once a request, and every write."""
    return Recorded(*(_lock_and_writes(part) for part in (order.put, order.checkout, order.place)))


def _lock_and_writes(part: Sequence[Statement]) -> list[Statement]:
    locks = [statement for statement in part if statement.locks]
    return [*locks[:1], *(statement for statement in part if statement.writes)]


def _replay(driver: Replayer, order: Recorded, meters: Meters | None = None) -> None:
    """One transaction for what comes before, one for placing the order; building them is not measured."""
    before = [*order.put, *order.checkout]
    if meters is None:
        driver.transaction(before)
        driver.transaction(order.place)
        return
    with meters.before.measure():
        driver.transaction(before)
    with meters.place.measure():
        driver.transaction(order.place)


def _cash(url: str) -> int:
    database = Database(url)
    try:
        return proven_cash(database)
    finally:
        database.dispose()


def _tell(
    ground: Ground, report: Report, recorded: list[Recorded], of: tuple[Contestant, Contestant, Contestant]
) -> None:
    application, same, writes = of
    report.heading(f"Placing an order, one client, {ground.name} ({ground.settings})")
    for name in ("put", "checkout", "place"):
        counts = sorted({len(getattr(order, name)) for order in recorded})
        report.count(f"statements: {name}", *counts)
    report.count("of those of place, writes", *sorted({sum(s.writes for s in o.place) for o in recorded}))
    for title, which in (("place alone", "place"), ("cart + checkout + place", "journey")):
        ours, every, only = (getattr(one, which) for one in (application, same, writes))
        report.line(f"{title}: application", "CPU ms", ours.milliseconds())
        if ground.name == "PostgreSQL":
            report.server_share(ground.cpu_is_complete, ours)
        report.line(f"{title}: same statements", "CPU ms", every.milliseconds())
        report.line(f"{title}: lock and writes only", "CPU ms", only.milliseconds())
        report.line(f"{title}: application", "orders/s", ours.per_second())
        report.line(f"{title}: same statements", "orders/s", every.per_second())
        report.line(f"{title}: lock and writes only", "orders/s", only.per_second())
        report.ratio(f"{title}: application ÷ same statements", "CPU", cpu_ratio(ours, every))
        report.ratio(f"{title}: application ÷ same statements", "orders/s", speed_ratio(ours, every))
        report.ratio(f"{title}: application ÷ lock and writes only", "orders/s", speed_ratio(ours, only))
