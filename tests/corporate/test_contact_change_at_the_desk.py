"""Another billing contact: asked for in the Billing Center, changed by Customer Care with both conditions only."""

from __future__ import annotations

import pytest

from portal.shared.records.activity import Activity
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

NEWCOMER = {"name": "Grace Lindley", "email": "grace.new@hartwell-finch.example", "reason": "I leave in May."}


@pytest.fixture
def care(house: DemoHouse) -> Visitor:
    return house.visitor(house.email("care"))


def asked(house: DemoHouse, story: str = "monthly") -> int:
    contact = house.contact(story)
    page = contact.get("/billing/requests/new?kind=billing-contact")
    assert contact.send(page, "/requests/new", NEWCOMER).heading.startswith("Request ")
    return int(house.rows(Request, account_id=house.account_id(story))[-1].id)


def digits(house: DemoHouse, story: str = "monthly") -> str:
    return str(house.rows(PaymentMethod, account_id=house.account_id(story))[-1].last4)


def change(care: Visitor, page: Page, **typed: str) -> Page:
    """Press “Change the contact”, which sends the same form to another address."""
    fields = dict(page.form("/decline").fields) | typed
    number = page.path.split("/")[4]
    return care.post(f"/corp-billing/desk/requests/{number}/carry-out", fields)


def contacts(house: DemoHouse, story: str = "monthly") -> set[str]:
    rows = house.rows(Membership, account_id=house.account_id(story), role="billing_contact")
    return {house.rows(Person, id=row.person_id)[0].email for row in rows}


def test_both_conditions_change_the_contact_and_everybody_is_told(house: DemoHouse, care: Visitor) -> None:
    request = asked(house)
    page = care.get(f"/corp-billing/desk/requests/{request}")
    assert digits(house) not in page.html, "the digits are asked for, never shown"
    asker = house.rows(Person, email=house.email("monthly"))[0]
    answer = change(
        care,
        page,
        last_digits=digits(house),
        name_on_card="yes",
        old_contact=str(asker.id),
        answer="Welcome to Grace.",
    )
    assert "The contact is changed" in answer.all_text
    assert contacts(house) == {NEWCOMER["email"]}
    (welcome,) = house.rows(OutboxMail, kind="contact-added")
    assert welcome.recipient == NEWCOMER["email"]
    (kept,) = house.rows(Activity, action="billing-contact-changed")
    assert kept.detail["card"] == "matched"
    assert digits(house) not in str(kept.detail)
    old = house.visitor(asker.email).get("/billing/requests")
    assert not old.path.startswith("/billing/requests"), "whoever left looks after nothing any more"


MISSING = {
    "no digits": ({"last_digits": "", "name_on_card": "yes"}, "last_digits"),
    "another card": ({"last_digits": "0000", "name_on_card": "yes"}, "last_digits"),
    "letters": ({"last_digits": "abcd", "name_on_card": "yes"}, "last_digits"),
    "not the holder": ({}, "name_on_card"),
    "a stranger goes": ({"name_on_card": "yes", "old_contact": "999999"}, "old_contact"),
    "nonsense goes": ({"name_on_card": "yes", "old_contact": "x"}, "old_contact"),
}


@pytest.mark.parametrize("name", MISSING)
def test_without_one_of_them_nothing_changes_and_the_desk_is_told_what_is_missing(
    house: DemoHouse, care: Visitor, name: str
) -> None:
    typed, field = MISSING[name]
    request = asked(house)
    before = contacts(house)
    page = care.get(f"/corp-billing/desk/requests/{request}")
    answer = change(care, page, **{"last_digits": digits(house), "answer": "Done.", **typed})
    assert answer.status == 422
    assert answer.problem(field)
    assert answer.value("answer") == "Done."
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert contacts(house) == before
    assert len(house.rows(Activity, action="billing-contact-refused")) == 1
    assert house.rows(Request, id=request)[0].state == "open"


def test_an_account_without_a_card_cannot_pass(house: DemoHouse, care: Visitor) -> None:
    request = asked(house)
    page = care.get(f"/corp-billing/desk/requests/{request}")
    known = digits(house)
    with house.database.write() as session:
        for row in session.query(PaymentMethod).filter_by(account_id=house.account_id("monthly")):
            row.removed_at = house.clock.now()
    answer = change(care, page, last_digits=known, name_on_card="yes")
    assert answer.status == 422
    assert "no card on file" in answer.text
    assert "Change the contact" not in care.get(page.path).text


def test_two_colleagues_have_one_request_and_the_second_is_told(house: DemoHouse, care: Visitor) -> None:
    request = asked(house)
    with house.database.write() as session:
        session.add(Person(name="Duarte", email="duarte@exemplo.example", staff_role="care"))
    second = house.visitor("duarte@exemplo.example")
    path = f"/corp-billing/desk/requests/{request}"
    pages = [visitor.get(path) for visitor in (care, second)]
    care.send(pages[0], "/take")
    late = second.send(pages[1], "/take")
    assert late.status == 409
    assert "Something has happened to this request since." in late.text
    assert "Camila Rocha has taken this request." in late.text
    answer = second.send(pages[1], "/decline", {"answer": "No."})
    assert answer.status == 409
    assert "A colleague has taken this request." in answer.text
    assert "It is yours" in second.send(answer, "/take").all_text


def test_the_queue_shows_what_is_asked_for(house: DemoHouse, care: Visitor) -> None:
    asked(house)
    queue = care.get("/corp-billing/desk/requests")
    assert "Another billing contact" in queue.text
    assert "A lower plan" in queue.text
    assert "A lower plan:" not in care.get("/corp-billing/desk/requests?kind=billing-contact").text
    assert "No request is like that" in care.get("/corp-billing/desk/requests?state=done").text
    for nonsense in ("kind=x&state=y", "state=open%00", "kind="):
        assert care.get(f"/corp-billing/desk/requests?{nonsense}").status in (200, 400)


def test_the_representative_changes_a_contact_with_a_reason(house: DemoHouse) -> None:
    contact, rep = house.contact("corporate"), house.visitor(house.email("rep"))
    page = contact.get("/corp-billing/requests/new?kind=billing-contact")
    contact.send(page, "/requests/new", NEWCOMER)
    request = house.rows(Request, account_id=house.account_id("corporate"))[-1].id
    page = rep.get(f"/corp-billing/desk/requests/{request}")
    empty = change(rep, page, answer=" ")
    assert (empty.status, empty.problem("answer")) == (422, "Error: Write why you change the contact.")
    assert "The contact is changed" in change(rep, empty, answer="The director asked for it.").all_text
    assert contacts(house, "corporate") == {house.email("corporate"), NEWCOMER["email"]}
