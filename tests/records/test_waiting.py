"""A database that hangs or is away keeps nobody waiting, and is found again by itself."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import exc

from portal.shared.records import waiting
from portal.shared.records.database import CommitUnknownError, Database, DatabaseAwayError, is_passing
from portal.shared.services.equipment import in_time
from tests.faults.proxy import Proxy, Way, running, to_file

pytestmark = pytest.mark.postgresql


@pytest.fixture
def way(postgresql_url: str) -> Iterator[tuple[Proxy, Database]]:
    """A database behind a way that can be broken."""
    url = sa.make_url(postgresql_url)
    folder = str(url.query["host"])
    with running(to_file(str(Path(folder) / ".s.PGSQL.5432"))) as proxy:
        there = url.set(host="127.0.0.1", port=proxy.port, query={})
        database = Database(there.render_as_string(hide_password=False), patience_seconds=1)
        yield proxy, database
        database.dispose()


def works(database: Database) -> bool:
    with database.write() as session:
        return bool(session.scalar(sa.text("SELECT 1")))


def comes_back(database: Database) -> bool:
    enough = time.monotonic() + 60
    while time.monotonic() < enough:
        with contextlib.suppress(exc.SQLAlchemyError):
            return works(database)
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("kind", [Way.REFUSED, Way.SILENT, Way.RESET])
def test_who_comes_while_it_is_away_is_told_at_once(way: tuple[Proxy, Database], kind: Way) -> None:
    proxy, database = way
    assert works(database)
    with proxy.being(kind):
        with pytest.raises(exc.SQLAlchemyError) as first:
            works(database)
        assert is_passing(first.value)
        with pytest.raises(DatabaseAwayError), database.read():
            pass
    assert comes_back(database)


def test_a_connection_is_not_waited_for_beyond_the_request_that_needs_it(
    way: tuple[Proxy, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, other = way
    for module in ("waiting", "database"):
        monkeypatch.setattr(f"portal.shared.records.{module}.CONNECT_SECONDS", 60)
    database = Database(other.url.render_as_string(hide_password=False), patience_seconds=60)
    began = time.monotonic()
    with proxy.being(Way.SILENT), in_time(0.1), pytest.raises(exc.SQLAlchemyError) as broken:
        works(database)
    assert is_passing(broken.value)
    assert time.monotonic() - began < 45, "of the request, not of a connection"
    assert comes_back(database)
    database.dispose()


def test_an_answer_that_does_not_come_is_not_waited_for(way: tuple[Proxy, Database]) -> None:
    proxy, database = way

    def ask() -> None:
        with database.write() as session:
            session.scalar(sa.text("SELECT 1"))
            proxy.delay = 30.0
            session.scalar(sa.text("SELECT 2"))

    with pytest.raises(exc.SQLAlchemyError) as broken:
        ask()
    proxy.delay = 0.0
    proxy.cut()
    assert is_passing(broken.value)
    assert not isinstance(broken.value, CommitUnknownError), "nothing was committed"
    assert comes_back(database)


def test_nobody_knows_of_a_commit_without_an_answer(way: tuple[Proxy, Database]) -> None:
    proxy, database = way

    def write() -> None:
        with database.write() as session:
            session.execute(sa.text("CREATE TABLE things (id int)"))
            proxy.cut()

    with pytest.raises(CommitUnknownError) as unknown:
        write()
    assert is_passing(unknown.value)
    assert comes_back(database)


def test_a_request_that_is_late_waits_for_less() -> None:
    with in_time(3.0):
        assert waiting.patience(5.0) <= 3.0
        with in_time(0.0):
            assert waiting.patience(5.0) == waiting.SHORTEST_SECONDS
    assert waiting.patience(5.0) == 5.0
