"""SQLite under eight processes that write: nobody is told that the database is locked."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter

import sqlalchemy as sa

from portal.shared.records.database import Database
from portal.shared.records.people import Person
from tests.support.long_form import times
from tests.support.writers import WRITERS

STEPS = times(20, 500)


def refused(database: Database, how: str) -> Counter[str]:
    """What the transactions of eight processes were refused with."""
    asked = [sys.executable, "-m", "tests.support.writers", str(database.url), str(STEPS), how]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    told = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    assert len(told) == WRITERS, done.stderr
    found: Counter[str] = Counter()
    for one in told:
        found.update(one)
    return found


def people(database: Database) -> int:
    with database.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def test_eight_processes_write_and_the_database_is_never_locked(sqlite_database: Database) -> None:
    assert refused(sqlite_database, "ours") == {}
    assert people(sqlite_database) == WRITERS * STEPS


def test_a_transaction_that_asks_late_to_write_is_refused(sqlite_database: Database) -> None:
    found = refused(sqlite_database, "plain")
    assert found["database is locked"] > 0, "the danger is real"
    assert people(sqlite_database) == WRITERS * STEPS - found.total()
