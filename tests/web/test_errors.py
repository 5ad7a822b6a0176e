"""Error pages: words, a number to quote, a way on, and nothing of the inside."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Blueprint, abort
from sqlalchemy import exc

from portal.shared.domain.patience import REQUEST
from portal.shared.web import standing
from tests.web.conftest import Shell

SECRET = "ana@example.org said 4242"
TITLES = {
    400: "We could not read that",
    403: "You cannot open this page",
    404: "This page does not exist",
    405: "This page cannot be used that way",
    410: "We could not read that",
    413: "That is too large",
    429: "Too many attempts",
    500: "Something went wrong on our side",
    503: "We are busy for a moment",
}


def bug() -> str:
    raise RuntimeError(SECRET)


def locked() -> str:
    raise exc.TimeoutError(SECRET)


def nonsense() -> str:
    raise exc.ProgrammingError(SECRET, {}, Exception(SECRET))


@pytest.fixture
def probed(shell: Shell) -> Shell:
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe/<int:code>", "abort", abort)
    for page in (bug, locked, nonsense):
        pages.add_url_rule(f"/probe/{page.__name__}", page.__name__, page)
    shell.app.register_blueprint(pages)
    return shell


@pytest.mark.parametrize("status", TITLES)
def test_every_error_has_a_page_with_one_heading_a_reference_and_a_way_on(probed: Shell, status: int) -> None:
    answer = probed.browser().get(f"/probe/{status}")
    assert answer.status_code == status
    assert re.findall(r"<h1>(.*?)</h1>", answer.text) == [TITLES[status]]
    assert f"<title>{TITLES[status]} – Exemplo Software</title>" in answer.text
    assert re.search(r"Reference: [2-9A-Z]{4}-[2-9A-Z]{4}", answer.text)
    assert 'class="button"' in answer.text


@pytest.mark.parametrize(
    ("page", "status"), [("bug", 500), ("nonsense", 500), ("locked", 503)], ids=["bug", "bad SQL", "busy"]
)
def test_a_failure_shows_its_number_and_nothing_of_the_inside(probed: Shell, page: str, status: int) -> None:
    answer = probed.browser().get(f"/probe/{page}")
    assert answer.status_code == status
    assert answer.headers["X-Request-Number"] in answer.text
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text


def test_who_stood_in_line_for_too_long_is_sent_away_at_once(probed: Shell) -> None:
    token = standing.stood.set(REQUEST)
    try:
        answer = probed.browser().get("/probe/404")
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        assert answer.headers["X-Request-Number"] in answer.text
        standing.stood.set(REQUEST - 1)
        assert probed.browser().get("/probe/404").status_code == 404
    finally:
        standing.stood.reset(token)


def test_trying_again_leads_to_the_same_page(probed: Shell) -> None:
    assert 'href="/probe/locked?seats=3"' in probed.browser().get("/probe/locked?seats=3").text


def test_not_signed_in_is_no_error_page_but_the_sign_in_page(probed: Shell) -> None:
    assert probed.browser().get("/probe/401").location == "/sign-in?next=/probe/401"


def test_another_method_names_those_that_are_allowed(probed: Shell) -> None:
    answer = probed.browser().put("/sign-in", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code in (303, 400, 405)


def test_in_a_fragments_place_only_the_sentence_is_said(probed: Shell) -> None:
    answer = probed.browser().get("/probe/bug", headers={"HX-Request": "true"})
    assert answer.status_code == 500
    assert "<html" not in answer.text
    assert 'role="alert"' in answer.text
    assert TITLES[500] in answer.text


def test_an_error_speaks_the_readers_language(probed: Shell) -> None:
    assert '<html lang="pt-BR">' in probed.browser("pt-BR").get("/nowhere").text


def test_when_even_the_error_page_fails_there_is_still_a_sentence(
    probed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*names: object, **values: object) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("portal.shared.web.errors.render_template", fail)
    answer = probed.browser().get("/nowhere")
    assert answer.status_code == 404
    assert TITLES[404] in answer.text
    assert SECRET not in answer.text


def test_while_the_database_is_away_the_error_page_does_not_wait_for_it_again(
    build: Callable[..., Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = build()
    browser = shell.signed_in()
    asked = []

    def away(*names: object, **values: object) -> None:
        asked.append(1)
        raise exc.OperationalError("SELECT", {}, Exception("away"), connection_invalidated=True)

    monkeypatch.setattr("portal.shared.web.entrance.identity.signin.signed_in", away)
    answer = browser.get("/accounts")
    assert answer.status_code == 503
    assert len(asked) == 1
