"""Where `next` may lead, and how nothing typed is lost when a session ends."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Blueprint

from portal.shared.web.entrance.own_paths import own_path, resume_path
from tests.web.conftest import Shell, csrf_token

HOSTILE = {
    "nothing": "",
    "another host": "https://evil.example/",
    "a host without a scheme": "//evil.example/",
    "three slashes": "///evil.example/",
    "a backslash": "/\\evil.example/",
    "two backslashes": "\\\\evil.example/",
    "a script": "javascript:alert(1)",
    "data": "data:text/html,x",
    "a scheme without slashes": "https:evil.example",
    "an encoded slash": "/%2fevil.example",
    "an encoded backslash": "/%5cevil.example",
    "an encoded slash, twice": "/%252fevil.example",
    "a tab": "/\t/evil.example",
    "a line break": "/accounts\r\nSet-Cookie: a=b",
    "an encoded tab": "/%09/evil.example",
    "a leading space": " /accounts",
    "a dot before two slashes": "/.//evil.example",
    "not a path": "accounts",
    "an at sign": "@evil.example",
    "a broken host": "//[",
    "no page of ours": "/nowhere",
    "only for forms": "/sign-out",
    "too long": "/accounts?" + "a" * 3000,
    "NUL": "/accounts\0",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_way_leads_out_of_the_house(shell: Shell, text: str) -> None:
    with shell.app.test_request_context("/"):
        assert own_path(text) is None


@pytest.mark.parametrize(
    "case", [case for case in HOSTILE if case != "NUL"]
)  # that one is refused as a whole
def test_a_hostile_next_leads_to_the_front_page(shell: Shell, case: str) -> None:
    answer = shell.sign_in(shell.browser(), shell.person(), next=HOSTILE[case])
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("text", ["/", "/accounts", "/accounts?a=%5C%2F&b=//x", "/brand.css"])
def test_a_page_of_ours_with_any_query_is_fine(shell: Shell, text: str) -> None:
    with shell.app.test_request_context("/"):
        assert own_path(text) == text


def test_the_part_after_a_hash_is_left_out(shell: Shell) -> None:
    with shell.app.test_request_context("/"):
        assert own_path("/accounts#top") == "/accounts"


def test_a_page_comes_back_as_it_was_asked_for(shell: Shell) -> None:
    with shell.app.test_request_context("/accounts?plan=2&seats=5"):
        assert resume_path() == "/accounts?plan=2&seats=5"


FIELDS = {
    "seats": "7",
    "plan": "2",
    "note": "até já & mais",
    "csrf_token": "x",
    "password": "x",
    "key": "x",
    "order_key": "x",
    "digest": "x",
    "card_number": "4242",
    "next": "/",
    "empty": "",
    "postal_code": "1000-001",
}
KEPT = [("seats", "7"), ("plan", "2"), ("note", "até já & mais"), ("postal_code", "1000-001")]


def show(number: int = 0) -> str:
    return f"page {number}"


@pytest.fixture
def with_forms(shell: Shell) -> Shell:
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe/<int:number>/edit", "edit", show)
    pages.add_url_rule("/probe/<int:number>/take", "take", show, methods=["POST"])
    pages.add_url_rule("/probe/<int:number>/edit", "same", show, methods=["POST"])
    pages.add_url_rule("/probe/other", "other", show, methods=["POST"])
    shell.app.register_blueprint(pages)
    shell.app.extensions["resume_pages"]["probe.take"] = "probe.edit"
    return shell


@pytest.mark.parametrize(
    ("path", "referrer", "page"),
    [
        ("/probe/3/take", None, "/probe/3/edit"),
        ("/probe/3/edit", None, "/probe/3/edit"),
        ("/probe/other", "http://localhost/accounts?from=2", "/accounts"),
        ("/probe/other", "http://evil.example/accounts", "/"),
        ("/probe/other", None, "/"),
    ],
    ids=["named page", "same address", "page it came from", "page of a stranger", "front page"],
)
def test_a_form_comes_back_with_what_was_typed_and_without_secrets(
    with_forms: Shell, path: str, referrer: str | None, page: str
) -> None:
    headers = {"Referer": referrer} if referrer else {}
    with with_forms.app.test_request_context(path, method="POST", data=FIELDS, headers=headers):
        back = urlsplit(resume_path())
    assert back.path == page
    assert [pair for pair in parse_qsl(back.query) if pair[0] != "from"] == KEPT


def test_a_session_that_ended_during_a_form_leads_back_to_the_form_filled_in(with_forms: Shell) -> None:
    browser = with_forms.browser()
    answer = browser.post("/probe/3/take", data=FIELDS)
    assert answer.status_code == 303
    sign_in = urlsplit(answer.location)
    (way_back,) = [value for name, value in parse_qsl(sign_in.query) if name == "next"]
    done = with_forms.sign_in(browser, with_forms.person(), next=way_back)
    assert urlsplit(done.location).path == "/probe/3/edit"
    assert parse_qsl(urlsplit(done.location).query) == KEPT


def test_a_stale_form_of_somebody_signed_in_offers_the_form_again(with_forms: Shell) -> None:
    browser = with_forms.signed_in()
    stale = csrf_token(with_forms.browser().get("/sign-in"))
    page = browser.post("/probe/3/take", data={**FIELDS, "csrf_token": stale})
    assert page.status_code == 400
    assert "Please send the form once more" in page.text
    assert "/probe/3/edit?seats=7" in page.text


def test_what_is_too_much_for_an_address_leads_to_the_form_all_the_same(with_forms: Shell) -> None:
    fields = {f"line{number}": "x" * 290 for number in range(20)}
    with with_forms.app.test_request_context("/probe/3/take", method="POST", data=fields):
        path = resume_path()
    assert path.startswith("/probe/3/edit?line")
    assert len(parse_qsl(urlsplit(path).query)) == 6, "what fits is kept"
    with with_forms.app.test_request_context("/probe/3/take", method="POST", data={"line": "x" * 3000}):
        assert resume_path() == "/probe/3/edit"


def test_what_is_too_long_does_not_take_the_rest_with_it(with_forms: Shell) -> None:
    fields = {"line": "x" * 5000, "seats": "7"}
    with with_forms.app.test_request_context("/probe/3/take", method="POST", data=fields):
        assert resume_path() == "/probe/3/edit?seats=7"


def test_a_fragment_is_told_to_go_to_the_sign_in_page_as_a_whole(shell: Shell) -> None:
    answer = shell.browser().get("/accounts", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, "/sign-in?next=/accounts")
    assert answer.text == ""
