"""Renewing everything in a filled database, in turns with R, and proving the books afterwards.

python3 dev.py bench --only renewals --accounts 10000            fills databases of its own
python -m benchmarks.renewals.night --database-url URL           a filled one (benchmarks.growth); it is renewed!
    [--accounts N] [--processes 2]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.grounds import Ground
from benchmarks.growth.filling import fill
from benchmarks.growth.proving import prove
from benchmarks.measuring import Noise, Spread, ratio
from benchmarks.renewals.child import NIGHT
from benchmarks.renewals.floor import CHUNK, Floor
from benchmarks.report import Report
from portal.shared.records.database import Database
from portal.shared.records.renewals import Renewal
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.waiting import unhurried
from portal.shared.services.renewals.renewing import due_now

SIZES = (10_000,)
WHOLE_LEDGER_UP_TO = 20_000


@dataclass(slots=True)
class Rounds:
    """What each round gave."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    floor_cpu: list[float] = field(default_factory=list)
    server: list[float] = field(default_factory=list)
    mib: float = 0.0
    renewed: int = 0


def measure(
    ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report, sizes: Sequence[int] = SIZES
) -> None:
    """Fill a database of each size, and renew it."""
    for accounts in sizes:
        url = ground.fresh()
        fill(url, accounts)
        report.heading(f"Renewals of {accounts} accounts, {ground.name} ({ground.settings})")
        night(url, accounts, rounds, 1, noise, report)


