"""An organisation that wants its own sign-in to be the only way in, and a provider that fails meanwhile."""

from __future__ import annotations

import pytest

from portal.shared.services.organisations.finding import required_provider
from portal.shared.services.sign_in.signing_in import open_session, signed_in
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor
from tests.web.organisations.conftest import ANDRE, SIGN_IN, Organisation

PASSWORD = "two-doors-demo"


def with_password(organisation: Organisation, email: str, browser: Visitor | None = None) -> Page:
    """Sign in with the password that all of the cast have."""
    browser = browser or organisation.browser
    page = browser.get("/sign-in?next=/corp-billing/purchase-orders")
    return browser.send(page, "/sign-in", {"email": email, "password": PASSWORD})


def test_a_password_opens_nothing_and_the_button_leads_to_the_provider(organisation: Organisation) -> None:
    organisation.require()
    page = with_password(organisation, ANDRE)
    assert page.status == 403
    assert "Your organisation lets its people in through its own sign-in only." in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert organisation.sessions() == []
    onward = organisation.browser.send(page, SIGN_IN)
    assert onward.path == f"{SIGN_IN}/onward"
    back = organisation.provider.visit(onward.answer.headers["Refresh"].removeprefix("0; url="))
    assert organisation.browser.get(back).path == "/corp-billing/purchase-orders"


def test_a_wrong_password_is_answered_as_everywhere(organisation: Organisation) -> None:
    organisation.require()
    page = organisation.browser.get("/sign-in")
    answer = organisation.browser.send(page, "/sign-in", {"email": ANDRE, "password": "wrong"})
    assert "The email address or the password is not correct." in answer.text
    assert "Horizonte" not in answer.text, "who does not know the password learns nothing of the organisation"


def test_who_came_in_another_way_signs_in_anew_and_nobody_else(organisation: Organisation) -> None:
    house, now = organisation.house, organisation.house.clock.now()
    andre, elsewhere = house.session_of(ANDRE), house.session_of(house.email("lower-plan"))
    with house.database.write() as session:
        person = signed_in(session, andre, now)
        assert person is not None
        through = open_session(session, person.person_id, now, how="organisation")
    organisation.require()
    with house.database.read() as session:
        assert signed_in(session, andre, now) is None
        assert signed_in(session, through, now) is not None
        assert signed_in(session, elsewhere, now) is not None


@pytest.mark.parametrize("who", ["somebody from outside", "somebody of ours", "somebody else's contact"])
def test_everybody_else_comes_in_as_before(organisation: Organisation, who: str) -> None:
    organisation.require()
    house = organisation.house
    if who == "somebody from outside":
        organisation.change_person(ANDRE, email="andre@books.example")
    email = {
        "somebody from outside": "andre@books.example",
        "somebody of ours": house.email("manager"),
        "somebody else's contact": house.email("lower-plan"),
    }[who]
    try:
        page = with_password(organisation, email)
        assert page.status == 200
        assert len(organisation.sessions()) == 1
    finally:
        if who == "somebody from outside":
            organisation.change_person(email, email=ANDRE)


def test_one_of_our_own_people_is_required_nowhere(organisation: Organisation) -> None:
    organisation.require()
    organisation.change_person(ANDRE, staff_role="care")
    try:
        with organisation.house.database.read() as session:
            number = signed_in(session, organisation.house.session_of(ANDRE), organisation.house.clock.now())
            assert number is not None
            assert required_provider(session, number.person_id) is None
    finally:
        organisation.change_person(ANDRE, staff_role=None)


def test_the_provider_is_down_and_passwords_and_open_sessions_go_on(organisation: Organisation) -> None:
    organisation.sign_in()
    organisation.provider.instead.update(
        dict.fromkeys(("/.well-known/openid-configuration", "/token", "/keys"), lambda: ("down", 503))
    )
    assert organisation.browser.get("/corp-billing/purchase-orders").status == 200
    other = organisation.another_browser()
    assert with_password(organisation, ANDRE, other).path == "/corp-billing/purchase-orders"
