"""What is refused before any page sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.web.conftest import PASSWORD, Shell, csrf_token

FOREIGN = {
    "another origin": {"Origin": "https://evil.example"},
    "our name in another's": {"Origin": "https://localhost.evil.example"},
    "no origin to speak of": {"Origin": "null"},
    "another port": {"Origin": "http://localhost:8000"},
    "the browser says so": {"Sec-Fetch-Site": "cross-site"},
    "a sister site": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_form_from_elsewhere_is_refused_even_with_a_good_token(
    shell: Shell, headers: dict[str, str]
) -> None:
    browser = shell.signed_in()
    token = csrf_token(browser.get("/accounts"))
    answer = browser.post("/sign-out", data={"csrf_token": token}, headers=headers)
    assert answer.status_code == 400
    assert browser.get("/accounts").status_code == 200, "still signed in"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
    ids=["silent browser", "our origin", "our site", "typed by hand"],
)
def test_a_form_of_ours_is_taken(shell: Shell, headers: dict[str, str]) -> None:
    browser = shell.signed_in()
    token = csrf_token(browser.get("/accounts"))
    assert browser.post("/sign-out", data={"csrf_token": token}, headers=headers).status_code == 303


def test_another_sessions_token_is_refused(shell: Shell) -> None:
    browser = shell.signed_in()
    token = csrf_token(shell.signed_in().get("/accounts"))
    assert browser.post("/sign-out", data={"csrf_token": token}).status_code == 400


def test_a_token_lives_as_long_as_its_session(shell: Shell) -> None:
    assert shell.app.config["WTF_CSRF_TIME_LIMIT"] is None


@pytest.mark.parametrize("where", ["path", "query", "form", "form twice", "name of a field"])
def test_text_no_database_can_hold_is_refused_with_a_sentence(shell: Shell, where: str) -> None:
    browser = shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    if where == "path":
        answer = browser.get("/go/a%00b")
    elif where == "query":
        answer = browser.get("/sign-in?a=1&a=b%00c")
    else:
        field = "email" if where.startswith("form") else "a\0b"
        typed = {"form twice": ["a", "a\0b"], "name of a field": "a"}.get(where, "a\0b")
        fields = {"csrf_token": token, "password": PASSWORD, field: typed}
        answer = browser.post("/sign-in", data=fields)
    assert answer.status_code == 400
    assert "We could not read that" in answer.text


def test_too_much_is_refused_with_a_sentence(shell: Shell) -> None:
    answer = shell.browser().post("/sign-in", data={"email": "x" * 2_000_000})
    assert answer.status_code == 413
    assert "That is too large" in answer.text


@pytest.mark.parametrize(("host", "status"), [("portal.example", 200), ("evil.example", 400), ("a b", 400)])
def test_only_trusted_names_are_answered(build: Callable[..., Shell], host: str, status: int) -> None:
    shell = build(trusted_hosts=("portal.example",))
    answer = shell.browser().get("/sign-in", headers={"Host": host})
    assert answer.status_code == status
    assert host not in answer.text or status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_behind_a_proxy_the_visitors_own_address_counts(build: Callable[..., Shell]) -> None:
    shell = build(proxies=1)
    email = shell.person()
    for number in range(50):
        browser = shell.browser()
        browser.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
        assert shell.sign_in(browser, f"nobody{number}@example.org", "x").status_code == 422
    browser = shell.browser()
    browser.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.7"
    assert shell.sign_in(browser, email).status_code == 429
    browser.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.8"
    assert shell.sign_in(browser, email).status_code == 303


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_who_only_asks_may_come_from_anywhere(shell: Shell, method: str) -> None:
    for headers in FOREIGN.values():
        assert shell.browser().open("/sign-in", method=method, headers=headers).status_code == 200, headers


@pytest.mark.parametrize(
    ("number", "status"), [(str(2**63 - 1), 303), (str(2**63), 404), ("-1", 404), ("１", 404)]
)
def test_a_number_that_no_row_can_have_is_an_address_that_does_not_exist(
    shell: Shell, number: str, status: int
) -> None:
    assert shell.browser().get(f"/billing/subscriptions/{number}/edit").status_code == status


@pytest.mark.parametrize("headers", [{}, *FOREIGN.values()], ids=["a program", *FOREIGN.keys()])
def test_the_api_asks_for_its_token_alone(shell: Shell, headers: dict[str, str]) -> None:
    """It knows no cookie, so that no other site can borrow one: neither form tokens nor origins are asked for."""
    answer = shell.signed_in().post("/api/v1/subscriptions/1/summaries", json={}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
