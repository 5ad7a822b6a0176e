"""Seats that a corporate contact adds to a contract, with the open quote named and every kind of nonsense."""

from __future__ import annotations

from datetime import date

import pytest

from portal.shared.domain.quotes import QuoteState
from portal.shared.records.quotes import Quote
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.house_quotes import STORY, Representative
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact(STORY)


@pytest.fixture
def rep(house: DemoHouse) -> Representative:
    return Representative(house)


def path(house: DemoHouse) -> str:
    return f"/corp-billing/subscriptions/{house.subscription_id(STORY)}/add-seats"


def add(house: DemoHouse, contact: Visitor, seats: str, **typed: str) -> Page:
    return contact.send(contact.get(path(house)), "/add-seats", {"seats": seats, **typed})


def test_the_price_is_there_at_once_and_the_date_stays(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(f"{path(house)}?seats=10")
    assert "Advanced, 10 seats added" in page.text
    assert "The renewal date stays: August 30, 2026." in page.text
    assert page.total == "R$14,476.11"
    assert broken_rules(page, "en", SELLER) == []
    part = contact.get(f"{path(house)}/summary?seats=20", headers={"HX-Request": "true"})
    assert "20 seats added" in part.all_text
    assert "<html" not in part.html


def test_an_open_quote_is_named_and_answered_first_or_replaced_knowingly(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    page = contact.get(path(house))
    assert "A quote still waits for your answer" in page.text
    assert "Valid until March 22, 2026, 4 days left" in page.text
    refused = add(house, contact, "10")
    assert refused.status == 422
    assert refused.problem("replacing")
    assert refused.value("seats") == "10"
    assert broken_rules(refused, "en", SELLER) == []
    assert rep.quote(1).state is QuoteState.SENT
    page = add(house, contact, "10", replacing="1")
    assert rep.quote(1).state is QuoteState.REPLACED
    newest = house.rows(Quote, account_id=house.account_id(STORY))[-1]
    assert page.path == f"/corp-billing/quotes/{newest.number}/accept"
    assert "See quote" in contact.get("/corp-billing/quotes/1").text
    placed = contact.send(contact.send(page, "/accept"), "/service-order")
    assert placed.heading == "Your order is placed"
    (row,) = house.rows(SubscriptionRow, id=house.subscription_id(STORY))
    assert (row.seats, row.period_end) == (50, date(2026, 8, 30))


def test_a_quote_that_came_meanwhile_is_named_too(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    page = contact.get(path(house))
    number = rep.send(50)
    refused = contact.send(page, "/add-seats", {"seats": "10", "replacing": "1"})
    assert refused.status == 422
    assert f"Replace quote {number} with these seats" in refused.text
    assert rep.quote(1).state is QuoteState.SENT


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        pytest.param("0", "Add at least one seat.", id="none"),
        pytest.param("-5", "in digits", id="below nothing"),
        pytest.param("", "in digits", id="empty"),
        pytest.param("٣", "in digits", id="Arabic digits"),
        pytest.param("ten", "in digits", id="a word"),
        pytest.param("1.5", "in digits", id="one and a half"),
        pytest.param("1e3", "in digits", id="1e3"),
        pytest.param("<b>3</b>", "in digits", id="HTML"),
        pytest.param("101000", "up to 100,000 seats", id="101000"),
        pytest.param("9" * 300, "in digits", id="300 digits"),
    ],
)
def test_nonsense_is_told_beside_the_field_and_kept(
    house: DemoHouse, contact: Visitor, seats: str, sentence: str
) -> None:
    before = len(house.rows(Quote))
    page = add(house, contact, seats, replacing="1")
    assert page.status == 422
    assert sentence in (page.problem("seats") or "")
    assert page.value("seats") == seats[:40]
    assert broken_rules(page, "en", SELLER) == []
    assert len(house.rows(Quote)) == before


def test_without_scripts_the_summary_is_updated_by_a_button(house: DemoHouse, contact: Visitor) -> None:
    page = add(house, contact, "10", action="update")
    assert page.path == path(house)
    assert "10 seats added" in page.text
    assert page.value("seats") == "10"


def test_another_accounts_subscription_is_as_if_it_were_not(house: DemoHouse) -> None:
    other = house.contact("other-team")
    assert other.get(path(house)).status == 404
    fields = {"csrf_token": other.token(), "seats": "3"}
    assert other.post(path(house), fields).status == 404


def test_what_is_not_renewed_says_so_instead_of_a_next_charge(house: DemoHouse, contact: Visitor) -> None:
    with house.database.write() as session:
        session.get_one(SubscriptionRow, house.subscription_id(STORY)).pending_cancellation = True
    page = contact.get(f"{path(house)}?seats=10")
    assert "The date stays: the service ends on August 30, 2026 and is not renewed." in page.text
    assert "Next charge" not in page.text


def test_what_has_ended_gets_no_seats(house: DemoHouse, contact: Visitor) -> None:
    with house.database.write() as session:
        session.get_one(SubscriptionRow, house.subscription_id(STORY)).ended_on = date(2026, 3, 1)
    page = contact.get(path(house))
    assert "No seats can be added to this subscription now" in page.text
    assert not page.has_form("/add-seats")
    fields = {"csrf_token": contact.token(), "seats": "3", "replacing": "1"}
    assert contact.post(path(house), fields).status == 422


def test_a_task_link_leads_to_the_contract(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get("/go/add-seats?product=gotoassist-remote-support-v5")
    assert page.path == path(house)
