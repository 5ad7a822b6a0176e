"""Asking again who somebody is: before which pages, by which means, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.shared.domain.sign_in.limits import LIFETIME
from portal.shared.gateways.clock import FixedClock
from portal.shared.records.people import Person
from portal.shared.records.second_factors import OneTimeCodes
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.organisations import finding
from portal.shared.services.sign_in import signing_in
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.entrance import organisation_sign_in
from tests.support.authenticator import Authenticator
from tests.support.factories import NOW
from tests.support.html import read_html
from tests.support.world import World, token_of
from tests.web.conftest import PASSWORD

ASKS, ANEW, ORIGIN = "/confirm-it-is-you", "Confirm it is you", "https://portal.example"
ON_THE_WAY = {"next": "/billing/invoices"}
KEY = pyotp.random_base32()
OLD = timedelta(minutes=15)
TOO_MANY = "Too many attempts. Wait 15 minutes, then try again."
NOT_ACCEPTED = "The passkey was not accepted. Try again, or use another way."


@dataclass
class Ana:
    """A billing contact with a password, signed in for a while."""

    world: World
    id: int
    browser: FlaskClient

    @property
    def now(self) -> datetime:
        """What time it is."""
        return self.clock.now()

    @property
    def clock(self) -> FixedClock:
        """The clock of the house."""
        clock = self.world.app.extensions["twodoor"].clock
        assert isinstance(clock, FixedClock)
        return clock

    def keeps(self, *rows: object) -> None:
        """Give her something."""
        with self.world.database.write() as session:
            session.add_all(rows)

    def has_no_password(self) -> None:
        """She comes in another way."""
        with self.world.database.write() as session:
            session.get_one(Person, self.id).password_hash = None

    def has_an_app(self) -> None:
        """She has one-time codes."""
        book = self.world.app.extensions["twodoor"].code_book
        self.keeps(OneTimeCodes(person_id=self.id, secret=book.close(KEY), last_step=0, created_at=NOW))

    def code(self) -> str:
        """What her app shows."""
        return str(pyotp.TOTP(KEY).at(self.now))

    def page(self) -> TestResponse:
        """The page that asks, on the way to the invoices."""
        return self.browser.get(ASKS, query_string=ON_THE_WAY)

    def sends(self, way: str = "", **typed: str) -> TestResponse:
        """Send a form of that page."""
        token = token_of(self.browser.get("/profile/security"))
        return self.browser.post(f"{ASKS}{way}", data={"csrf_token": token, **ON_THE_WAY, **typed})

    def session(self) -> SignInSession:
        """Her session, as it is kept."""
        with self.world.database.read() as session:
            return session.scalars(sa.select(SignInSession)).one()

    def is_asked(self) -> bool:
        """Whether a page that matters asks her."""
        token = token_of(self.browser.get("/profile/security"))
        answer = self.browser.post("/profile/sessions/end-others", data={"csrf_token": token})
        return str(answer.location).startswith(ASKS)


@pytest.fixture
def ana(world: World) -> Ana:
    someone = world.person((world.account(), "billing_contact"))
    with world.database.write() as session:
        session.get_one(Person, someone).password_hash = Passwords(memory_kib=8, rounds=1).hash(PASSWORD)
    found = Ana(world, someone, world.browser(someone, factor=None))
    found.clock.advance(OLD)
    return found


def told(page: TestResponse, field: str) -> str:
    """What stands at a field that was not taken; it also stands on top, with the way there."""
    root = read_html(page.text)
    said = root.by_id(f"{field}-error")
    if said is None:
        return ""
    (top,) = root.all("div", class_="error-summary")
    sentence = said.text.removeprefix("Error: ")
    assert [(one.get("href"), one.text) for one in top.all("a")] == [(f"#{field}", sentence)]
    return sentence


def ways(page: TestResponse) -> list[str]:
    """The forms of the page that asks, and where each leads afterwards."""
    root = read_html(page.text)
    forms = [one for one in root.all("form") if one.get("action").startswith(ASKS)]
    return [one.get("action").removeprefix(ASKS) or "itself" for one in forms]


@pytest.mark.parametrize("minutes", [15, 5])
def test_who_showed_it_long_enough_ago_is_asked_before_what_matters(ana: Ana, minutes: int) -> None:
    object.__setattr__(ana.world.app.extensions["twodoor"].settings, "proof_minutes", minutes)
    ana.clock.set(NOW + timedelta(minutes=minutes, seconds=-1))
    assert not ana.is_asked()
    ana.clock.set(NOW + timedelta(minutes=minutes))
    assert ana.is_asked()
    assert ana.browser.get("/profile/security").status_code == 200, "reading asks nobody"
    assert ana.browser.get("/billing/no-page").status_code == 404, "nor does what is not there"


def test_a_stranger_is_asked_to_sign_in_instead(world: World) -> None:
    browser = world.browser()
    token = token_of(browser.get("/sign-in"))
    answer = browser.post("/profile/sessions/end-others", data={"csrf_token": token})
    assert answer.location.startswith("/sign-in")
    for way in ("", "/passkey", "/passkey/question", "/organisation"):
        assert browser.post(f"{ASKS}{way}", data={"csrf_token": token}).location.startswith("/sign-in"), way


def test_the_page_that_asks_knows_where_one_was_going(ana: Ana) -> None:
    page = ana.page()
    assert page.status_code == 200
    assert f"<h1>{ANEW}</h1>" in page.text
    assert "There is a problem" not in page.text
    assert f'name="next" value="{ON_THE_WAY["next"]}"' in page.text
    assert ways(page) == ["itself"]
    assert 'name="password"' in page.text
    assert 'name="code"' not in page.text


def test_the_password_opens_and_gives_the_session_a_new_secret(ana: Ana) -> None:
    before, token = ana.session(), token_of(ana.page())
    answer = ana.sends(password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, ON_THE_WAY["next"])
    after = ana.session()
    assert after.id == before.id
    assert after.token_hash != before.token_hash
    assert (after.proven_at, after.second_factor) == (ana.now, None)
    stands_open = {"csrf_token": token, "language": "en", "next": "/billing/"}
    assert ana.browser.post("/language", data=stands_open).location == "/billing/", "a form of before is good"
    assert not ana.is_asked()


def test_who_was_going_nowhere_comes_to_the_front_page(ana: Ana) -> None:
    assert ana.sends(password=PASSWORD, next="https://evil.example/").location == "/"


def test_a_wrong_password_is_told_at_its_field_and_five_are_enough(ana: Ana) -> None:
    for typed in ("wrong", "", "nonsense", PASSWORD.upper(), " "):
        page = ana.sends(password=typed)
        assert (page.status_code, told(page, "password")) == (422, "The password is not correct.")
        assert f'name="next" value="{ON_THE_WAY["next"]}"' in page.text
    page = ana.sends(password=PASSWORD)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "900")
    assert told(page, "password") == TOO_MANY
    assert ana.is_asked()


def test_no_password_at_all_is_a_wrong_one(ana: Ana) -> None:
    page = ana.sends()
    assert (page.status_code, told(page, "password")) == (422, "The password is not correct.")


def test_tries_from_one_address_count_together(ana: Ana) -> None:
    for number in range(50):
        browser = ana.world.browser()
        data = {
            "csrf_token": token_of(browser.get("/sign-in")),
            "email": f"n{number}@x.example",
            "password": "x",
        }
        assert browser.post("/sign-in", data=data).status_code == 422
    assert ana.sends(password=PASSWORD).status_code == 429


def test_a_code_opens_too_and_counts_as_a_second_factor(ana: Ana) -> None:
    ana.has_an_app()
    assert 'name="code"' in ana.page().text
    answer = ana.sends(code=ana.code())
    assert (answer.status_code, answer.location) == (303, ON_THE_WAY["next"])
    assert (ana.session().proven_at, ana.session().second_factor) == (ana.now, "code")
    assert not ana.is_asked()


def test_a_wrong_code_is_told_at_its_field_and_five_are_enough(ana: Ana) -> None:
    ana.has_an_app()
    wrong = "000000" if ana.code() != "000000" else "111111"
    for _ in range(5):
        page = ana.sends(code=wrong)
        said = "This code is not right. Wait for the next one, and type that."
        assert (page.status_code, told(page, "code")) == (422, said)
    page = ana.sends(code=ana.code())
    assert (page.status_code, page.headers["Retry-After"]) == (429, "900")
    assert told(page, "code") == TOO_MANY
    assert ana.is_asked()


def test_a_password_proves_nothing_where_there_is_none_or_the_organisation_wants_its_own_way(
    ana: Ana, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "required_provider", lambda *_: "Horizonte")
    page = ana.sends(password=PASSWORD)
    assert (page.status_code, ways(page)) == (422, [])
    monkeypatch.undo()
    ana.has_no_password()
    page = ana.sends(password=PASSWORD)
    assert (page.status_code, ways(page)) == (422, [])
    assert "You sign in with your organisation. Sign out, and sign in again." in page.text
    assert ana.is_asked()


def test_the_organisations_own_way_is_offered_by_its_name_and_leads_on(
    ana: Ana, monkeypatch: pytest.MonkeyPatch
) -> None:
    led: list[tuple[int, str]] = []

    def confirm(person_id: int, back_to: str) -> str | None:
        led.append((person_id, back_to))
        return "onward" if len(led) < 3 else None

    monkeypatch.setattr(finding, "provider_name_of", lambda _, person_id: f"The place of {person_id}")
    monkeypatch.setattr(organisation_sign_in, "confirm", confirm)
    page = ana.page()
    assert f"Continue to The place of {ana.id}" in page.text
    assert ways(page) == ["itself", "/organisation"]
    assert ana.sends("/organisation").text == "onward"
    assert ana.sends("/organisation", next="").text == "onward"
    answer = ana.sends("/organisation")
    assert (answer.status_code, answer.location) == (303, f"{ASKS}?next=/billing/invoices")
    assert led == [(ana.id, ON_THE_WAY["next"]), (ana.id, ""), (ana.id, ON_THE_WAY["next"])]


@pytest.fixture
def phone(ana: Ana) -> Authenticator:
    """Ana's passkey, for the address of this house."""
    object.__setattr__(ana.world.app.extensions["twodoor"].settings, "base_url", ORIGIN)
    made = Authenticator(ORIGIN)
    ana.keeps(made.row(ana.id, NOW))
    return made


