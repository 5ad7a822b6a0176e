"""The ground floor is Python and plain values; loading it must not load a house."""

from __future__ import annotations

import subprocess
import sys

from tests.support.source_files import ROOT, imported_modules, python_files

FRAMEWORKS = {
    "alembic",
    "flask",
    "flask_babel",
    "flask_login",
    "flask_wtf",
    "jinja2",
    "psycopg",
    "sqlalchemy",
}

# What a rule has no business with: the time, chance, files, the network, other threads and processes.
OUTSIDE_WORLD = {"asyncio", "http", "locale", "os", "pathlib", "random", "secrets", "socket", "sqlite3"}
OUTSIDE_WORLD |= {"subprocess", "tempfile", "threading", "time", "urllib.request"}

LOAD_EVERY_RULE = """
import importlib, pkgutil, sys
import portal.shared.domain as room
count = 0
for module in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
    importlib.import_module(module.name)
    count += 1
print(count, *sorted(name for name in sys.modules if "." not in name))
"""


def test_loading_every_rule_loads_no_framework() -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", LOAD_EVERY_RULE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stderr
    count, *loaded = outcome.stdout.split()
    assert int(count) > 5, "the rules were not found"
    assert FRAMEWORKS.isdisjoint(loaded)


def test_a_rule_imports_nothing_of_the_outside_world() -> None:
    rules = [path for path in python_files("portal") if path.parts[:3] == ("portal", "shared", "domain")]
    found = {str(path): OUTSIDE_WORLD & imported_modules(path) for path in rules}
    assert {path: names for path, names in found.items() if names} == {}


def test_the_package_itself_is_empty() -> None:
    assert (ROOT / "portal" / "__init__.py").read_text() == ""
