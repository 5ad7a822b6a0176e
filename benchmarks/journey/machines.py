"""One application server, and two of them, on one PostgreSQL: whether orders a second grow where processors allow."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import structlog

from benchmarks.grounds import Ground
from benchmarks.journey.buyers import PortalBuyer, journeys
from benchmarks.journey.rounds import CLIENTS, ORDERS, SUBSCRIPTIONS, WARM, agree
from benchmarks.journey.servers import running
from benchmarks.measuring import Noise, Spread, ratio
from benchmarks.report import Report
from benchmarks.shop import filled
from portal.shared.records.database import Database

ACCOUNTS = 24


def measure(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Take turns: all clients at one server, and each request path at one of two."""
    if ground.name == "SQLite":
        return  # its file is on one machine
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    url, home = ground.fresh(), folder / "machines"
    home.mkdir()
    database = Database(url)
    buyers = [PortalBuyer(one) for one in filled(database, home, ACCOUNTS, SUBSCRIPTIONS)]
    database.dispose()
    rates: dict[int, list[float]] = {1: [], 2: []}
    spent: dict[int, list[float]] = {1: [], 2: []}
    with ExitStack() as stack:
        servers = [stack.enter_context(running("portal", url, home)) for _ in range(2)]
        for one in buyers:
            one.sign_in(servers[0].port)
        journeys(buyers, [one.port for one in servers], CLIENTS, WARM)
        for _ in range(rounds):
            noise.sample()
            for count in (1, 2):
                ports = [one.port for one in servers[:count]]
                began, cpu = time.perf_counter(), servers[0].cpu() + servers[1].web_cpu()
                journeys(buyers, ports, CLIENTS, ORDERS)
                rates[count].append(ORDERS / (time.perf_counter() - began))
                spent[count].append(1000 * (servers[0].cpu() + servers[1].web_cpu() - cpu) / ORDERS)
    agree(url, home)
    report.heading(f"Application servers on one {ground.name} ({ground.settings}), {CLIENTS} clients")
    for count in (1, 2):
        report.line(f"{count} server{'s' if count > 1 else ''}", "orders/s", Spread.of(rates[count]))
        report.line(f"{count} server{'s' if count > 1 else ''}", "CPU ms", Spread.of(spent[count]))
    report.ratio("two servers ÷ one server", "orders/s", ratio(rates[2], rates[1]))
    report.ratio("two servers ÷ one server", "CPU", ratio(spent[2], spent[1]))
