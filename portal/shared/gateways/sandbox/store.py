"""The file under the sandbox's book: SQLite, shared by threads and processes, safe against a kill at any moment."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

_PATIENCE_SECONDS = 3.0  # how long to wait for another writer; well below the time a page may take

_SCHEMA = """
CREATE TABLE IF NOT EXISTS card (
    token TEXT PRIMARY KEY,
    known_card TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL CHECK (length(last4) = 4),
    expiry_month INTEGER NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
    expiry_year INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS card_session (
    reference TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    return_path TEXT NOT NULL,
    language TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    card_token TEXT REFERENCES card (token)
) STRICT;
-- One row a key, for ever. Without an amount it is a tombstone: cancelled before the charge arrived.
-- The passing of time changes no row: a late outcome counts from `known_from` on, the wish for a confirmation until
-- `expires_at` (milliseconds since 1970, UTC). What is decided at once has no `known_from`, so no clock can undo it.
CREATE TABLE IF NOT EXISTS charge (
    key TEXT PRIMARY KEY,
    reference TEXT NOT NULL UNIQUE,
    amount_minor INTEGER CHECK (amount_minor > 0),
    currency TEXT,
    card_token TEXT,
    return_path TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('approved', 'declined', 'needs_confirmation', 'cancelled')),
    reason TEXT,
    known_from INTEGER CHECK (known_from IS NULL OR outcome = 'approved'),
    expires_at INTEGER,
    CHECK (amount_minor IS NOT NULL OR outcome = 'cancelled'),
    CHECK ((outcome = 'needs_confirmation') <= (expires_at IS NOT NULL)),
    CHECK ((outcome = 'declined') = (reason IS NOT NULL))
) STRICT;
CREATE TABLE IF NOT EXISTS refund (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL REFERENCES charge (key),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0)
) STRICT;
-- Since version 2: what a refund was asked for with, so that it is given back once.
CREATE TABLE IF NOT EXISTS refund_key (
    refund_key TEXT PRIMARY KEY,
    refund INTEGER NOT NULL REFERENCES refund (number)
) STRICT;
-- Since version 3: bank accounts that may be debited, the visits in which one may be typed (beside a card or alone),
-- and debits that will be returned: until `known_from` nobody knows it.
CREATE TABLE IF NOT EXISTS bank_account (
    token TEXT PRIMARY KEY,
    known_account TEXT NOT NULL,
    brand TEXT NOT NULL,
    last4 TEXT NOT NULL CHECK (length(last4) = 4)
) STRICT;
CREATE TABLE IF NOT EXISTS debit_session (
    session TEXT PRIMARY KEY REFERENCES card_session (reference),
    scheme TEXT NOT NULL,
    with_card INTEGER NOT NULL,
    account_token TEXT REFERENCES bank_account (token)
) STRICT;
CREATE TABLE IF NOT EXISTS late_return (
    key TEXT PRIMARY KEY REFERENCES charge (key),
    known_from INTEGER NOT NULL
) STRICT;
"""
_VERSION = 3  # every statement above may be repeated, so an older book only gains what it lacks


class Store:
    """Opens connections to one SQLite file, keeps idle ones, and never shares one between two users at a time."""

    def __init__(self, path: Path) -> None:
        """Remember the path; file and folder come into being at the first use."""
        self._path = path
        self._process = os.getpid()
        self._idle: list[sqlite3.Connection] = []  # append and pop are atomic: no lock to inherit over a fork
        self._of_parent: list[sqlite3.Connection] = []

    @contextlib.contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection for questions; it sees what is committed and waits for nobody."""
        connection = self._take()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextlib.contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A connection inside BEGIN IMMEDIATE: committed at the end, rolled back after an exception.

        Raises:
            sqlite3.OperationalError: another writer did not finish in time, or the disk is full.
        """
        with self.read() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> sqlite3.Connection:
        """An idle connection of this process, or a new one."""
        if (
            os.getpid() != self._process
        ):  # forked: a connection of the parent must be neither used nor closed here
            self._of_parent, self._idle, self._process = self._idle, [], os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> sqlite3.Connection:
        """A new connection to a file that has all its tables."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what was answered must survive a power cut
        if connection.execute("PRAGMA user_version").fetchone()[0] < _VERSION:
            _prepare(connection)
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Write the tables, even when several processes start at once."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            # SQLite does not wait for its lock while it changes the journal mode, so the waiting is done here.
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
    connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")
