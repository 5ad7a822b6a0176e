"""Mutants of the rules: each changes one thing in a copy of the code, and a test has to notice (docs/mutation.md).

python3 dev.py mutants                       every module of the table, hours
python3 dev.py mutants proration money       some of them
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOMAIN = "portal/shared/domain"
# What is copied: mutmut changes a copy, and tests find the files that they read there.
NEEDED = (
    "portal",
    "tests",
    "templates",
    "migrations",
    "docs",
    "pyproject.toml",
    "README.md",
    "dev.py",
    "wsgi.py",
)
# A module, and the quick tests that should notice whatever is changed in it.
MODULES: dict[str, tuple[str, ...]] = {
    "proration": ("test_proration.py", "test_proration_laws.py", "test_proration_cases.py"),
    "money": ("test_money.py",),
    "calendar": ("test_calendar.py", "test_renewals_by_the_clock.py"),
    "summary": ("test_summary.py", "test_proration_laws.py"),
    "online_policy": ("test_online_policy.py", "test_changes.py"),
    "routing": ("test_routing.py", "test_routing_properties.py", "test_routing_walk.py"),
    "order_states": ("test_order_states.py",),
    "renewals": ("test_renewals.py", "test_renewals_by_the_clock.py"),
    "dunning": ("test_dunning.py",),
}


def main() -> int:
    """Make the mutants, let the tests at them, and show those that nobody noticed."""
    parser = argparse.ArgumentParser(
        prog="dev.py mutants", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(MODULES))
    parser.add_argument("--at-once", type=int, default=1, help="how many at a time")
    asked = parser.parse_args()
    unknown = set(asked.modules) - MODULES.keys()
    if unknown:
        parser.error(f"not in the table: {', '.join(sorted(unknown))}")
    modules = asked.modules or list(MODULES)
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch:
        folder = Path(scratch)
        lay_out(folder, modules)
        _mutmut(folder, "run", "--max-children", str(asked.at_once))
        told = _mutmut(folder, "results", "--all", "true", captured=True)
        survived = [line.split(":")[0].strip() for line in told.splitlines() if line.endswith(": survived")]
        for name in survived:
            print(_mutmut(folder, "show", name, captured=True))  # noqa: T201  # for the person who asked
    print(dict(Counter(line.rpartition(": ")[2] for line in told.splitlines() if ": " in line)))  # noqa: T201
    return 1 if survived else 0


def lay_out(folder: Path, modules: list[str]) -> None:
    """Copy what is needed, and say what is to be mutated and which tests are asked."""
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target)
    mutated = [f"{DOMAIN}/{one}{'/*' if (ROOT / DOMAIN / one).is_dir() else '.py'}" for one in modules]
    tests = sorted({f"tests/domain/{test}" for one in modules for test in MODULES[one]})
    settings = [
        "",
        "[tool.mutmut]",
        'source_paths = ["portal"]',
        f"only_mutate = {mutated!r}",
        f"pytest_add_cli_args_test_selection = {tests!r}",
        'pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:rerunfailures"]',
        f"also_copy = {[one for one in NEEDED if one not in {'portal', 'tests', 'pyproject.toml'}]!r}",
        "",
    ]
    with (folder / "pyproject.toml").open("a") as file:
        file.write("\n".join(settings))


def _mutmut(folder: Path, *arguments: str, captured: bool = False) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        check=False,
        text=True,
        stdout=subprocess.PIPE if captured else None,
    )
    return done.stdout or ""


if __name__ == "__main__":
    raise SystemExit(main())
