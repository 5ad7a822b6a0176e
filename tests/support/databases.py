"""Migrated databases, a clean one for every test, on SQLite and on PostgreSQL.

The migrations run once for each kind in a whole test run; every test then gets a copy of the result.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from tests.support.postgres import PostgresServer
from tests.support.run_folder import first_one_builds

_TEMPLATE = "migrated"


@pytest.fixture(scope="session")
def postgres_server(run_folder: Path, worker_id: str) -> Iterator[PostgresServer]:
    """The PostgreSQL server of this run."""
    server = PostgresServer(run_folder, worker_id)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: PostgresServer, run_folder: Path) -> str:
    """The name of the database that has seen every migration and nothing else."""
    # Beside the data: a server that its last process has removed takes the mark with it.
    with first_one_builds(run_folder / "postgresql" / "template-is-there") as first:
        if first:
            postgres_server.drop(_TEMPLATE)  # half done, when the one before failed
            _migrate(postgres_server.create(_TEMPLATE))
            postgres_server.make_template(_TEMPLATE)
    return _TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(run_folder: Path) -> Path:
    """The file that has seen every migration and nothing else."""
    file = run_folder / f"{_TEMPLATE}.sqlite3"
    with first_one_builds(run_folder / "sqlite-template") as first:
        if first:
            file.unlink(missing_ok=True)
            _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def empty_postgresql_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database without any table."""
    with postgres_server.another() as url:
        yield url


@pytest.fixture
def postgresql_url(postgres_server: PostgresServer, postgresql_template: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test's own."""
    with postgres_server.another(template=postgresql_template) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite file of this test's own."""
    file = tmp_path / "twodoor.sqlite3"
    shutil.copyfile(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database; a test that asks for it runs on both kinds."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database before its first migration, on both kinds: for the tests of the migrations themselves."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        url = request.getfixturevalue("empty_postgresql_url")
    yield from _opened(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, otherwise empty database; a test that asks for it runs on both kinds."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """The same on SQLite only, for tests of pages and words, which no kind of database changes."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    """The same on PostgreSQL only."""
    yield from _opened(postgresql_url)


def _opened(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.dispose()


def _migrate(url: str) -> None:
    database = Database(url)
    try:
        migrate(database)
    finally:
        database.dispose()
