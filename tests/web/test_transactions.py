"""One request, one transaction: kept when the answer is good, gone when it is not."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from sqlalchemy import exc

from portal.shared.records.database import Database
from portal.shared.records.people import Person
from portal.shared.web.transactions import database, reading, writing
from tests.support.hanging import HUNG
from tests.web.conftest import Shell, csrf_token


def count(used: Database) -> int:
    with used.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Person)) or 0


def add_one() -> None:
    writing().add(Person(name="Bia", email="bia@example.org"))
    writing().flush()


def kept() -> ResponseReturnValue:
    add_one()
    seen = reading().scalar(sa.select(sa.func.count()).select_from(Person))
    return f"seen {seen}"


def refused() -> ResponseReturnValue:
    add_one()
    abort(404)


def failed() -> ResponseReturnValue:
    add_one()
    raise ZeroDivisionError


def unwell() -> ResponseReturnValue:
    add_one()
    return "no", 500


def wrong_at_the_end() -> ResponseReturnValue:
    """Breaks a rule that is checked when the transaction is flushed, after the page is done."""
    for _ in range(2):
        writing().add(Person(name="Bia", email="bia@example.org"))
    return "fine"


def two_at_once() -> ResponseReturnValue:
    add_one()
    with database().write():
        return "never"


PAGES = (kept, refused, failed, unwell, wrong_at_the_end, two_at_once)


@pytest.fixture
def probed(build: Callable[..., Shell], database: Database) -> Shell:
    shell = build(database=database)
    pages = Blueprint("probe", __name__)
    for page in PAGES:
        pages.add_url_rule(f"/probe/{page.__name__}", page.__name__, page, methods=["GET", "POST"])
    shell.app.register_blueprint(pages)
    return shell


def post(shell: Shell, page: str) -> tuple[int, str]:
    browser = shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    answer = browser.post(f"/probe/{page}", data={"csrf_token": token})
    return answer.status_code, answer.text


def test_a_good_answer_keeps_what_was_written_and_sees_it_before(probed: Shell) -> None:
    assert post(probed, "kept") == (200, "seen 1")
    assert count(probed.database) == 1


@pytest.mark.parametrize(
    ("page", "status"),
    [("refused", 404), ("failed", 500), ("unwell", 500), ("wrong_at_the_end", 500), ("two_at_once", 500)],
)
def test_any_other_end_keeps_nothing(probed: Shell, page: str, status: int) -> None:
    assert post(probed, page)[0] == status
    assert count(probed.database) == 0
    assert post(probed, "kept")[0] == 200, "the next request finds everything in order"


def test_the_answer_leaves_after_the_commit(probed: Shell) -> None:
    order: list[str] = []

    def note(connection: object) -> None:
        order.append("commit")

    sa.event.listen(probed.database.engine, "commit", note)
    page = post(probed, "kept")
    order.append("answer")
    assert page[0] == 200
    assert order == ["commit", "answer"]


def test_a_page_that_is_only_asked_for_cannot_write(probed: Shell) -> None:
    assert probed.browser().get("/probe/kept").status_code == 500
    assert count(probed.database) == 0


def test_an_error_at_commit_is_an_error_page_with_all_headers(probed: Shell) -> None:
    def fail(connection: object) -> None:
        raise exc.OperationalError(
            "COMMIT", {}, sqlite3.OperationalError("disk I/O error"), connection_invalidated=True
        )

    browser = probed.browser()
    token = csrf_token(browser.get("/sign-in"))
    sa.event.listen(probed.database.engine, "commit", fail)
    answer = browser.post("/probe/kept", data={"csrf_token": token})
    sa.event.remove(probed.database.engine, "commit", fail)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "We cannot say whether that was kept" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert count(probed.database) == 0


@pytest.fixture
def busy(sqlite_url: str) -> Iterator[Database]:
    """A database whose only write lock somebody else holds."""
    used = Database(sqlite_url, patience_seconds=1)
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with used.write() as session:
            session.connection()  # a transaction begins with its first statement
            taken.set()
            done.wait(HUNG)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(HUNG)
    yield used
    done.set()
    holder.join()
    used.dispose()


def test_a_database_that_stays_locked_is_a_page_that_says_try_again(
    build: Callable[..., Shell], busy: Database
) -> None:
    browser = build(database=busy).browser()
    page = browser.get("/sign-in")
    assert page.status_code == 200, "reading never waits for the writer"
    fields = {"email": "a@example.org", "password": "x", "csrf_token": csrf_token(page)}
    answer = browser.post("/sign-in", data=fields)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Try again in a few seconds" in answer.text
