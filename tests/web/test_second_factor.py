"""From the password to the house: who is asked for a second factor, and who has to set one up first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.shared.records.people import Person
from portal.shared.records.second_factors import OneTimeCodes
from portal.shared.records.sign_ins import SignInSession
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

DESK, ASKS = "/corp-billing/desk", "/sign-in/second-factor"


def at_the_door(house: DemoHouse, story: str = "rep", *, onward: str = DESK) -> tuple[Visitor, Page]:
    """Somebody whose password was right just now."""
    visitor = house.visitor()
    page = visitor.get(f"/sign-in?next={onward}")
    typed = {"email": house.email(story), "password": house.cast.password}
    return visitor, visitor.send(page, "/sign-in", typed)


def code_on(page: Page) -> str:
    found = re.search(r"the code right now is (\d{6})", page.text)
    assert found is not None, page.text
    return found[1]


def test_one_of_us_shows_a_code_and_comes_to_where_they_were_going(house: DemoHouse) -> None:
    visitor, page = at_the_door(house)
    assert page.path == ASKS
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert visitor.send(page, ASKS, {"code": code_on(page)}).path == DESK


def test_between_password_and_code_no_page_opens_and_each_leads_back_to_the_question(
    house: DemoHouse,
) -> None:
    visitor, _ = at_the_door(house)
    for path in (DESK, "/accounts", "/profile/security", "/", "/confirm-it-is-you"):
        assert visitor.get(path).path == ASKS, path


def test_a_wrong_code_is_told_at_the_field_and_five_are_enough(house: DemoHouse) -> None:
    visitor, page = at_the_door(house)
    right = code_on(page)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        page = visitor.send(page, ASKS, {"code": wrong})
        assert (page.status, page.problem("code") is not None) == (422, True)
    page = visitor.send(page, ASKS, {"code": right})
    assert (page.status, page.answer.headers["Retry-After"]) == (429, "900")


def test_the_code_stands_on_the_page_in_demo_mode_alone(house: DemoHouse) -> None:
    settings = house.app.extensions["twodoor"].settings
    _, page = at_the_door(house)
    assert "the code right now" in page.text
    object.__setattr__(settings, "demo", False)
    visitor = house.visitor()
    with house.database.write() as session:
        session.execute(
            sa.update(Person).values(password_hash=house.app.extensions["twodoor"].passwords.hash("x" * 12))
        )
    typed = {"email": house.email("rep"), "password": "x" * 12}
    page = visitor.send(visitor.get("/sign-in"), "/sign-in", typed)
    assert page.path == ASKS
    assert "the code right now" not in page.text


def test_who_waits_too_long_begins_anew(house: DemoHouse) -> None:
    visitor, page = at_the_door(house)
    code = code_on(page)
    house.clock.advance(timedelta(minutes=10))
    assert visitor.send(page, ASKS, {"code": code}).path == "/sign-in"


def test_one_of_us_without_a_second_factor_sets_one_up_before_the_desk_opens(house: DemoHouse) -> None:
    with house.database.write() as session:
        session.execute(sa.delete(OneTimeCodes))
    visitor, page = at_the_door(house)
    assert page.path == "/profile/second-factor"
    for path in (DESK, "/corp-billing/desk/requests", "/corp-billing/desk/payments"):
        assert visitor.get(path).path == "/profile/second-factor", path
    page = visitor.get("/profile/one-time-codes?next=/corp-billing/desk")
    page = visitor.send(page, "/one-time-codes", {"code": code_of(page, house)})
    assert page.path == "/profile/recovery-codes"
    page = visitor.send(page, "/recovery-codes")
    codes = re.findall(r"\b[2-9a-z]{4}(?:-[2-9a-z]{4}){3}\b", page.text)
    assert len(codes) == 10
    assert visitor.get(DESK).path == DESK
    assert codes[0] not in visitor.get("/profile/recovery-codes").text


def code_of(page: Page, house: DemoHouse) -> str:
    """What an app shows that was given the key of the page."""
    import pyotp  # noqa: PLC0415  # here alone

    (key,) = [one.text for one in page.root.all("code")]
    return str(pyotp.TOTP(key.replace(" ", "")).at(house.clock.now()))


def test_a_wrong_code_at_the_set_up_keeps_the_picture(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = visitor.get("/profile/one-time-codes")
    before = page.root.all("code")[0].text
    page = visitor.send(page, "/one-time-codes", {"code": "000000"})
    assert page.status == 422
    assert page.root.all("code")[0].text == before
    assert visitor.send(page, "/one-time-codes", {"code": code_of(page, house)}).status == 200


def test_a_customer_with_a_second_factor_is_asked_and_gets_a_new_session(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = visitor.get("/profile/one-time-codes")
    visitor.send(page, "/one-time-codes", {"code": code_of(page, house)})
    house.clock.advance(timedelta(minutes=1))
    _, page = at_the_door(house, "monthly", onward="/billing/")
    assert page.path == ASKS
    assert "the code right now" not in page.text, "their own app says it"
    assert [one.waits for one in house.rows(SignInSession)] == [False, True]


@pytest.mark.parametrize("story", ["monthly", "rep"])
def test_the_password_is_asked_before_a_factor_goes_and_one_of_us_keeps_the_last(
    house: DemoHouse, story: str
) -> None:
    visitor = house.visitor(house.email(story))
    if story == "monthly":
        page = visitor.get("/profile/one-time-codes")
        visitor.send(page, "/one-time-codes", {"code": code_of(page, house)})
    page = visitor.get("/profile/one-time-codes/remove")
    page = visitor.send(page, "/remove", {"password": "wrong"})
    assert (page.status, page.problem("password") is not None) == (422, True)
    page = visitor.send(page, "/remove", {"password": house.cast.password})
    assert page.path == "/profile/security"
    staff = story == "rep"
    assert ("This is your last second factor." in page.all_text) is staff


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", '{"id": "x", "response": {}}', "x" * 30_000, '{"response": 1}']
)
def test_what_no_passkey_said_opens_nothing(house: DemoHouse, answer: str) -> None:
    visitor = house.visitor()
    page = visitor.get("/sign-in")
    question = visitor.post("/sign-in/passkey/question", {"csrf_token": visitor.token()})
    assert question.answer.is_json
    assert (question.answer.json or {})["rpId"] == "localhost"
    page = visitor.post("/sign-in/passkey", {"csrf_token": visitor.token(), "passkey": answer})
    assert page.status == 422
    assert "The passkey was not accepted" in page.text