def test_a_passkey_of_this_person_opens(ana: Ana, phone: Authenticator) -> None:
    assert ways(ana.page()) == ["/passkey", "itself"]
    question = ana.sends("/passkey/question")
    assert question.is_json
    assert [one["type"] for one in question.json["allowCredentials"]] == ["public-key"]  # type: ignore[index]
    before = ana.session().token_hash
    answer = ana.sends("/passkey", passkey=phone.answer(question.text))
    assert (answer.status_code, answer.location) == (303, ON_THE_WAY["next"])
    assert ana.session().token_hash != before
    assert (ana.session().proven_at, ana.session().second_factor) == (ana.now, "passkey")


def test_a_passkey_of_somebody_else_opens_nothing(ana: Ana, phone: Authenticator) -> None:
    theirs = Authenticator(ORIGIN)
    ana.keeps(theirs.row(ana.world.person(), NOW))
    for signed_by in (theirs, Authenticator(ORIGIN), None):
        question = ana.sends("/passkey/question").text
        sent = {"passkey": signed_by.answer(question)} if signed_by else {}
        page = ana.sends("/passkey", **sent)
        assert (page.status_code, NOT_ACCEPTED in page.text) == (422, True)
        assert ways(page) == ["/passkey", "itself"]
    assert ana.is_asked()


