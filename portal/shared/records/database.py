"""One database, SQLite or PostgreSQL: a session for reading that cannot write, and one for writing."""

from __future__ import annotations

import copy
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc, orm

from portal.shared.domain.activity import Portal
from portal.shared.records.base import all_tables
from portal.shared.records.encryption import encrypted_elsewhere
from portal.shared.records.waiting import CONNECT_SECONDS, KNOCK_SECONDS, Lookout, PatientConnection, patience

# Under this name a session says where what it writes was done (`domain.activity.Portal`).
ORIGIN = "origin"
# Through which program something is done, for the activity; empty where a person does it.
THROUGH = "through"
PATIENCE_SECONDS = 5  # how long a statement waits for a lock, a connection or an answer
_TURN_MILLISECONDS = 20  # SQLite asks after 1, 2, 5 and 10 of them

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


class DatabaseAwayError(exc.SQLAlchemyError):
    """The database did not answer a moment ago, and was not asked again."""


class CommitUnknownError(exc.SQLAlchemyError):
    """The connection broke while a transaction was committed: it may be kept, or it may be not."""


class ReadSession(orm.Session):
    """A session that answers questions only; the database refuses writes through it as well."""


class Database:
    """Engines and sessions for one address (`sqlite:///…` or `postgresql://…`)."""

    def __init__(self, url: str, *, patience_seconds: int = PATIENCE_SECONDS) -> None:
        all_tables()
        self.url = sa.make_url(url)
        self._lookout: Lookout | None = None
        if self.url.get_backend_name() == "sqlite":
            self.engine = _sqlite(self.url, patience_seconds)
            readers = self.engine.execution_options(readonly=True)
        elif self.url.get_backend_name() == "postgresql":
            self.url = encrypted_elsewhere(self.url)
            self._lookout = Lookout(partial(_knock, self.libpq_address()))
            self.engine = _postgresql(self.url, patience_seconds, self._lookout)
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
        self.through = ""

    def told_from(self, origin: Portal, through: str = "") -> Database:
        """The same database for somebody else: what is written through it was done there, and by that program."""
        other = copy.copy(self)
        other.origin, other.through = str(origin), through
        return other

    @contextmanager
    def write(self) -> Iterator[orm.Session]:
        """A transaction that commits when the block ends well and rolls back when it raises.

        A second one inside the first would wait for itself, so it raises RuntimeError at once.

        Raises:
            DatabaseAwayError: nothing was asked of the database.
            CommitUnknownError: the connection broke at the commit.
        """
        if getattr(self._thread, "writing", False):
            raise RuntimeError("A writing transaction is already open in this thread.")
        self._must_be_there()
        self._thread.writing, committing = True, False
        try:
            with self._write(info={ORIGIN: self.origin, THROUGH: self.through}) as session, session.begin():
                yield session
                session.flush()  # so that what breaks from here on is the commit
                committing = True
        except exc.DBAPIError as error:
            if error.connection_invalidated and committing:
                raise CommitUnknownError("the connection broke at the commit") from error
            raise
        finally:
            self._thread.writing = False

    @contextmanager
    def read(self) -> Iterator[orm.Session]:
        """One snapshot of the database; writing through it raises.

        Raises:
            DatabaseAwayError: nothing was asked of the database.
        """
        self._must_be_there()
        with self._read() as session:
            yield session
            # Nothing was written, so either end is right; but after a rollback psycopg forgets what it has prepared,
            # and PostgreSQL would plan every statement of the next page anew.
            session.expunge_all()
            session.commit()

    def _must_be_there(self) -> None:
        if self._lookout is not None and self._lookout.away:
            raise DatabaseAwayError("the database is away")

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
    if isinstance(error, (exc.TimeoutError, DatabaseAwayError, CommitUnknownError)):
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
    sa.event.listen(engine, "begin", lambda connection: _begin_sqlite(patience_seconds, connection))
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


def _begin_sqlite(patience_seconds: int, connection: sa.Connection) -> None:
    """Take the write lock at once: a plain BEGIN fails when two transactions that read want to write."""
    readonly = bool(connection.get_execution_options().get("readonly"))
    if connection.info.get("readonly", False) is not readonly:
        connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if readonly else 'OFF'}")
        connection.info["readonly"] = readonly
    if readonly:
        connection.exec_driver_sql("BEGIN")
        return
    # Several transactions of one request wait for the lock together no longer than the request may take.
    seconds = patience(patience_seconds)
    if not _took_turn(connection, seconds):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _took_turn(connection: sa.Connection, seconds: float) -> bool:
    """Whether the write lock was given within this time.

    SQLite by itself asks for it less and less often, in the end every 100 ms: where many write without a pause, one
    who began to wait early is overtaken again and again. Asked every few milliseconds, all of them get their turn.
    """
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection), "the driver of this address"
    driver.execute(f"PRAGMA busy_timeout = {_TURN_MILLISECONDS}")
    enough = time.monotonic() + seconds
    while time.monotonic() < enough:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False  # asked once more, by SQLAlchemy, which says what is wrong
        else:
            return True
    return False


def _knock(address: str) -> None:
    """Ask a PostgreSQL server for a connection, and let it go."""
    psycopg.connect(address, connect_timeout=KNOCK_SECONDS).close()


def _postgresql(url: sa.URL, patience_seconds: int, lookout: Lookout) -> sa.Engine:
    milliseconds = patience_seconds * 1000
    engine = sa.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={
            "connect_timeout": min(patience_seconds, CONNECT_SECONDS),
            "tcp_user_timeout": milliseconds,
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC",
        },
        hide_parameters=True,  # an error text with values would carry personal data into the log
        pool_size=10,
        max_overflow=20,
        pool_timeout=patience_seconds,
        pool_pre_ping=True,
    )

    def connect(dialect: object, record: object, arguments: Any, named: Any) -> PatientConnection:
        if lookout.away:  # found out by somebody else, or by the ping just now
            raise psycopg.OperationalError("the database is away")
        try:
            connection = PatientConnection.connect(*arguments, **named)
        except psycopg.OperationalError:
            lookout.note_away()
            raise
        # The server ends a statement that takes too long; this is for one that does not even do that.
        connection.lookout, connection.usual_seconds = lookout, patience_seconds + 1.0
        return connection

    sa.event.listen(engine, "do_connect", connect)
    return engine


@sa.event.listens_for(ReadSession, "before_flush")
def _refuse_flush(session: orm.Session, context: object, instances: object) -> None:
    raise WriteInReadSession("This session only reads; use a writing one.")


@sa.event.listens_for(ReadSession, "do_orm_execute")
def _refuse_statement(state: orm.ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise WriteInReadSession("This session only reads; use a writing one.")
