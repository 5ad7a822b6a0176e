"""The SQL statements that the application sends, written down so that they can be sent again without it."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

_NOT_OURS = ("PRAGMA", "BEGIN")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement with its values, as the driver got it."""

    sql: str
    values: Any

    @property
    def writes(self) -> bool:
        """Whether it writes a row."""
        return self.sql.lstrip()[:6].upper() in ("INSERT", "UPDATE", "DELETE")

    @property
    def locks(self) -> bool:
        """Whether it takes the account's row."""
        return "FOR UPDATE" in self.sql


@contextmanager
def recording(engine: sa.Engine) -> Iterator[list[Statement]]:
    """The statements that are sent while the block runs, without BEGIN and PRAGMA."""
    sent: list[Statement] = []

    def note(connection: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:  # noqa: FBT001
        if not sql.startswith(_NOT_OURS):
            # A list is what executemany gets; a batch of rows with RETURNING comes as plain statements.
            rows = values if isinstance(values, list) else [values]
            sent.extend(Statement(sql, row) for row in rows)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


class Replayer(Protocol):
    """Sends statements through the bare driver."""

    def transaction(self, statements: Sequence[Statement]) -> None:
        """Send them in one transaction, fetch every answer, and commit."""
        ...


class SqliteReplayer:
    """The sqlite3 module, with the settings the application gives its connections."""

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(str(sa.make_url(url).database), isolation_level=None)
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "recursive_triggers = ON",
        ):
            self._connection.execute(f"PRAGMA {pragma}")

    def transaction(self, statements: Sequence[Statement]) -> None:
        """Send them between BEGIN IMMEDIATE and COMMIT."""
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for statement in statements:
            cursor.execute(statement.sql, statement.values)
            if cursor.description is not None:
                cursor.fetchall()
        cursor.execute("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class PostgresReplayer:
    """psycopg, with its own settings: like the application, it prepares what it sends often."""

    def __init__(self, url: str) -> None:
        plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain)

    def transaction(self, statements: Sequence[Statement]) -> None:
        """Send them one by one, as the application does, and commit."""
        cursor = self._connection.cursor()
        for statement in statements:
            cursor.execute(statement.sql.encode(), statement.values)
            if cursor.description is not None:
                cursor.fetchall()
        self._connection.commit()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def replayer(url: str) -> Iterator[Replayer]:
    """The bare driver of a database."""
    made = SqliteReplayer(url) if url.startswith("sqlite") else PostgresReplayer(url)
    with contextlib.closing(made):
        yield made
