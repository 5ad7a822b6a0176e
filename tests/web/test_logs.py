"""Log lines: JSON, numbered like the answer, and without anything a person typed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Blueprint

from portal.shared.web import logs
from tests.web.conftest import PASSWORD, Shell

SECRET = "ana@example.org"


def bug(name: str = "") -> str:
    raise RuntimeError(f"{SECRET} typed 4242 4242 4242 4242")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def probed(shell: Shell) -> Shell:
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe/<name>", "bug", bug)
    shell.app.register_blueprint(pages)
    return shell


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_what_was_asked_and_how_long_it_took(probed: Shell, lines: io.StringIO) -> None:
    answer = probed.browser().get(f"/sign-in?email={SECRET}")
    (line,) = read(lines)
    assert line["route"] == "/sign-in"
    assert line["status"] == 200
    assert line["request"] == answer.headers["X-Request-Number"]
    assert line["milliseconds"] > 0
    assert line["timestamp"].endswith("Z")


def test_a_bug_leaves_its_kind_and_place_under_the_number_the_person_sees(
    probed: Shell, lines: io.StringIO
) -> None:
    answer = probed.browser().get(f"/probe/{SECRET}")
    failed, answered = read(lines)
    assert failed["request"] == answered["request"] == answer.headers["X-Request-Number"]
    assert failed["error"] == "RuntimeError"
    assert failed["at"][-1].endswith(" bug")
    assert failed["level"] == "error"


def test_nothing_typed_is_in_any_line(probed: Shell, lines: io.StringIO) -> None:
    email = probed.person()
    browser = probed.browser()
    probed.sign_in(browser, email, "a wrong password")
    probed.sign_in(browser, email)
    browser.get(f"/probe/{SECRET}?card=4242424242424242")
    browser.get(f"/{SECRET}")
    written = lines.getvalue()
    assert len(read(lines)) >= 6
    for secret in (email, PASSWORD, "a wrong password", SECRET, "4242"):
        assert secret not in written


def test_an_exception_logged_by_somebody_else_is_defused_too(lines: io.StringIO) -> None:
    try:
        bug()
    except RuntimeError:
        logging.getLogger("elsewhere").exception("it failed")
    (line,) = read(lines)
    assert line["event"] == "it failed"
    assert line["error"] == "RuntimeError"
    assert SECRET not in lines.getvalue()


def test_watchers_and_static_files_do_not_fill_the_log(probed: Shell, lines: io.StringIO) -> None:
    for path in ("/health", "/ready", "/static/css/base.css"):
        probed.browser().get(path, buffered=True)
    assert lines.getvalue() == ""


def test_a_number_cannot_be_given_from_outside(probed: Shell) -> None:
    answer = probed.browser().get("/sign-in", headers={"X-Request-Number": "mine"})
    assert answer.headers["X-Request-Number"] != "mine"
