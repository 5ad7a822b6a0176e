"""One database, SQLite or PostgreSQL: a session for reading that cannot write, and one for writing."""

from __future__ import annotations

import copy
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc, orm

from portal.shared.domain.activity import Portal
from portal.shared.records.base import all_tables

# Under this name a session says where what it writes was done (`domain.activity.Portal`).
ORIGIN = "origin"
PATIENCE_SECONDS = 5  # how long a statement waits for a lock, a connection or an answer

# Answers of SQLite that mean "not now" rather than "never": all others are our own mistakes.
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOMEM,
}


class WriteInReadSession(RuntimeError):
    """A reading session was asked to write: a mistake in our code, never the person's."""


class ReadSession(orm.Session):
    """A session that answers questions only; the database refuses writes through it as well."""


class Database:
    """Engines and sessions for one address (`sqlite:///…` or `postgresql://…`)."""

    def __init__(self, url: str, *, patience_seconds: int = PATIENCE_SECONDS) -> None:
        all_tables()
        self.url = sa.make_url(url)
        if self.url.get_backend_name() == "sqlite":
            self.engine = _sqlite(self.url, patience_seconds)
            readers = self.engine.execution_options(readonly=True)
        elif self.url.get_backend_name() == "postgresql":
            self.engine = _postgresql(self.url, patience_seconds)
            # One snapshot for a whole page, as SQLite gives it; told together with BEGIN, so it costs no round trip.
            readers = self.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")
        self._write = orm.sessionmaker(self.engine, expire_on_commit=False)
        self._read = orm.sessionmaker(readers, class_=ReadSession, expire_on_commit=False)
        self._thread = threading.local()
        self.origin = str(Portal.COMMAND)

    def told_from(self, origin: Portal) -> Database:
        """The same database for somebody else: what is written through it was done there."""
        other = copy.copy(self)
        other.origin = str(origin)
        return other

    @contextmanager
    def write(self) -> Iterator[orm.Session]:
        """A transaction that commits when the block ends well and rolls back when it raises.

        A second one inside the first would wait for itself, so it raises RuntimeError at once.
        """
        if getattr(self._thread, "writing", False):
            raise RuntimeError("A writing transaction is already open in this thread.")
        self._thread.writing = True
        try:
            with self._write(info={ORIGIN: self.origin}) as session, session.begin():
                yield session
        finally:
            self._thread.writing = False

    @contextmanager
    def read(self) -> Iterator[orm.Session]:
        """One snapshot of the database; writing through it raises."""
        with self._read() as session:
            yield session

    def listen(self, event: str, ear: Callable[..., None]) -> None:
        """Call somebody at an event of every writing session (one of SQLAlchemy's), from now on."""
        sa.event.listen(self._write, event, ear)

    def libpq_address(self) -> str:
        """The address of a PostgreSQL database as its own client library reads it, with the password."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def is_passing(error: BaseException) -> bool:
    """Say whether the database is busy, full or away (try again later) rather than asked nonsense."""
    if isinstance(error, exc.TimeoutError):
        return True
    if isinstance(error, exc.DBAPIError):
        if error.connection_invalidated or isinstance(error, exc.InterfaceError):
            return True
        if isinstance(error.orig, sqlite3.Error):
            return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _PASSING
        return isinstance(error, exc.OperationalError)
    return False


def _sqlite(url: sa.URL, patience_seconds: int) -> sa.Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("SQLite needs a file: readers and the writer are different connections.")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": patience_seconds, "check_same_thread": False},
        hide_parameters=True,  # an error text with values would carry personal data into the log
        pool_size=20,
        max_overflow=20,
        pool_timeout=patience_seconds,
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    # Without recursive triggers an INSERT OR REPLACE would remove a row of the books behind its triggers.
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    """Take the write lock at once: a plain BEGIN fails when two transactions that read want to write."""
    readonly = bool(connection.get_execution_options().get("readonly"))
    if connection.info.get("readonly", False) is not readonly:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if readonly else 'OFF'}")
        connection.info["readonly"] = readonly
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


def _postgresql(url: sa.URL, patience_seconds: int) -> sa.Engine:
    milliseconds = patience_seconds * 1000
    return sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": patience_seconds,
            "tcp_user_timeout": milliseconds,
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC",
        },
        hide_parameters=True,  # an error text with values would carry personal data into the log
        pool_size=10,
        max_overflow=20,
        pool_timeout=patience_seconds,
        pool_pre_ping=True,
    )


@sa.event.listens_for(ReadSession, "before_flush")
def _refuse_flush(session: orm.Session, context: object, instances: object) -> None:
    raise WriteInReadSession("This session only reads; use a writing one.")


@sa.event.listens_for(ReadSession, "do_orm_execute")
def _refuse_statement(state: orm.ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise WriteInReadSession("This session only reads; use a writing one.")
