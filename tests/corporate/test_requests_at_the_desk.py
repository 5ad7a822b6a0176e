"""Customer Care answers a lower plan: the customer's own figures, carried out or declined, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.records.catalog import Plan
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor


@pytest.fixture
def care(house: DemoHouse) -> Visitor:
    return house.visitor(house.email("care"))


def desk_page(house: DemoHouse, care: Visitor) -> Page:
    (request,) = house.rows(Request, account_id=house.account_id("lower-plan"))
    return care.get(f"/corp-billing/desk/requests/{request.id}")


def carry_out(care: Visitor, page: Page, **typed: str) -> Page:
    """Press “Carry it out today”, which sends the same form to another address."""
    fields = dict(page.form("/decline").fields) | typed
    return care.post(f"{page.path.removesuffix('/carry-out').removesuffix('/decline')}/carry-out", fields)


def test_it_waits_at_the_desk(house: DemoHouse, care: Visitor) -> None:
    page = care.get("/corp-billing/desk/requests")
    assert "Hartwell & Finch Ltd #1" in page.text
    (link,) = [one.get("href") for one in page.root.all("a") if "/requests/" in one.get("href")]
    assert care.get(link).heading == "Hartwell & Finch Ltd: Request 1"


def test_both_sides_see_the_same_figures(house: DemoHouse, care: Visitor) -> None:
    basic = house.rows(Plan)[0].id
    path = f"/billing/subscriptions/{house.subscription_id('lower-plan')}/lower-plan"
    theirs = house.contact("lower-plan").get(f"{path}?plan={basic}&seats=10&frequency=annual")
    ours = desk_page(house, care)
    lines = [page.root.all("table", class_="summary-lines")[0].text for page in (theirs, ours)]
    assert lines[0] == lines[1]


def test_it_is_carried_out_with_the_figures_that_were_shown(house: DemoHouse, care: Visitor) -> None:
    page = desk_page(house, care)
    answer = carry_out(care, page, answer="Done, with pleasure.")
    assert answer.path == "/corp-billing/desk/requests"
    assert "was placed and the customer has your answer" in answer.all_text
    assert "Nothing waits" in answer.text
    contact = house.contact("lower-plan")
    request = contact.get("/billing/requests/1")
    assert "Done, with pleasure." in request.text
    assert "Camila Rocha" in request.text
    order = house.rows(Order, account_id=house.account_id("lower-plan"))[-1]
    assert contact.get(f"/billing/orders/{order.reference}").total == page.total
    row = house.rows(SubscriptionRow, id=house.subscription_id("lower-plan"))[0]
    assert (row.plan_id, row.seats) == (house.rows(Plan)[0].id, 10)
    assert len(house.rows(OutboxMail, kind="request-answered")) == 1


@pytest.mark.parametrize("story", ["lower-plan"])
def test_it_is_declined_with_an_answer(house: DemoHouse, care: Visitor, story: str) -> None:
    page = desk_page(house, care)
    orders = len(house.rows(Order))
    empty = care.send(page, "/decline", {"answer": "  "})
    assert empty.status == 422
    assert empty.problems == ["Write why, so that the customer understands the answer."]
    assert "Write why" in str(empty.problem("answer"))
    assert broken_rules(empty, "en", "Exemplo Software") == []
    answer = care.send(empty, "/decline", {"answer": "Not before your contract ends."})
    assert answer.path == "/corp-billing/desk/requests"
    shown = house.contact(story).get("/billing/requests/1")
    assert "Not before your contract ends." in shown.text
    assert "Declined" in shown.text
    assert len(house.rows(Order)) == orders


def test_what_was_answered_is_answered(house: DemoHouse, care: Visitor) -> None:
    page = desk_page(house, care)
    care.send(page, "/decline", {"answer": "No."})
    before = house.trace()
    for again in (carry_out(care, page), care.send(page, "/decline", {"answer": "Still no."})):
        assert "This request was answered already." in again.all_text
    assert house.trace() == before
    assert "No." in desk_page(house, care).text
    assert not desk_page(house, care).has_form("/decline")


def test_other_figures_than_those_shown_are_not_carried_out(house: DemoHouse, care: Visitor) -> None:
    page = desk_page(house, care)
    house.clock.advance(timedelta(hours=13))  # the next day in London; the session ends too
    care = house.visitor(house.email("care"))
    fields = dict(page.form("/decline").fields) | {"csrf_token": care.token(), "answer": "Done."}
    orders = len(house.rows(Order))
    answer = care.post(f"{page.path}/carry-out", fields)
    assert answer.status == 409
    assert "The figures have changed since this page was shown." in answer.text
    assert answer.value("answer") == "Done."
    assert len(house.rows(Order)) == orders
    assert "Done." not in house.contact("lower-plan").get("/billing/requests/1").text
    assert carry_out(care, answer).path == "/corp-billing/desk/requests"


@pytest.mark.parametrize("shown", ["", "x.y", "0" * 5000])
def test_a_page_that_does_not_say_what_it_showed(house: DemoHouse, care: Visitor, shown: str) -> None:
    before = len(house.rows(Order))
    answer = carry_out(care, desk_page(house, care), shown=shown, answer="Done.")
    assert answer.status == 409
    assert answer.value("answer") == "Done."
    assert len(house.rows(Order)) == before


def test_the_reps_see_no_requests_of_online_accounts(house: DemoHouse) -> None:
    rep = house.visitor(house.email("rep"))
    assert "Hartwell" not in rep.get("/corp-billing/desk/requests").text
    assert desk_page(house, rep).status == 404


def test_the_customer_finds_the_order_that_their_bank_wants_confirmed(
    house: DemoHouse, care: Visitor
) -> None:
    carry_out(care, desk_page(house, care), answer="Done.")
    contact = house.contact("lower-plan")
    assert "Your bank wants a confirmation" not in contact.get("/billing/requests/1").text
    order = house.rows(Order, account_id=house.account_id("lower-plan"))[-1]
    with house.database.write() as session:  # as if its card had asked for a confirmation
        session.get_one(Order, order.id).state = OrderState.AWAITING_CONFIRMATION
    for path in ("/billing/requests/1", "/billing/"):
        page = contact.get(path)
        assert "Your bank wants a confirmation" in page.text
        assert f"/billing/orders/{order.reference}" in page.html
    waiting = contact.get(f"/billing/orders/{order.reference}")
    assert waiting.heading == "Your bank wants you to confirm"
