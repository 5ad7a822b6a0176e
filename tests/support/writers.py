"""Eight processes that read and then write one SQLite file, all at once; prints how many transactions failed, and why.

Arguments: database address, how many transactions each, "ours" or "plain" (a BEGIN that takes the write lock late).
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing

import sqlalchemy as sa
from sqlalchemy import exc

from portal.shared.records.database import Database
from portal.shared.records.people import Person

WRITERS = 8
A_MOMENT = 0.001  # between reading and writing, as any work would take


def ours(url: str) -> Callable[[str], None]:
    """A writing transaction as every service has it."""
    database = Database(url)

    def write(email: str) -> None:
        with database.write() as session:
            session.scalar(sa.select(sa.func.count()).select_from(Person))
            time.sleep(A_MOMENT)
            session.add(Person(name="Ana", email=email))

    return write


def plain(url: str) -> Callable[[str], None]:
    """A transaction that begins by reading, and asks to write only when it writes."""
    file = sa.make_url(url).database
    assert file is not None, "a file of its own"

    def write(email: str) -> None:
        with closing(sqlite3.connect(file, timeout=5, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM people").fetchone()
            time.sleep(A_MOMENT)
            connection.execute("INSERT INTO people (name, email) VALUES ('Ana', ?)", [email])
            connection.execute("COMMIT")

    return write


def failures(write: Callable[[str], None], writer: int, count: int) -> Counter[str]:
    """Write so often, and count what was refused."""
    found: Counter[str] = Counter()
    for step in range(count):
        try:
            write(f"{writer}.{step}@example.org")
        except exc.DBAPIError as error:
            found[str(error.orig)] += 1
        except sqlite3.Error as error:
            found[str(error)] += 1
    return found


def main() -> None:
    """Fork the writers, and add up what they tell."""
    url, count, how = sys.argv[1:]
    ways = []
    for writer in range(WRITERS):
        reading, writing = os.pipe()
        if os.fork() == 0:
            found = failures({"ours": ours, "plain": plain}[how](url), writer, int(count))
            os.write(writing, repr(dict(found)).encode())
            os._exit(0)
        os.close(writing)
        ways.append(reading)
    for way in ways:
        with os.fdopen(way) as told:
            print(told.read())  # noqa: T201  # for the test that asked


if __name__ == "__main__":
    main()
