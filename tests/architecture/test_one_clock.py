"""Time is an argument: one file asks the machine what time it is, and no statement asks the database."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.source_files import python_files, text_of, walk

THE_CLOCK = Path("portal/shared/gateways/clock.py")
EVERYBODY_ELSE = [path for path in python_files("portal") if path != THE_CLOCK]

ASKING = {
    "date": {"today"},
    "datetime": {"now", "today", "utcnow"},
    "func": {"current_date", "current_timestamp", "now"},
    "time": {"gmtime", "localtime", "time", "time_ns"},
}
ASKING_IN_SQL = ("current_timestamp", "current_date", "datetime('now")


def clocks_asked(path: Path) -> list[str]:
    found = []
    for node in walk(path):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if node.attr in ASKING.get(name, ()):
                found.append(f"line {node.lineno}: {name}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            taken = {alias.name for alias in node.names} & ASKING["time"]
            found += [f"line {node.lineno}: from time import {name}" for name in sorted(taken)]
    return found


def test_nobody_else_asks_what_time_it_is() -> None:
    found = {str(path): clocks_asked(path) for path in EVERYBODY_ELSE}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_no_statement_asks_the_database_for_the_time() -> None:
    found = [
        (str(path), words)
        for path in EVERYBODY_ELSE
        for words in ASKING_IN_SQL
        if words in text_of(path).lower()
    ]
    assert found == []


def test_the_search_finds_what_it_looks_for() -> None:
    assert clocks_asked(THE_CLOCK)
