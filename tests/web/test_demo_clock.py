"""The page of the demo's clock: whoever is signed in moves it, and reads what came of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from portal.app import clock_of, create_app
from portal.config import StripeSettings
from portal.shared.gateways.clock import FixedClock, SystemClock
from portal.shared.gateways.demo_clock import DemoClock
from portal.shared.records.database import Database
from portal.shared.services import ledger, rehearsal
from portal.shared.services.sign_in.signing_in import LIFETIME
from tests.support.demo_house import NOON, DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor
from tests.web.test_mailbox import settings

PAGE = "/demo/clock"


def test_the_renewal_of_the_account_leads_to_its_invoice(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    page = contact.get(PAGE)
    moving = _move(contact, page, account=str(house.account_id("monthly")))
    assert moving.path == "/demo/clock/moving"
    assert "The clock is moving" in moving.heading
    assert moving.value("csrf_token") is not None
    assert broken_rules(moving, "en", "Exemplo Software") == []
    _live(house)
    invoice = contact.get("/demo/clock/moving")
    assert invoice.status == 200
    assert "/billing/invoices/1001-" in invoice.path
    assert "April" in invoice.text
    with house.database.read() as session:
        assert ledger.verify(session) == []


def test_the_page_of_a_moving_clock_asks_again_by_itself(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    _move(contact, contact.get(PAGE), days="3")
    asked = {"HX-Request": "true"}
    part = contact.get("/demo/clock/moving", headers=asked)
    assert "0 % of the way" in part.html
    assert "<html" not in part.html
    assert contact.get(PAGE, follow=False).path == "/demo/clock/moving"
    _live(house)
    done = contact.get("/demo/clock/moving", headers=asked)
    assert done.answer.headers["HX-Redirect"] == PAGE
    assert "3 days ahead of the real time" in contact.get(PAGE).text


def test_moving_the_clock_ends_nobodys_session(house: DemoHouse) -> None:
    contact, other = house.contact("monthly"), house.contact("yen")
    _move(contact, contact.get(PAGE), days="400")
    _live(house)
    assert contact.get("/billing/").path == "/billing/"
    assert other.get("/billing/").path == "/billing/"
    house.clock.advance(LIFETIME + timedelta(minutes=1))
    assert contact.get("/billing/").path == "/sign-in"


def test_the_mails_of_the_way_carry_the_days_they_were_sent_on(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    _move(contact, contact.get(PAGE), days="40")
    _live(house)
    mailbox = contact.get("/demo/mail").text
    assert "April" in mailbox


def test_our_own_people_are_led_to_the_desks_page_of_the_invoice(house: DemoHouse) -> None:
    care = house.visitor(house.email("care"))
    page = care.get(PAGE)
    assert house.told("monthly").name in page.text
    number = house.account_id("monthly")
    _move(care, page, account=str(number))
    _live(house)
    assert care.get("/demo/clock/moving").path.startswith(f"/corp-billing/desk/accounts/{number}/invoices/")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("days", "0", "Enter a whole number of days, 1 or more."),
        ("days", "-3", "Enter a whole number of days, 1 or more."),
        ("days", "two", "Enter a whole number of days, 1 or more."),
        ("days", "732", "The clock moves 731 days at most at once."),
        ("date", "", "Choose a day."),
        ("date", "2026-03-17", "The clock only moves forward. Choose a later day."),
        ("date", "2030-01-01", "The clock moves 731 days at most at once."),
    ],
    ids=["no-day", "backward", "words", "too-many-days", "empty", "yesterday", "too-far"],
)
def test_a_wish_that_cannot_be_kept_is_answered_beside_its_field(
    house: DemoHouse, field: str, typed: str, said: str
) -> None:
    contact = house.contact("monthly")
    page = _move(contact, contact.get(PAGE), **{field: typed})
    assert page.status == 422
    assert page.problems == [said]
    assert said in (page.problem(field) or "")
    assert page.value(field) == typed
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert _clock(house).move() is None


def test_another_accounts_renewal_is_none_of_ones_own(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    page = _move(contact, contact.get(PAGE), account=str(house.account_id("yen")))
    assert page.status == 422
    assert page.problems == ["This account has no renewal ahead."]


def test_while_the_clock_moves_nobody_else_moves_it(house: DemoHouse) -> None:
    contact, other = house.contact("monthly"), house.contact("yen")
    page = other.get(PAGE)
    _move(contact, contact.get(PAGE), days="2")
    refused = _move(other, page, days="5")
    assert refused.problems == ["The clock is moving already. Wait until it stands."]
    _live(house)
    assert _clock(house).now() == NOON + timedelta(days=2)


def test_the_ribbon_says_what_day_it_is_once_the_clock_moved(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    assert "Move the clock" in contact.get("/billing/").all_text
    _move(contact, contact.get(PAGE), date="2026-05-04")
    _live(house)
    assert "It is May 4, 2026 here" in contact.get("/billing/").all_text


@pytest.mark.parametrize("path", [PAGE, "/demo/clock/moving"], ids=["clock", "moving"])
def test_outside_of_a_demo_there_is_no_such_page(
    sqlite_database: Database, tmp_path: Path, path: str
) -> None:
    real = replace(settings(tmp_path), demo=False)
    moved = DemoClock(tmp_path, FixedClock(NOON))
    app = create_app(real, clock=moved, database=sqlite_database)
    assert app.test_client().get(path).status_code == 404
    assert isinstance(clock_of(real), SystemClock)


def test_a_demo_that_charges_with_stripe_lives_by_the_machines_time(tmp_path: Path) -> None:
    assert isinstance(clock_of(settings(tmp_path)), DemoClock)
    stripe = StripeSettings("sk_test_nothing", "", "")
    assert isinstance(clock_of(replace(settings(tmp_path), stripe=stripe)), SystemClock)


def _live(house: DemoHouse) -> None:
    """What the worker's look after the clock does."""
    assert rehearsal.go_on(_clock(house), house.work)


def _move(who: Visitor, page: Page, **wanted: str) -> Page:
    token = page.value("csrf_token") or ""
    return who.post(PAGE, {"csrf_token": token, **wanted})


def _clock(house: DemoHouse) -> DemoClock:
    clock = house.app.extensions["twodoor"].clock
    assert isinstance(clock, DemoClock)
    return clock
