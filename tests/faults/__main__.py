"""The long form: every promise of docs/reliability.md with its full figure, and a report of what was measured.

`python3 dev.py faults [--orders N] [--kills N] [--requests N] [--only NUMBER ...] [--report FILE]`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.promises import PROMISES
from tests.support.source_files import ROOT


def main() -> int:
    """Run the promises one after the other and write the report; 1 if one of them did not hold."""
    asked = _arguments()
    wanted = [one for one in PROMISES if not asked.only or one.number in asked.only]
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        figures.touch()
        environment = {
            **os.environ,
            "LONG_FORM": "1",
            "FAULT_ORDERS": str(asked.orders),
            "FAULT_KILLS": str(asked.kills),
            "FAULT_REQUESTS": str(asked.requests),
            "FAULT_SEED": asked.seed,
            "FAULT_REPORT": str(figures),
        }
        held, done = {}, dict[tuple[str, ...], tuple[bool, float]]()
        for one in wanted:
            if one.tests not in done:
                done[one.tests] = _run(one.tests, environment)
            held[one.number] = done[one.tests]
        measured = defaultdict[int, list[str]](list)
        for number, figure in map(json.loads, figures.read_text(encoding="utf-8").splitlines()):
            measured[number].append(figure)
    lines = [f"# Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "", _machine(), ""]
    lines += ["| | promise | held | figures | took |", "|---|---|---|---|---|"]
    for one in wanted:
        good, seconds = held[one.number]
        said = "; ".join(dict.fromkeys(measured[one.number])) or "–"
        lines.append(
            f"| {one.number} | {one.words} | {'yes' if good else '**NO**'} | {said} | {seconds:.0f} s |"
        )
    report = "\n".join(lines) + "\n"
    if asked.report:
        asked.report.write_text(report, encoding="utf-8")
    sys.stdout.write(report)
    return 0 if all(good for good, _ in held.values()) else 1


def _run(tests: tuple[str, ...], environment: dict[str, str]) -> tuple[bool, float]:
    """Whether they passed at the first attempt, and how many seconds they took."""
    began = time.monotonic()
    patient = ["-o", "faulthandler_timeout=0"]  # a test of an hour does not hang
    command = [sys.executable, "-m", "pytest", "-q", "--no-header", *patient, *tests]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
    return done.returncode == 0, time.monotonic() - began


def _machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, load average {load}."


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="dev.py faults", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument(
        "--orders",
        type=int,
        default=10_000,
        help="orders placed while workers are killed, on both databases together",
    )
    parser.add_argument(
        "--kills", type=int, default=1_000, help="workers that are killed, on both databases together"
    )
    parser.add_argument("--seed", default="4", help="another one for another run with the same figures")
    parser.add_argument("--requests", type=int, default=2_000, help="requests during rolling restarts")
    parser.add_argument("--only", type=int, nargs="*", help="promises, by number")
    parser.add_argument("--report", type=Path, help="a file for the report, besides standard output")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
