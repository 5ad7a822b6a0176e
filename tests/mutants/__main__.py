"""Mutants of the rules: each changes one thing, and a test has to notice (docs/mutation.md).

python3 dev.py mutants                       everything of the table; goes on where it was stopped
python3 dev.py mutants proration routing     the modules whose path says so
python3 dev.py mutants orders --survivors --patience 30    survivors, with more of the tests that reach them
python3 dev.py mutants --report              what is known so far, and who survived
python3 dev.py mutants doors --tests tests/web/test_doors.py    survivors, with the tests that were just written
"""

from __future__ import annotations

import argparse
import ast
import os
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mutants.hunt import Hunt, import_all, short
from tests.mutants.notes import ENDLESS, KILLED, Notes, keyed

ROOT = Path(__file__).parents[2]
NOTES = ROOT / "var" / "mutants.jsonl"


@dataclass(frozen=True)
class Room:
    """Modules, and the tests that should notice whatever is changed in them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    # What of these tests is left out: other engines with threads of their own, and what takes long to tell little.
    without: str = ""
    besides: tuple[str, ...] = ()
    # Modules with a room of their own.
    elsewhere: tuple[str, ...] = ()
    # Seconds that the tests of one mutant may take together when none of them fails.
    patience: float = 2.0
    # They need nothing of tests/conftest.py and its plugins: a small process is forked sooner.
    alone: bool = False


ROOMS = {
    "domain": Room(
        ("portal/shared/domain",),
        ("tests/domain",),
        alone=True,
        besides=("tests/domain/test_einvoice.py", "tests/domain/test_einvoice_terms.py"),
        elsewhere=("portal/shared/domain/einvoice",),
        without="test_every_person_of or test_every_reason",
    ),
    "einvoice": Room(
        ("portal/shared/domain/einvoice",),
        ("tests/domain/test_einvoice.py", "tests/domain/test_einvoice_terms.py"),
        alone=True,
        # The official rules run in a machine with threads of its own, which does not live on in a forked process.
        without="official or any_document",
    ),
    "orders": Room(
        ("portal/shared/services/orders",),
        tuple(
            f"tests/services/test_{name}.py"
            for name in (
                "what_an_order_says",
                "what_an_order_leaves",
                "what_is_priced",
                "place",
                "quote_orders",
                "approvals",
                "refusals",
                "price_promise",
                "idempotency",
                "regressions",
                "seats_promised",
                "purchase_orders",
            )
        ),
        without="postgresql",
        patience=5.0,
    ),
    "guards": Room(
        ("portal/shared/web/entrance/doors.py", "portal/shared/web/at_hand.py"),
        ("tests/web/test_doors.py", "tests/web/test_arriving.py"),
        # What asks for every address takes longer than all the others together.
        without="every_address",
        patience=10.0,
    ),
    "looking": Room(
        ("portal/shared/web/entrance/looking.py", "portal/shared/web/looking.py"),
        ("tests/web/test_looking_through.py",),
        patience=10.0,
    ),
    "entry": Room(
        ("portal/shared/web/entrance/entry.py",),
        ("tests/web/test_entry.py",),
        without="only_trusted or behind_a_proxy",
        patience=10.0,
    ),
    "tokens": Room(
        ("portal/api/entering.py",),
        ("tests/api/test_tokens.py",),
        without="postgresql or every_address",
        patience=10.0,
    ),
    "who": Room(
        (
            "portal/shared/web/entrance/identity.py",
            "portal/shared/web/entrance/confirming.py",
            "portal/shared/web/entrance/own_paths.py",
        ),
        (
            "tests/web/test_who_is_there.py",
            "tests/web/test_confirming.py",
            "tests/web/test_own_paths.py",
            "tests/web/test_sign_in.py",
        ),
        without="twelve_hours or five_failures",
        patience=10.0,
    ),
    "frames": Room(
        ("portal/self_service/frame.py", "portal/corporate/frame.py", "portal/corporate/links.py"),
        ("tests/web/test_frames.py",),
        patience=10.0,
    ),
}

_ARGUMENTS = [
    *(
        "-q",
        "--assert=plain",
        "--tb=short",
        "--capture=sys",
        "-p",
        "no:cacheprovider",
        "-o",
        "tmp_path_retention_policy=none",
    ),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # what this needs itself was imported before
]
_ALONE = ["--noconftest", "-o", "addopts=--import-mode=importlib", "-o", "faulthandler_timeout=0"]


def main() -> int:
    """Make the mutants, let the tests at them, and show those that nobody noticed."""
    parser = argparse.ArgumentParser(
        prog="dev.py mutants", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="part of a module's path; all without")
    parser.add_argument("--at-once", type=int, default=1, help="how many at a time")
    parser.add_argument(
        "--one-in", type=int, default=1, metavar="N", help="every Nth of them, always the same ones"
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--untried", action="store_true", help="only those that were never tried")
    which.add_argument("--survivors", action="store_true", help="only those that survived so far")
    parser.add_argument(
        "--patience",
        type=float,
        metavar="SECONDS",
        help="that the tests of one mutant may take together; a survivor deserves more of it than an untried one",
    )
    parser.add_argument(
        "--tests", nargs="+", metavar="FILE", help="only these tests, as when one writes them for survivors"
    )
    parser.add_argument("--report", action="store_true", help="only what is known so far")
    parser.add_argument("--notes", type=Path, default=NOTES, help="where the verdicts are kept")
    asked = parser.parse_args()
    notes = Notes(asked.notes)
    survivors = 0
    for room in ROOMS.values():
        modules = _meant(_files(room), asked.modules)
        if modules and not asked.report:
            _hunt(room, modules, asked, notes)
        survivors += _report(modules, notes)
    return 1 if survivors else 0


def _files(room: Room) -> list[Path]:
    found: list[Path] = []
    for name in room.modules:
        path = ROOT / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    found = [one for one in found if not any(one.is_relative_to(ROOT / other) for other in room.elsewhere)]
    return [one for one in found if next(keyed(ast.parse(one.read_text()), short(one)), None)]


def _meant(modules: list[Path], asked: list[str]) -> list[Path]:
    """Those that were asked for, in that order; all, if nothing was."""
    found = dict.fromkeys(one for part in asked for one in modules if part in short(one))
    return list(found) if asked else modules


def _hunt(room: Room, modules: list[Path], asked: argparse.Namespace, notes: Notes) -> None:
    """In a process of its own, so that one room's tests leave nothing behind for the next."""
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        pid = os.fork()
        if pid == 0:
            os._exit(_in_a_process(room, modules, asked, notes, scratch))
        os.waitpid(pid, 0)
    notes.read()