def test_a_question_that_was_answered_or_is_old_is_answered_no_more(ana: Ana, phone: Authenticator) -> None:
    question = ana.sends("/passkey/question").text
    assert ana.sends("/passkey", passkey=phone.answer(question)).status_code == 303
    assert ana.sends("/passkey", passkey=phone.answer(question)).status_code == 422
    question = ana.sends("/passkey/question").text
    ana.clock.advance(timedelta(minutes=5))
    assert ana.sends("/passkey", passkey=phone.answer(question)).status_code == 422


def test_a_house_without_an_address_of_its_own_knows_no_passkeys(ana: Ana, phone: Authenticator) -> None:
    question = ana.sends("/passkey/question").text
    object.__setattr__(ana.world.app.extensions["twodoor"].settings, "base_url", "")
    assert ways(ana.page()) == ["itself"]
    assert ana.sends("/passkey/question").status_code == 404
    page = ana.sends("/passkey", passkey=phone.answer(question))
    assert (page.status_code, NOT_ACCEPTED in page.text) == (422, True)


def test_whose_session_ended_meanwhile_signs_in_anew(ana: Ana, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "raise_trust", lambda *_: None)
    answer = ana.sends(password=PASSWORD)
    assert answer.location.startswith("/sign-in")
    monkeypatch.undo()
    ana.clock.set(NOW + LIFETIME)
    assert ana.browser.get(ASKS).location.startswith("/sign-in")
    ana.browser = ana.world.browser(ana.id, factor=None)
    for way in ("", "/passkey", "/passkey/question", "/organisation"):
        with ana.browser.session_transaction() as kept:
            kept["_user_id"] = "a secret that opens nothing"
        answer = ana.browser.post(f"{ASKS}{way}", data={"csrf_token": token_of(ana.browser.get("/sign-in"))})
        assert answer.location.startswith("/sign-in"), way