def night(url: str, accounts: int, rounds: int, processes: int, noise: Noise, report: Report) -> None:
    """Take turns: a part of what is due by the application, and as many by R; the last one takes what is left."""
    floor, found = Floor(url), Rounds()
    floor.prepare()
    share = -(-accounts // rounds)
    for number in range(rounds):
        noise.sample()
        last = number == rounds - 1
        told = _children(url, 10**9 if last else share // processes, processes)
        count = _renewals(url) - found.renewed
        if not count:
            break  # there was less than was thought
        _keep(found, told, count)
        count, seconds, cpu = floor.renew(min(share, 10 * CHUNK))
        found.floor.append(count / seconds)
        found.floor_cpu.append(1000 * cpu / count)
        report.note(
            f"  {found.renewed} renewed, {found.ours[-1]:.0f}/s, R {found.floor[-1]:.0f}/s, "
            f"load average {os.getloadavg()[0]:.1f}"
        )
    report.line("renewals", "per s", Spread.of(found.ours))
    report.line("R: seven rows each, as sets in SQL", "per s", Spread.of(found.floor))
    report.ratio("renewals ÷ R", "per s", ratio(found.ours, found.floor))
    report.line("CPU of a renewal, with its backend", "ms", Spread.of(found.cpu))
    if any(found.server):
        report.line("   of it the backend's", "ms", Spread.of(found.server))
    report.line("CPU of R", "µs", Spread.of([1000 * one for one in found.floor_cpu]))
    report.ratio("CPU of R ÷ CPU of a renewal", "ms", ratio(found.floor_cpu, found.cpu))
    report.line("memory of a process at its highest", "MiB", Spread.of([found.mib]))
    report.count("renewed", found.renewed)
    database = Database(url)
    with unhurried():
        faults = _faults(database, found.renewed)
        report.note(
            "  asked as sets, the books are right" if not faults else f"  THE BOOKS ARE WRONG: {faults}"
        )
        faults = prove(database, whole_ledger=accounts <= WHOLE_LEDGER_UP_TO)
    database.dispose()
    report.note("  asked account by account, too" if not faults else f"  THE BOOKS ARE WRONG: {faults[:5]}")


def _children(url: str, most: int, processes: int) -> list[dict[str, Any]]:
    begin = str(time.time() + (3 if processes > 1 else 0))
    command = [sys.executable, "-m", "benchmarks.renewals.child", url, str(most), begin]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    told = [one.communicate()[0] for one in running]
    assert [one.returncode for one in running] == [0] * processes, "a run broke off"
    return [json.loads(one) for one in told]


def _renewals(url: str) -> int:
    """How many were renewed in this night."""
    database = Database(url)
    with database.read() as session:
        count = session.scalar(sa.select(sa.func.count()).where(Renewal.at == NIGHT))
    database.dispose()
    return int(count or 0)


def _keep(found: Rounds, told: Sequence[dict[str, Any]], count: int) -> None:
    server = sum(one["server_cpu"] for one in told)
    found.renewed += count
    found.ours.append(count / max(one["wall"] for one in told))
    found.cpu.append(1000 * (sum(one["cpu"] for one in told) + server) / count)
    found.server.append(1000 * server / count)
    found.mib = max(found.mib, *(one["mib"] for one in told))


# What is past due is not renewed before it is paid, or ends.
_UNPAID = SubscriptionRow.past_due_since.is_not(None)
_CHECKS = {
    "a movement does not sum to zero": "SELECT count(*) FROM (SELECT movement_id FROM ledger_entries "
    "GROUP BY movement_id, currency HAVING sum(amount_minor) <> 0) AS found",
    "receivables are not what is open of the invoices": "SELECT "
    "(SELECT sum(amount_minor) FROM ledger_entries WHERE book = 'receivable') "
    "- (SELECT sum(total_minor) FROM invoices) + (SELECT sum(amount_minor) FROM settlements)",
    "a document is not the sum of its lines": "SELECT count(*) FROM invoices JOIN (SELECT invoice_id, "
    "sum(CASE kind WHEN 'credit' THEN -amount_minor ELSE amount_minor END) AS net, "
    "sum(CASE kind WHEN 'credit' THEN -tax_minor ELSE tax_minor END) AS tax "
    "FROM invoice_lines GROUP BY invoice_id) AS lines "
    "ON lines.invoice_id = invoices.id WHERE net <> subtotal_minor OR tax <> tax_minor OR net + tax <> total_minor",
    "a number of a series is left out": "SELECT count(*) FROM (SELECT account_id FROM invoices GROUP BY account_id "
    "HAVING max(number) <> count(*)) AS found",
    "a renewal has no line, or more than one": "SELECT count(*) FROM (SELECT renewals.id "
    "FROM renewals LEFT JOIN invoice_lines ON invoice_lines.invoice_id = renewals.invoice_id "
    "AND invoice_lines.account_id = renewals.account_id "
    "AND invoice_lines.subscription_id = renewals.subscription_id WHERE renewals.at >= :night "
    "GROUP BY renewals.id HAVING count(invoice_lines.id) <> 1) AS found",
}


def _faults(database: Database, renewed: int) -> list[str]:
    """What is wrong with all of the books, asked as sets."""
    with database.read() as session:
        if database.url.get_backend_name() == "postgresql":
            session.execute(sa.text("SET LOCAL statement_timeout = 0"))
        night = NIGHT if database.url.get_backend_name() == "postgresql" else "2026-04-10 00:00:00"
        found = [
            what
            for what, asked in _CHECKS.items()
            if session.scalar(sa.text(asked), {"night": night} if ":night" in asked else {})
        ]
        written = "SELECT count(*), count(DISTINCT subscription_id) FROM renewals WHERE at >= :night"
        if tuple(session.execute(sa.text(written), {"night": night}).one()) != (renewed, renewed):
            found.append("not one renewal for each subscription")
        owing = set(session.scalars(sa.select(SubscriptionRow.account_id).where(_UNPAID)))
        if set(due_now(session, NIGHT)) - owing:
            found.append("something is still due")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    report, noise = Report(), Noise()
    report.heading(f"Renewals of {asked.accounts} accounts by {asked.processes} at once")
    night(asked.database_url, asked.accounts, asked.rounds, asked.processes, noise, report)


if __name__ == "__main__":
    main()