def _in_a_process(
    room: Room, modules: list[Path], asked: argparse.Namespace, notes: Notes, scratch: str
) -> int:
    import_all(_files(room))
    hunt = Hunt(
        modules,
        _files(room),
        asked.at_once,
        asked.one_in,
        asked.patience or room.patience,
        notes,
        _say,
        untried=asked.untried,
        survivors=asked.survivors,
    )
    arguments = [*_ARGUMENTS, *(asked.tests or room.tests), *(f"--ignore={one}" for one in room.besides)]
    if room.without:
        arguments += ["-k", f"not ({room.without})"]
    if room.alone:
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        arguments += _ALONE
    return int(pytest.main([*arguments, f"--basetemp={scratch}/tests"], [hunt]))


def _say(said: str) -> None:
    print(said, file=sys.__stdout__, flush=True)


def _report(modules: list[Path], notes: Notes) -> int:
    """Print a line for each module, and those that survived; give how many did."""
    lost = 0
    for module in modules:
        counts: Counter[str] = Counter()
        left = defaultdict(list)
        for key, _ in keyed(ast.parse(module.read_text()), short(module)):
            one = notes.verdicts.get(key)
            counts[one.verdict if one else "not tried"] += 1
            if one and one.verdict not in {KILLED, ENDLESS}:
                left[one.place].append(f"    {one.line}: {one.said} ({one.verdict}, {one.tests} tests)")
        killed, tried = counts[KILLED] + counts[ENDLESS], counts.total() - counts["not tried"]
        print(f"| `{short(module)}` | {counts.total()} | {tried} | {killed} | {tried - killed} |")  # noqa: T201
        for place, lines in left.items():
            print(f"  {place}", *lines, sep="\n")  # noqa: T201
        lost += tried - killed
    return lost


if __name__ == "__main__":
    raise SystemExit(main())
