"""Signing in and out through the page: what the browser holds, what the database holds, and where one lands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.shared.domain.sign_in.limits import IDLE, IDLE_OF_STAFF
from portal.shared.records.people import Person
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.sign_in.signing_in import LIFETIME
from tests.support.factories import NOW
from tests.web.conftest import PASSWORD, Shell, csrf_token

WRONG = "The email address or the password is not correct."


def cookie_of(answer: TestResponse) -> str:
    return next(value for value in answer.headers.getlist("Set-Cookie") if "session=" in value)


def test_a_person_signs_in_and_lands_on_the_front_page(shell: Shell) -> None:
    answer = shell.sign_in(shell.browser(), shell.person())
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_address_of_mail_may_be_written_in_capitals_and_with_spaces(shell: Shell) -> None:
    assert shell.sign_in(shell.browser(), f"  {shell.person().upper()} ").status_code == 303


@pytest.mark.parametrize("known", [True, False], ids=["wrong password", "unknown person"])
def test_a_refusal_says_the_same_whoever_asks_and_keeps_the_address(shell: Shell, known: bool) -> None:
    email = shell.person() if known else "nobody@example.org"
    page = shell.sign_in(shell.browser(), email, "wrong")
    assert page.status_code == 422
    assert WRONG in page.text
    assert f'value="{email}"' in page.text
    assert 'value="wrong"' not in page.text


def test_empty_fields_are_named_beside_them_and_on_top(shell: Shell) -> None:
    page = shell.sign_in(shell.browser(), "", "")
    assert page.status_code == 422
    assert page.text.count("Enter your email address.") == 2
    assert page.text.count("Enter your password.") == 2


def test_five_failures_close_the_door_for_a_quarter_of_an_hour(shell: Shell) -> None:
    email, browser = shell.person(), shell.browser()
    for _ in range(5):
        assert shell.sign_in(browser, email, "wrong").status_code == 422
    closed = shell.sign_in(browser, email)
    assert (closed.status_code, closed.headers["Retry-After"]) == (429, "900")
    assert "Too many attempts" in closed.text
    shell.clock.advance(timedelta(minutes=15, seconds=1))
    assert shell.sign_in(browser, email).status_code == 303


def test_the_cookie_holds_a_secret_that_the_database_does_not_hold(shell: Shell) -> None:
    browser = shell.signed_in()
    with browser.session_transaction() as kept:
        secret = kept["_user_id"]
    with shell.database.read() as session:
        (held,) = session.scalars(sa.select(SignInSession.token_hash)).all()
    assert secret not in held
    assert len(secret) >= 43


@pytest.mark.parametrize(
    ("https", "name", "secure"), [(False, "session=", False), (True, "__Host-session=", True)]
)
def test_the_cookie_stays_with_this_host_and_out_of_reach_of_scripts(
    build: Callable[..., Shell], https: bool, name: str, secure: bool
) -> None:
    shell = build(https=https)
    scheme = "https" if https else "http"
    page = shell.browser().get("/sign-in", base_url=f"{scheme}://localhost")
    cookie = cookie_of(page)
    assert cookie.startswith(name)
    assert ("; Secure" in cookie) is secure
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie


def test_a_copied_cookie_opens_nothing_after_sign_out(shell: Shell) -> None:
    browser = shell.signed_in(accounts=2)
    copy = browser.get_cookie("session")
    assert copy is not None
    page = browser.get("/accounts")
    assert browser.post("/sign-out", data={"csrf_token": csrf_token(page)}).location == "/sign-in"
    thief = shell.browser()
    for _ in range(3):
        thief.set_cookie("session", copy.value)
        assert thief.get("/accounts").status_code == 303


def test_signing_in_again_ends_the_session_before_and_gives_a_new_secret(shell: Shell) -> None:
    browser, email = shell.browser(), shell.person()
    secrets = []
    for _ in range(2):
        page = browser.get("/language-form-of-an-error-page")
        token = csrf_token(page)
        answer = browser.post("/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": token})
        assert answer.status_code == 303
        with browser.session_transaction() as kept:
            secrets.append(kept["_user_id"])
    assert secrets[0] != secrets[1]
    with shell.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 1


def test_nothing_a_visitor_put_into_the_session_survives_the_sign_in(shell: Shell) -> None:
    browser, email = shell.browser(), shell.person()
    with browser.session_transaction() as kept:
        kept["planted"] = "by somebody else"
    shell.sign_in(browser, email)
    with browser.session_transaction() as kept:
        assert "planted" not in kept


def test_a_session_ends_after_twelve_hours_and_says_so(shell: Shell) -> None:
    browser = shell.signed_in()
    for _ in range(3):  # busy all day
        shell.clock.advance(LIFETIME / 4)
        assert browser.get("/accounts").status_code == 200
    shell.clock.advance(LIFETIME / 4 - timedelta(seconds=1))
    assert browser.get("/accounts").status_code == 200
    shell.clock.advance(timedelta(seconds=1))
    gone = browser.get("/accounts")
    assert (gone.status_code, gone.location) == (303, "/sign-in?next=/accounts")
    assert "Your session has ended." in browser.get(gone.location).text
    assert "Your session has ended." not in browser.get(gone.location).text


@pytest.mark.parametrize(
    ("staff", "idle"), [(None, IDLE), ("care", IDLE_OF_STAFF)], ids=["customer", "staff"]
)
def test_a_session_ends_when_nobody_comes_for_long(shell: Shell, staff: str | None, idle: timedelta) -> None:
    browser = shell.signed_in()
    with shell.database.write() as session:
        session.execute(sa.update(Person).values(staff_role=staff))
    shell.clock.advance(idle - timedelta(seconds=1))
    assert browser.get("/accounts").status_code == 200, "and was seen"
    shell.clock.advance(idle - timedelta(seconds=1))
    assert browser.get("/accounts").status_code == 200
    shell.clock.advance(idle)
    assert browser.get("/accounts").status_code == 303


def test_that_somebody_is_there_is_written_down_once_in_a_while(shell: Shell) -> None:
    browser = shell.signed_in()
    for minutes, seen in ((4, 0), (1, 5), (3, 5), (3, 11)):
        shell.clock.advance(timedelta(minutes=minutes))
        assert browser.get("/accounts").status_code == 200
        with shell.database.read() as session:
            assert session.scalars(sa.select(SignInSession.seen_at)).one() == NOW + timedelta(minutes=seen)


def test_a_disabled_person_is_out_at_once(shell: Shell) -> None:
    browser = shell.signed_in()
    with shell.database.write() as session:
        session.execute(sa.update(Person).values(disabled_at=shell.clock.now()))
    assert browser.get("/accounts").status_code == 303


def test_whoever_is_signed_in_needs_no_sign_in_page(shell: Shell) -> None:
    browser = shell.signed_in()
    assert browser.get("/sign-in").location == "/"
    assert browser.get("/sign-in?next=/accounts").location == "/accounts"


def test_the_way_on_survives_a_wrong_password(shell: Shell) -> None:
    email, browser = shell.person(), shell.browser()
    first = browser.get("/sign-in?next=/accounts")
    assert 'name="next" value="/accounts"' in first.text
    wrong = shell.sign_in(browser, email, "wrong", next="/accounts")
    assert 'name="next" value="/accounts"' in wrong.text
    assert shell.sign_in(browser, email, next="/accounts").location == "/accounts"


def test_a_form_without_its_token_shows_the_page_again_and_keeps_the_address(shell: Shell) -> None:
    page = shell.browser().post("/sign-in", data={"email": "ana@example.org", "password": PASSWORD})
    assert page.status_code == 400
    assert 'value="ana@example.org"' in page.text
    assert PASSWORD not in page.text


def test_choosing_an_account_of_ones_own_is_kept(shell: Shell) -> None:
    browser = shell.signed_in(accounts=2)
    page = browser.get("/accounts?next=/accounts")
    assert page.text.count("account-choice") == 2
    answer = browser.post("/accounts/1", data={"csrf_token": csrf_token(page), "next": "/accounts"})
    assert (answer.status_code, answer.location) == (303, "/accounts")
    with shell.database.read() as session:
        assert session.scalar(sa.select(SignInSession.account_id)) == 1


@pytest.mark.parametrize("number", [3, 99, 2**63 - 1, 2**63, 10**30])
def test_an_account_of_somebody_else_looks_like_one_that_is_not_there(shell: Shell, number: int) -> None:
    shell.person(accounts=0)
    browser = shell.signed_in(accounts=2)
    shell.person(accounts=1)
    token = csrf_token(browser.get("/accounts"))
    answer = browser.post(f"/accounts/{number}", data={"csrf_token": token})
    assert answer.status_code == 404
    assert "This page does not exist" in answer.text


def test_a_person_without_any_account_is_told_what_to_do(shell: Shell) -> None:
    assert "You do not serve any account." in shell.signed_in(accounts=0).get("/accounts").text
