"""Who is at the door: what a browser carries, whom the database knows by it, and where strangers are sent."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import session as cookie
from sqlalchemy import exc

from portal.shared.domain.sign_in.limits import LIFETIME, SEEN_EVERY
from portal.shared.records.database import Database
from portal.shared.records.second_factors import OneTimeCodes
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.sign_in import signing_in
from portal.shared.web import at_hand
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from tests.support.factories import NOW
from tests.support.world import World, token_of

CONTACT, SIGN_IN = "billing_contact", "/sign-in"
ENDED = "Your session has ended."


def later(world: World, moment: Any) -> None:
    """Let it be this moment."""
    world.app.extensions["twodoor"].clock.set(moment)


def sessions(world: World) -> list[SignInSession]:
    with world.database.read() as session:
        return list(session.scalars(sa.select(SignInSession)))


def test_who_never_was_here_is_asked_to_sign_in_without_a_word(world: World) -> None:
    for method in ("GET", "HEAD"):
        browser = world.browser()
        answer = browser.open("/accounts", method=method)
        assert (answer.status_code, answer.location) == (303, "/sign-in?next=/accounts")
        assert ENDED not in browser.get(SIGN_IN).text, method


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_whose_session_ended_is_told_so_once(world: World, method: str) -> None:
    browser = world.browser(world.person((world.account(), CONTACT)))
    later(world, NOW + LIFETIME)
    answer = browser.open("/billing/invoices", method=method)
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/billing/invoices")
    assert ENDED in browser.get(SIGN_IN).text
    assert ENDED not in browser.get(SIGN_IN).text
    browser.get("/billing/invoices")
    assert ENDED not in browser.get(SIGN_IN).text, "the secret that opens nothing is gone"


def test_who_sends_a_form_and_is_nobody_was_signed_in_when_it_was_shown(world: World) -> None:
    browser = world.browser()
    data = {"csrf_token": token_of(browser.get(SIGN_IN))}
    assert browser.post("/profile/your-data/stay", data=data).location == "/sign-in?next=/profile/your-data"
    assert ENDED in browser.get(SIGN_IN).text


def test_who_has_only_to_show_the_second_factor_is_sent_there_and_comes_back(world: World) -> None:
    someone = world.person((world.account(), CONTACT))
    with world.database.write() as session:
        session.add(OneTimeCodes(person_id=someone, secret="x", last_step=0, created_at=NOW))
    browser = world.browser(someone, factor=None)
    assert browser.get("/accounts").location == "/sign-in/second-factor?next=/accounts"
    assert browser.get("/").location == "/sign-in/second-factor"
    later(world, sessions(world)[0].expires_at)
    assert browser.get("/accounts").location == "/sign-in?next=/accounts"
    assert ENDED in browser.get(SIGN_IN).text


def test_a_part_of_a_page_is_told_to_go_as_a_whole(world: World) -> None:
    answer = world.browser().get("/accounts", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/accounts"
    assert "Location" not in answer.headers


def test_the_session_knows_the_browser_and_only_the_neighbourhood_it_comes_from(world: World) -> None:
    browser = world.browser()
    browser.environ_base["HTTP_USER_AGENT"] = "A Browser of Ours/7"
    with world.app.test_request_context("/", environ_base=browser.environ_base):
        assert identity.browser() == signing_in.Browser("A Browser of Ours/7", "127.0.0.1")
    with world.app.test_request_context("/", environ_base={"REMOTE_ADDR": "", "HTTP_USER_AGENT": ""}):
        assert identity.browser() == signing_in.NO_BROWSER


def test_beginning_a_session_forgets_what_was_there_and_renewing_it_does_not(world: World) -> None:
    with world.app.test_request_context("/"):
        cookie["planted"] = "by somebody"
        identity.renew_session("another secret")
        assert (cookie["_user_id"], cookie["planted"]) == ("another secret", "by somebody")
        identity.begin_session("a secret")
        assert cookie["_user_id"] == identity.current_token() == "a secret"
        assert "planted" not in cookie
        cookie["planted"] = "by somebody"
        assert identity.end_session() == "a secret"
        assert dict(cookie) == {}
        assert identity.current_token() is None
        assert identity.end_session() is None


def test_signing_out_forgets_the_session_on_both_sides(world: World) -> None:
    browser = world.browser(world.person((world.account(), CONTACT)))
    data = {"csrf_token": token_of(browser.get("/billing/"))}
    assert browser.post("/sign-out", data=data).location == SIGN_IN
    assert sessions(world) == []
    with browser.session_transaction() as kept:
        assert "_user_id" not in kept
    assert ENDED not in browser.get(SIGN_IN).text


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException | None], list[str]]:
    """Make the database fail to say who somebody is; gives the secrets it was asked about."""

    def fail(error: BaseException | None) -> list[str]:
        secrets: list[str] = []
        knows = signing_in.signed_in

        def ask(session: Any, token: str, now: Any) -> Any:
            secrets.append(token)
            if error is not None:
                raise error
            return knows(session, token, now)

        monkeypatch.setattr(signing_in, "signed_in", ask)
        return secrets

    return fail


def test_whoever_the_database_failed_to_name_is_nobody_for_the_rest_of_the_request(
    world: World, asked: Callable[..., list[str]]
) -> None:
    world.app.testing = False
    browser = world.browser(world.person((world.account(), CONTACT)))
    assert world.name_of(1) in browser.get("/billing/").text
    secrets = asked(RuntimeError("the database is ill"))
    page = browser.get("/billing/")
    assert page.status_code == 500
    assert len(secrets) == 1, "the error page must not ask again, and wait again"
    assert "Ana Lima" not in page.text


def test_who_somebody_is_is_asked_once_a_request(world: World, asked: Callable[..., list[str]]) -> None:
    browser = world.browser(world.person((world.account(), CONTACT)))
    secrets = asked(None)
    assert browser.get("/billing/").status_code == 200
    assert len(secrets) == 1
    world.browser().get("/accounts")
    assert len(secrets) == 1, "without a secret there is nobody to ask about"


def test_once_nobody_is_to_be_asked_there_is_nobody_and_no_account(world: World) -> None:
    someone = world.person((world.account(), CONTACT))
    with world.database.write() as session:
        token = signing_in.open_session(session, someone, NOW)
    with world.app.test_request_context("/"):
        identity.begin_session(token)
        assert not identity.nobody_is_asked()
        identity.ask_nobody()
        assert identity.nobody_is_asked()
        assert identity.current_person() is None
        assert not at_hand.is_set()
        identity.ask_nobody()
    with world.app.test_request_context("/"):
        cookie["_user_id"] = token
        person = identity.current_person()
        assert person is not None
        assert person.person_id == someone
        at_hand.take(1, person)
        identity.ask_nobody()
        assert not at_hand.is_set()
        assert identity.current_person() is None


def test_that_somebody_is_there_is_noted_when_the_page_is_done(world: World) -> None:
    browser = world.browser(world.person((world.account(), CONTACT)))
    later(world, NOW + SEEN_EVERY)
    assert browser.get("/billing/").status_code == 200
    assert [one.seen_at for one in sessions(world)] == [NOW + SEEN_EVERY]


PASSING = exc.OperationalError("", {}, sqlite3.OperationalError("locked"))
PASSING.connection_invalidated = True


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, 200),
        (PASSING, 200),
        (exc.ProgrammingError("", {}, Exception("no such table")), 500),
        (RuntimeError("a mistake of ours"), 500),
    ],
    ids=["well", "busy", "asked nonsense", "a mistake"],
)
def test_a_page_stands_even_when_it_cannot_be_noted_who_was_there(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception | None, status: int
) -> None:
    noted: list[tuple[object, ...]] = []

    def note(*about: object) -> None:
        noted.append(about)
        if error is not None:
            raise error

    world.app.testing = False
    world.app.config["PROPAGATE_EXCEPTIONS"] = False
    someone = world.person((world.account(), CONTACT))
    browser = world.browser(someone)
    with browser.session_transaction() as kept:
        token = kept["_user_id"]
    monkeypatch.setattr(signing_in, "note_seen", note)
    browser.get("/billing/")
    assert noted == []
    later(world, NOW + SEEN_EVERY)
    assert browser.get("/billing/").status_code == status
    ((where, *what),) = noted
    assert isinstance(where, Database)
    assert what == [token, NOW + SEEN_EVERY]


def test_what_flask_login_keeps_is_the_secret_and_never_a_number(world: World) -> None:
    with world.app.test_request_context("/"):
        assert identity.Visitor("a secret").get_id() == "a secret"
        assert house().machine_clock.now() == NOW
