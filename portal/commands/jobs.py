"""The command that shows background work, and lets what failed or is stuck be tried again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from portal.shared.services.background.sweeps import SWEEPS
from portal.shared.services.equipment import Database
from portal.shared.services.jobs import overview
from portal.shared.services.jobs.overview import JobView, Standing, SweepView

SHOWN = 50
_WENT_WELL, _FOUND, _CANNOT = 0, 1, 2
_ORDER = (Standing.FAILED, Standing.STUCK, Standing.RUNNING, Standing.WAITING)

ABOUT = """
Without more words it counts and lists every job that has not ended well, those that need somebody first, and tells how
regular work goes. A job that failed for good has no further try of its own; a stuck one runs on a worker that is gone,
or waits though its time has come (is a worker running?). Mails that were given up are listed as mail-<number>.
"""
EXAMPLES = """
examples:
  twodoor jobs                    what waits, runs, is stuck or has failed
  twodoor jobs --failed --stuck   only these; ends with 1 when there are any, for your monitoring
  twodoor jobs retry 31 mail-7    try these once more, at once
  twodoor jobs retry --failed     try everything that failed once more
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What can be asked."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = f"{parser.description}\n{ABOUT}", EXAMPLES
    parser.add_argument(
        "action", nargs="?", choices=("list", "retry"), default="list", help="%(default)s unless given"
    )
    parser.add_argument("job", nargs="*", help="for retry: the jobs, as they are listed")
    parser.add_argument("--failed", action="store_true", help="those that have failed for good")
    parser.add_argument("--stuck", action="store_true", help="those that are stuck")
    parser.add_argument("--all", action="store_true", help=f"list every one, instead of {SHOWN} of each kind")
    parser.add_argument("--json", action="store_true", help="print one line of JSON")


def run(asked: argparse.Namespace, database: Database, now: datetime) -> int:
    """Do what was asked, and give the exit code."""
    return _retry(asked, database, now) if asked.action == "retry" else _list(asked, database, now)


def _list(asked: argparse.Namespace, database: Database, now: datetime) -> int:
    if asked.job:
        return _refuse("Jobs are named for retry only.")
    with database.read() as session:
        found = overview.jobs(session, now)
        sweeps = overview.sweeps(session, [one.name for one in SWEEPS], now)
    wanted = _wanted(asked)
    shown = [one for one in found if not wanted or one.standing in wanted]
    if asked.json:
        print(json.dumps(_plain(found, shown, sweeps), default=str))
    else:
        _print(found, shown, sweeps, most=None if asked.all else SHOWN, briefly=bool(wanted))
    return _FOUND if wanted and shown else _WENT_WELL


def _retry(asked: argparse.Namespace, database: Database, now: datetime) -> int:
    wanted = _wanted(asked)
    if not wanted and not asked.job:
        return _refuse("Name the jobs, or say --failed or --stuck.")
    with database.write() as session:
        names = [one.name for one in overview.jobs(session, now) if one.standing in wanted]
        done = overview.retry(session, [*names, *asked.job], now)
    missing = sorted(set(asked.job) - set(done))
    if asked.json:
        print(json.dumps({"retried": done, "missing": missing}))
    else:
        print(f"Tried once more: {', '.join(done)}." if done else "There was nothing to try again.")
    if missing:
        return _refuse(f"Neither failed nor stuck: {', '.join(missing)}.")
    return _WENT_WELL


def _wanted(asked: argparse.Namespace) -> set[Standing]:
    failed = {Standing.FAILED} if asked.failed else set()
    return failed | ({Standing.STUCK} if asked.stuck else set())


def _print(
    found: Sequence[JobView],
    shown: Sequence[JobView],
    sweeps: Sequence[SweepView],
    *,
    most: int | None,
    briefly: bool,
) -> None:
    counted = overview.counts(found)
    print(", ".join(f"{number} {standing}" for standing, number in counted.items()))
    rows, more = [], []
    for standing in _ORDER:
        these = [one for one in shown if one.standing is standing]
        rows += [_row(one) for one in these[:most]]
        if most is not None and len(these) > most:
            more.append(f"{len(these) - most} more {standing}")
    if rows:
        print()
        _table(("JOB", "STATE", "TASK", "ABOUT", "TRIES", "SINCE (UTC)", "LAST ERROR"), rows)
    if more:
        print(f"and {', '.join(more)} (--all)")
    if not briefly:
        print()
        _table(
            ("REGULAR WORK", "LAST ENDED WELL (UTC)", "FAILED SINCE", "LAST ERROR"),
            [(one.name, _instant(one.ended_at), str(one.failures or ""), one.error) for one in sweeps],
        )


def _row(one: JobView) -> tuple[str, ...]:
    about = " ".join(f"{name}={value}" for name, value in one.arguments.items())
    state = f"waiting until {_instant(one.run_at)}" if one.run_at else str(one.standing)
    return (one.name, state, one.task, about, str(one.attempts), _instant(one.since), one.error)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    lines = [heads, *rows]
    widths = [max(len(line[number]) for line in lines) for number in range(len(heads))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _instant(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "never"


def _plain(found: Sequence[JobView], shown: Sequence[JobView], sweeps: Sequence[SweepView]) -> dict[str, Any]:
    return {
        "counts": overview.counts(found),
        "jobs": [asdict(one) for one in shown],
        "sweeps": [asdict(one) for one in sweeps],
    }


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr, flush=True)
    return _CANNOT
