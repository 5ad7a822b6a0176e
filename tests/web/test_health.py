"""What the engineer's watch is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from portal.shared.records.database import Database
from portal.shared.records.jobs import SweepRow
from portal.shared.services.jobs.enqueueing import enqueue
from tests.web.conftest import Shell


def test_a_migrated_database_is_ready(build: Callable[..., Shell], database: Database) -> None:
    answer = build(database=database).browser().get("/ready")
    assert (answer.status_code, answer.json) == (200, {"status": "ready", "background": "silent"})


def test_background_work_is_told_and_never_refuses(
    build: Callable[..., Shell], sqlite_database: Database
) -> None:
    shell = build(database=sqlite_database)

    def told() -> tuple[int, str]:
        answer = shell.browser().get("/ready")
        return answer.status_code, answer.get_json()["background"]

    began = shell.clock.now()
    with sqlite_database.write() as session:
        session.add(SweepRow(name="charges", began_at=began, ended_at=began))
        enqueue(session, "settle-charge", {"reference": "X"}, began)
    assert told() == (200, "working")
    shell.clock.advance(timedelta(minutes=29))
    assert told() == (200, "stuck")
    shell.clock.advance(timedelta(minutes=2))
    assert told() == (200, "silent")


def test_an_empty_database_is_not_ready(build: Callable[..., Shell], empty_database: Database) -> None:
    answer = build(database=empty_database).browser().get("/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "migrations missing"})


def test_without_a_database_it_is_alive_but_not_ready(build: Callable[..., Shell], tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'gone' / 'twodoor.sqlite3'}")
    (tmp_path / "gone").rmdir()
    browser = build(database=database).browser()
    assert browser.get("/health").json == {"status": "ok"}
    answer = browser.get("/ready")
    assert (answer.status_code, answer.json) == (503, {"status": "database not available"})
    database.dispose()
