"""Run the measurements: `python3 dev.py bench`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import alone, orders, overview, weight
from benchmarks.grounds import Ground, grounds
from benchmarks.growth import hot
from benchmarks.growth import requests as growth
from benchmarks.journey import machines
from benchmarks.journey import rounds as journey
from benchmarks.measuring import Noise
from benchmarks.renewals import night as renewals
from benchmarks.report import Report

Measurement = Callable[[Ground, Path, int, Noise, Report], None]

MEASUREMENTS: dict[str, Measurement] = {
    "overview": overview.measure,
    "summary": overview.measure_summary,
    "orders": orders.measure,
    "journey": journey.measure,
    "machines": machines.measure,
    "memory": weight.measure_memory,
    "renewals": renewals.measure,
    "growth": growth.measure,
    "hot": hot.measure,
}
WITHOUT_DATABASE: dict[str, Callable[[Path, int, Noise, Report], None]] = {
    "start": alone.measure_start,
    "proration": alone.measure_proration,
    "documents": weight.measure_documents,
    "installation": weight.measure_installation,
    "phone": weight.measure_phone,
}


def main() -> None:
    arguments = _arguments()
    report, noise = Report(quiet=arguments.json), Noise()
    with tempfile.TemporaryDirectory(prefix="twodoor-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server runs as a user of its own when we are root
        noise.sample()
        measurements: dict[str, Measurement] = {
            **MEASUREMENTS,
            "renewals": partial(renewals.measure, sizes=arguments.accounts or renewals.SIZES),
            "growth": partial(growth.measure, sizes=arguments.accounts or growth.SIZES, data=arguments.data),
        }
        wanted = arguments.only or [*MEASUREMENTS, *WITHOUT_DATABASE]
        for measured in (one for one in wanted if one in WITHOUT_DATABASE):
            WITHOUT_DATABASE[measured](folder, arguments.rounds, noise, report)
        if any(one in MEASUREMENTS for one in wanted):
            with grounds(folder, arguments.database_url) as found:
                for measured in (one for one in wanted if one in MEASUREMENTS):
                    for ground in found:
                        measurements[measured](ground, folder, arguments.rounds, noise, report)
    report.heading("The machine")
    report.note(noise.sentence())
    if arguments.json:
        print(json.dumps(report.values))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help="measure beside this database (sqlite:///… or postgresql://…) "
        "instead of SQLite and a PostgreSQL server of this run's own; it is not touched itself",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=sorted({*MEASUREMENTS, *WITHOUT_DATABASE}),
        help="one measurement only",
    )
    parser.add_argument(
        "--rounds", type=_rounds, default=3, help="how often both sides take turns (3 or more)"
    )
    parser.add_argument(
        "--accounts", type=int, action="append", help="growth and renewals: a number of accounts"
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="growth: keep the filled SQLite files here, and use them again",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")
    return parser.parse_args()


def _rounds(text: str) -> int:
    number = int(text)
    if number < 3:
        raise argparse.ArgumentTypeError("a median needs 3 rounds or more")
    return number


if __name__ == "__main__":
    main()
