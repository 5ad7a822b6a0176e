"""What needs no database: starting the application, and the rules that share a price by days."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.measuring import Noise, Spread, ratio
from benchmarks.report import Report
from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine, charge, credit

CASES = 20_000
_OURS = """
import json, os, sys, time
from pathlib import Path
began = time.process_time()
from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.records.database import Database
loaded = time.process_time()
seller = read_seller(DEMO_SELLER)
create_app(Settings(database_url=sys.argv[1], secret_key="k" * 32, data_dir=Path(sys.argv[2]), seller=seller))
"""
_FLOOR = """
import json, os, sys, time
began = time.process_time()
import flask, sqlalchemy, sqlalchemy.orm
loaded = time.process_time()
flask.Flask("floor"), sqlalchemy.create_engine(sys.argv[1])
"""
_TELL = """
made = time.process_time()
held = int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
print(json.dumps([loaded - began, made - loaded, held]))
"""


def measure_start(folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Start processes in turns: the application, and a bare Flask with SQLAlchemy."""
    ours, floor = [], []
    for _ in range(rounds):
        noise.sample()
        ours.append(_started(_OURS, folder))
        floor.append(_started(_FLOOR, folder))
    report.heading("Starting a process")
    report.line("loading the code", "CPU ms", Spread.of([1000 * one[0] for one in ours]))
    report.line("create_app", "CPU ms", Spread.of([1000 * one[1] for one in ours]))
    report.line("memory of the process", "MiB", Spread.of([one[2] for one in ours]))
    report.line("memory of a bare Flask with SQLAlchemy", "MiB", Spread.of([one[2] for one in floor]))
    report.ratio(
        "memory ÷ bare Flask with SQLAlchemy", "MiB", ratio([o[2] for o in ours], [f[2] for f in floor])
    )


def measure_proration(folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Take turns: a charge and a credit by our rules, and the same two divisions in plain integers."""
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + number) for number in range(31)]
    period, end = Period(days[0], days[30]), days[30]
    line = ChargedLine(Money(123_450, "EUR"), period, Money(0, "EUR"))

    def ours(number: int) -> int:
        today = days[number % 30]
        given = credit(line, today).amount.minor
        return charge(Money(2_469, "EUR"), 50 + number % 9, Period(today, end), period).amount.minor - given

    def bare(number: int) -> int:
        unused = (end - days[number % 30]).days
        given = (2 * 123_450 * unused + 30) // 60
        return (2 * 2_469 * (50 + number % 9) * unused + 30) // 60 - given

    assert [ours(number) for number in range(CASES)] == [bare(number) for number in range(CASES)]
    mine, other = [], []
    for _ in range(rounds):
        noise.sample()
        mine.append(_per_second(ours))
        other.append(_per_second(bare))
    report.heading("A credit and a charge shared by days")
    report.line("our rules", "per s", Spread.of(mine))
    report.line("plain integers", "per s", Spread.of(other))
    report.ratio("our rules ÷ plain integers", "per s", ratio(mine, other))


def _per_second(work: Callable[[int], int]) -> float:
    began = time.process_time()
    for number in range(CASES):
        work(number)
    return CASES / (time.process_time() - began)


def _started(program: str, folder: Path) -> list[float]:
    """The middle of three starts: seconds of loading, seconds of making, MiB held."""
    arguments = [f"sqlite:///{folder / 'start.sqlite3'}", str(folder)]
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", program + _TELL, *arguments],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        )
        for _ in range(3)
    ]
    return [median(one[place] for one in found) for place in range(3)]
