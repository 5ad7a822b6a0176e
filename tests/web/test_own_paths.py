"""Where `next` may lead, and how nothing typed is lost when a session ends."""

from __future__ import annotations

from typing import Any
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


def show(number: int = 0, how: str = "") -> str:
    return f"page {number} {how}"


@pytest.fixture
def with_forms(shell: Shell) -> Shell:
    pages = Blueprint("probe", __name__)
    pages.add_url_rule("/probe/<int:number>/edit", "edit", show)
    pages.add_url_rule("/probe/<int:number>/take", "take", show, methods=["POST"])
    pages.add_url_rule("/probe/<int:number>/edit", "same", show, methods=["POST"])
    pages.add_url_rule("/probe/other", "other", show, methods=["POST"])
    pages.add_url_rule("/probe/<int:number>/send/<how>", "send", show, methods=["POST"])
    shell.app.register_blueprint(pages)
    for one in ("probe.take", "probe.send"):
        shell.app.extensions["resume_pages"][one] = "probe.edit"
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


def test_every_way_out_is_closed_and_every_page_of_ours_is_open(shell: Shell) -> None:
    ours = (
        "/",
        "/accounts",
        "/accounts?a=%5C%2F&b=//x",
        "/billing",
        "/go/a%20task",
        "/accounts?" + "a" * 1990,
    )
    with shell.app.test_request_context("/"):
        assert {case: own_path(text) for case, text in HOSTILE.items()} == dict.fromkeys(HOSTILE)
        assert [own_path(text) for text in ours] == list(ours)
        assert len(ours[-1]) == 2000
        assert own_path(f"{ours[-1]}a") is None, "one more is too long"
        assert own_path("/accounts#top") == "/accounts"
        assert own_path("/go/a%01b") is None
        assert own_path(None) is None


def test_a_page_that_is_only_asked_for_is_its_own_way_back(shell: Shell) -> None:
    for method in ("GET", "HEAD"):
        for path in ("/accounts", "/accounts?plan=2&seats=5", "/accounts?what=why?"):
            with shell.app.test_request_context(path, method=method):
                assert resume_path() == path.rstrip("?")
        for path in ("/nowhere", "/accounts?" + "a" * 2000):
            with shell.app.test_request_context(path, method=method):
                assert resume_path() == "/"


def resumed(shell: Shell, path: str, *, referrer: str = "", **more: Any) -> str:
    """Where somebody comes back to after sending a form to this address."""
    headers = {"Referer": referrer} if referrer else {}
    with shell.app.test_request_context(path, method="POST", headers=headers, **more):
        return resume_path()


def test_who_chose_an_account_on_the_way_is_still_on_it(with_forms: Shell) -> None:
    onwards = {"next": "/billing/invoices", "seats": "7"}
    assert resumed(with_forms, "/accounts/1", data=onwards) == "/accounts?seats=7&next=%2Fbilling%2Finvoices"
    assert resumed(with_forms, "/accounts/1", data={"next": "https://evil.example/"}) == "/accounts"
    assert resumed(with_forms, "/probe/3/take", data=onwards) == "/probe/3/edit?seats=7"


def test_who_somebody_else_is_stays_out_of_the_address(with_forms: Shell) -> None:
    others = {
        "admin_name": "Rosa",
        "admin_email": "r@x.example",
        "whose_email": "s@x.example",
        "name": "mine",
    }
    assert resumed(with_forms, "/probe/3/take", data=others) == "/probe/3/edit?name=mine"
    twice = {"line": ["one", "two"]}
    assert resumed(with_forms, "/probe/3/take", data=twice) == "/probe/3/edit?line=one&line=two"


def test_what_just_fits_an_address_is_kept_and_one_letter_more_is_not(with_forms: Shell) -> None:
    fits = "x" * (2000 - len("/probe/3/edit?line="))
    assert len(resumed(with_forms, "/probe/3/take", data={"line": fits})) == 2000
    assert resumed(with_forms, "/probe/3/take", data={"line": f"{fits}x"}) == "/probe/3/edit"
    there = "http://localhost/accounts?from=2"
    assert (
        resumed(with_forms, "/probe/other", data={"line": "x" * 3000}, referrer=there) == "/accounts?from=2"
    )


def test_the_page_of_a_form_is_given_what_its_address_wants_and_no_more(with_forms: Shell) -> None:
    assert resumed(with_forms, "/probe/3/send/now") == "/probe/3/edit"
    assert resumed(with_forms, "/probe/other", data={"a": "1"}) == "/?a=1"
    for referrer, page in (
        ("http://localhost/accounts", "/accounts"),
        ("http://localhost/accounts?from=2", "/accounts?from=2"),
        ("http://localhost/nowhere", "/"),
        ("http://evil.example/accounts", "/"),
        ("http://[", "/"),
    ):
        assert resumed(with_forms, "/probe/other", referrer=referrer) == page
    kept = resumed(with_forms, "/probe/other", data={"a": "1"}, referrer="http://localhost/accounts?from=2")
    assert kept == "/accounts?from=2&a=1"


def test_a_form_that_is_too_large_to_be_read_leads_to_its_empty_page(with_forms: Shell) -> None:
    assert resumed(with_forms, "/probe/3/take", data={"line": "x" * 2_000_000}) == "/probe/3/edit"


def test_nothing_that_looks_like_a_secret_comes_into_an_address(with_forms: Shell) -> None:
    secret: tuple[str, ...] = (
        "password",
        "new_password",
        "Secret",
        "digest",
        "card",
        "card_number",
        "cvc",
        "token",
        "csrf_token",
    )
    secret += ("key", "order_key", "code", "shown")
    plain = ("postal_code", "keyboard", "tokens", "code_of_conduct", "shown_to", "monkey")
    data = dict.fromkeys((*secret, *plain), "x")
    assert parse_qsl(urlsplit(resumed(with_forms, "/probe/3/take", data=data)).query) == [
        (name, "x") for name in plain
    ]
