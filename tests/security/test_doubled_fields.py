"""A field that is sent twice, or in the address as well as in the form, counts once."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from tests.web.conftest import PASSWORD, Shell, csrf_token


def test_a_doubled_field_counts_once(shell: Shell) -> None:
    email, browser = shell.person(), shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    right_second = [("email", email), ("password", "wrong"), ("password", PASSWORD), ("csrf_token", token)]
    assert browser.post("/sign-in", data=MultiDict(right_second)).status_code == 422


def test_an_address_fills_in_no_form(shell: Shell) -> None:
    email, browser = shell.person(), shell.browser()
    token = csrf_token(browser.get("/sign-in"))
    answer = browser.post(f"/sign-in?password={PASSWORD}", data={"email": email, "csrf_token": token})
    assert answer.status_code == 422
    assert "Enter your password." in answer.text
