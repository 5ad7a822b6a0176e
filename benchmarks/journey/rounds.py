"""The rounds: limit, floor and application in turns, placing alone and the whole way, one client and eight."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import structlog

from benchmarks.grounds import Ground
from benchmarks.journey import minimal
from benchmarks.journey.buyers import PLACE, STEPS, Buyer, FloorBuyer, PortalBuyer, Times, journeys, presses
from benchmarks.journey.floor import floor_engine
from benchmarks.journey.limits import orders_a_second
from benchmarks.journey.servers import WebServer, running
from benchmarks.journey.serving import BOOK
from benchmarks.measuring import Noise, Spread, ratio
from benchmarks.report import Report
from benchmarks.shop import Filled, filled, proven_cash
from portal.shared.records.database import Database

CLIENTS, ACCOUNTS, SUBSCRIPTIONS = 8, 24, 10
ORDERS, ORDERS_ALONE, WARM = 48, 24, 48
# Orders a second over HTTP of others by their own whole journeys, as parts of the floor's (docs/performance.md).
PEERS = {"django-plans": 7.8, "django-oscar": 13.0, "vendure": 19.0}


@dataclass(slots=True)
class Round:
    """One turn of one side."""

    orders: int
    wall: float
    cpu: float
    web_cpu: float
    times: Times

    @property
    def rate(self) -> float:
        """Orders a second."""
        return self.orders / self.wall

    @property
    def milliseconds(self) -> float:
        """CPU of web server and database, per order."""
        return 1000 * self.cpu / self.orders

    @property
    def database_milliseconds(self) -> float:
        """The database server's share of it."""
        return 1000 * (self.cpu - self.web_cpu) / self.orders


@dataclass(slots=True)
class Side:
    """The application or the floor: its server, its buyers, and its rounds by name."""

    server: WebServer
    buyers: Sequence[Buyer]
    rounds: dict[str, list[Round]] = field(default_factory=dict)

    def journeys(self, clients: int, orders: int, name: str = "") -> None:
        """Whole journeys, kept under this name if it has one."""
        began = self._mark()
        times = journeys(self.buyers, [self.server.port], clients, orders)
        self._keep(name, orders, began, times)

    def presses(self, clients: int, name: str) -> None:
        """Every buyer fills a cart, which is not measured; then all place their orders."""
        marks: list[tuple[float, float, float]] = []
        times = presses(self.buyers, self.server.port, clients, lambda: marks.append(self._mark()))
        self._keep(name, len(self.buyers), marks[0], times)

    def of(self, name: str, figure: Callable[[Round], float]) -> list[float]:
        """One figure of the rounds of a name."""
        return [figure(one) for one in self.rounds[name]]

    def times(self, name: str) -> Times:
        """What all answers of its rounds took."""
        whole = Times()
        for one in self.rounds[name]:
            whole.add(one.times)
        return whole

    def _mark(self) -> tuple[float, float, float]:
        return time.perf_counter(), self.server.cpu(), self.server.web_cpu()

    def _keep(self, name: str, orders: int, began: tuple[float, float, float], times: Times) -> None:
        wall, cpu, web = (now - then for now, then in zip(self._mark(), began, strict=True))
        if name:
            self.rounds.setdefault(name, []).append(Round(orders, wall, cpu, web, times))


