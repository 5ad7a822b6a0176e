"""While one of our people looks at an account: what they read, that they write nothing, and who is told of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from flask.testing import FlaskClient

from portal.shared.domain.viewing import LONGEST
from portal.shared.gateways.clock import FixedClock
from portal.shared.records.people import Person
from portal.shared.records.viewings import Viewing
from portal.shared.services.desk import viewing
from portal.shared.services.sign_in import signing_in
from tests.support.factories import NOW
from tests.support.world import World, token_of

CONTACT = "billing_contact"
DESK = "/corp-billing/desk"
REASON = "They cannot find the total."
HOMES = {"online": "/billing/", "corporate": "/corp-billing/"}
LOOKERS = {"online": "care", "corporate": "manager"}


def looker(world: World, account_id: int, kind: str = "online") -> FlaskClient:
    """One of our own people, who looks at this account."""
    return world.browser(world.person(staff=LOOKERS[kind]), sees=account_id)


def looks(world: World) -> Viewing:
    with world.database.read() as session:
        return session.scalars(sa.select(Viewing)).one()


@pytest.mark.parametrize("kind", HOMES)
def test_whoever_looks_sees_the_account_and_reads_that_they_look(world: World, kind: str) -> None:
    account = world.account(kind)
    browser = looker(world, account, kind)
    page = browser.get(HOMES[kind])
    assert page.status_code == 200
    told = page.text.split("<aside")[1].split("</aside>")[0]
    assert f"You see {world.name_of(account)} as its billing contact does." in told
    assert f"{LONGEST // timedelta(minutes=1)} minutes left." in told
    assert f"Reason: {REASON}" in told
    assert f'action="{DESK}/look/stop"' in told
    assert "is looking at your account" not in page.text, "they know"
    assert "You see" not in world.browser(world.person(staff="care")).get(DESK).text


@pytest.mark.parametrize("kind", HOMES)
def test_the_accounts_own_people_read_it_on_their_first_page_and_in_the_activity(
    world: World, kind: str
) -> None:
    account, other = world.account(kind), world.account(kind)
    contact = world.browser(world.person((account, CONTACT)))
    neighbour = world.browser(world.person((other, CONTACT)))
    home, said = HOMES[kind], "is looking at your account"
    assert said not in contact.get(home).text
    looker(world, account, kind)
    for address in (home, f"{home}activity"):
        page = contact.get(address)
        assert said in page.text
        assert REASON in page.text
        assert "since" in page.text
        assert f'href="{home}activity"' in page.text
        assert said not in neighbour.get(address).text
    assert said not in contact.get(f"{home}invoices").text
    clock = world.app.extensions["twodoor"].clock
    assert isinstance(clock, FixedClock)
    clock.set(NOW + LONGEST)
    assert said not in contact.get(home).text


def test_nothing_is_written_while_one_looks_and_the_refusal_is_noted(world: World) -> None:
    account = world.account()
    browser = looker(world, account)
    token = token_of(browser.get("/billing/"))
    with structlog.testing.capture_logs() as lines:
        refused = browser.post("/billing/checkout/place", data={"csrf_token": token})
    assert refused.status_code == 403
    assert "<h1>You are only looking</h1>" in refused.text
    said = "While you look at a customer&#39;s account, nothing can be changed. Stop looking first."
    assert re.search(rf">\s*{said}\s*<", refused.text)
    assert f'href="{DESK}/accounts/{account}">Back to the account</a>' in refused.text
    assert [one["status"] for one in lines if one["event"] == "refused"] == [403]


def test_who_looks_may_read_in_another_language(world: World) -> None:
    browser = looker(world, world.account())
    token = token_of(browser.get("/billing/"))
    answer = browser.post("/language", data={"csrf_token": token, "language": "pt-BR", "next": "/billing/"})
    assert (answer.status_code, answer.location) == (303, "/billing/")
    assert looks(world).ended_at is None, "they go on looking"


@pytest.mark.parametrize("ending", ["/sign-out", f"{DESK}/look/stop"])
def test_stopping_and_signing_out_end_it_at_once(world: World, ending: str) -> None:
    browser = looker(world, world.account())
    token = token_of(browser.get("/billing/"))
    assert browser.post(ending, data={"csrf_token": token}).status_code == 303
    assert looks(world).ended_at == NOW
    with world.database.read() as session:
        assert session.get_one(Person, looks(world).staff_id).staff_role == "care"


def test_only_whole_pages_that_were_shown_count(world: World) -> None:
    browser = looker(world, world.account())
    browser.get("/billing/")
    assert looks(world).pages == 1
    browser.get("/billing/invoices", headers={"HX-Request": "true"})
    browser.head("/billing/invoices")
    browser.get(DESK)
    assert looks(world).pages == 1
    browser.get("/billing/invoices")
    assert looks(world).pages == 2


def test_a_look_belongs_to_the_sign_in_it_was_begun_in(world: World) -> None:
    account, someone = world.account(), world.person(staff="care")
    browser = world.browser(someone, sees=account)
    assert browser.get("/billing/").status_code == 200
    assert world.browser(someone).get("/billing/").location == DESK
    assert "You see" in browser.get(DESK).text, "the desk stays their own, and says that they look"
    clock = world.app.extensions["twodoor"].clock
    clock.set(NOW + LONGEST)
    assert browser.get("/billing/").location == DESK


@pytest.mark.parametrize("kind", HOMES)
def test_who_is_told_where(world: World, kind: str) -> None:
    """All in one: the pages that tell, those that do not, and the way to the activity on each page of a portal."""
    account, home = world.account(kind), HOMES[kind]
    contact = world.browser(world.person((account, CONTACT)))
    browser = looker(world, account, kind)
    said = "is looking at your account"
    for page in ("", "activity", "invoices", "people"):
        theirs, ours = contact.get(f"{home}{page}").text, browser.get(f"{home}{page}").text
        assert (said in theirs) is (page in ("", "activity")), page
        assert said not in ours
        assert f'href="{home}activity"' in theirs
    assert f'href="{home}activity"' not in contact.get("/accounts").text
    assert "You see" in browser.get("/profile/security").text
    assert said not in contact.get("/profile/security").text


def test_an_error_page_tells_of_no_look_when_nobody_can_be_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.app.testing = False
    browser = looker(world, world.account())
    assert browser.get("/billing/").status_code == 200

    def ill(*_: object) -> None:
        raise RuntimeError("the database is ill")

    for where in ("signed_in", None):
        if where is None:
            monkeypatch.setattr(viewing, "running", ill)
        else:
            monkeypatch.setattr(signing_in, where, ill)
        page = browser.get("/billing/")
        assert page.status_code == 500
        assert 'class="skip-link"' in page.text, "a whole page, not the few words of one that failed itself"
        assert "You see" not in page.text
        monkeypatch.undo()


def test_a_page_for_nobody_in_particular_tells_of_no_look(world: World) -> None:
    assert world.browser().get("/sign-in").status_code == 200
    assert world.browser().get("/billing/").location.startswith("/sign-in")