def measure(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Limit, floor and application take turns."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    ours_url, floor_url = ground.fresh(), ground.fresh()
    home = folder / f"journey-{ground.name}"
    home.mkdir()
    people = _fill(ours_url, home, floor_url)
    limit: dict[int, list[float]] = {}
    one_writer = ground.name == "SQLite"
    with ExitStack() as stack:
        ours, floor = (
            Side(stack.enter_context(running("portal", ours_url, home)), people),
            Side(
                stack.enter_context(running("floor", floor_url, folder / f"floor-{ground.name}")),
                [FloorBuyer(number) for number in range(1, ACCOUNTS + 1)],
            ),
        )
        for one in people:
            one.sign_in(ours.server.port)
        for side in (ours, floor):
            side.journeys(CLIENTS, WARM)
        for _ in range(rounds):
            noise.sample()
            limit.setdefault(CLIENTS, []).append(orders_a_second(floor_url, CLIENTS, ACCOUNTS))
            for clients in (1, CLIENTS):
                for side in (floor, ours):
                    side.presses(clients, f"place, {clients}")
                    side.journeys(clients, ORDERS if clients > 1 else ORDERS_ALONE, f"way, {clients}")
    agree(ours_url, home)
    report.heading(f"An order over HTTP, {ground.name} ({ground.settings})")
    report.line("F: the least statements of an order, no web", "orders/s", Spread.of(limit[CLIENTS]))
    for clients in (1, CLIENTS):
        _tell_placing(report, ours, floor, limit[CLIENTS], clients)
    if one_writer:
        _tell_writers(report, ours)
    for clients in (1, CLIENTS):
        _tell_journey(report, ours, floor, clients)
    busy = sum(one.times.busy for rounds_of in ours.rounds.values() for one in rounds_of)
    report.count("answers that said not now, after which the same was sent again", busy)


def _fill(ours_url: str, home: Path, floor_url: str) -> list[PortalBuyer]:
    """The same number of accounts for both."""
    database = Database(ours_url)
    made: list[Filled] = filled(database, home, ACCOUNTS, SUBSCRIPTIONS)
    database.dispose()
    engine = floor_engine(floor_url)
    with engine.begin() as connection:
        minimal.make(connection, ACCOUNTS)
    engine.dispose()
    return [PortalBuyer(one) for one in made]


def agree(url: str, home: Path) -> None:
    """Prove the books: their cash is what the processor wrote into its own."""
    database = Database(url)
    cash = proven_cash(database)
    database.dispose()
    charges = dict(line.split() for line in (home / BOOK).read_text().splitlines())
    assert cash == sum(map(int, charges.values())), "the ledger's cash is not what was charged"


def _tell_placing(report: Report, ours: Side, floor: Side, limit: list[float], clients: int) -> None:
    name, words = f"place, {clients}", f"place alone, {clients} client{'s' if clients > 1 else ''}"
    for side, who in ((ours, "application"), (floor, "floor")):
        report.line(f"{words}: {who}", "orders/s", Spread.of(side.of(name, lambda one: one.rate)))
        report.line(f"{words}: {who}", "CPU ms", Spread.of(side.of(name, lambda one: one.milliseconds)))
    report.ratio(f"{words}: application ÷ F", "orders/s", ratio(ours.of(name, lambda one: one.rate), limit))
    report.ratio(f"{words}: floor ÷ F", "orders/s", ratio(floor.of(name, lambda one: one.rate), limit))
    _compare(report, words, ours, floor, name)
    tails = [
        _tail(mine.times.took[PLACE]) / _tail(bare.times.took[PLACE])
        for mine, bare in zip(ours.rounds[name], floor.rounds[name], strict=True)
    ]
    report.ratio(f"{words}: 99th in a hundred ÷ the floor's", "ms", Spread.of(tails))


def _tell_writers(report: Report, ours: Side) -> None:
    eight, one = (ours.of(f"place, {clients}", lambda each: each.rate) for clients in (CLIENTS, 1))
    report.ratio("placing: eight clients ÷ one client", "orders/s", ratio(eight, one))


def _tell_journey(report: Report, ours: Side, floor: Side, clients: int) -> None:
    name, words = f"way, {clients}", f"whole way, {clients} client{'s' if clients > 1 else ''}"
    for side, who in ((ours, "application"), (floor, "floor")):
        report.line(f"{words}: {who}", "orders/s", Spread.of(side.of(name, lambda one: one.rate)))
        report.line(f"{words}: {who}", "CPU ms", Spread.of(side.of(name, lambda one: one.milliseconds)))
        report.line(
            "   of it the database server",
            "CPU ms",
            Spread.of(side.of(name, lambda one: one.database_milliseconds)),
        )
    _compare(report, words, ours, floor, name)
    rate = ratio(ours.of(name, lambda one: one.rate), floor.of(name, lambda one: one.rate))
    for peer, part in PEERS.items() if clients > 1 else ():
        times = Spread(rate.median * part, rate.lowest * part, rate.highest * part)
        report.ratio(f"{words}: application ÷ {peer}, by the floor", "orders/s", times)
    for step in STEPS:
        mine, bare = (side.times(name).took[step] for side in (ours, floor))
        report.note(
            f"  {words}: {step}: half in {1000 * median(mine):.1f} ms, 99 of 100 in {1000 * _tail(mine):.1f} ms"
            f" (× {_tail(mine) / median(mine):.1f}); floor {1000 * median(bare):.1f} and {1000 * _tail(bare):.1f}"
        )


def _compare(report: Report, words: str, ours: Side, floor: Side, name: str) -> None:
    for unit, figure in (
        ("CPU", lambda one: one.milliseconds),
        ("orders/s", lambda one: one.rate),
    ):
        report.ratio(
            f"{words}: application ÷ floor", unit, ratio(ours.of(name, figure), floor.of(name, figure))
        )


def _tail(values: list[float]) -> float:
    return sorted(values)[-1 - len(values) // 100]
