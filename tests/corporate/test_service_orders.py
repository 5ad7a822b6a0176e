"""From a quote to its service order: how it is paid and billed, the button, and everything that comes between."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.gateways.sandbox.known_cards import card_named
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Membership, Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.house_quotes import STORY, Representative, place, service_order
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

ACCEPT, ORDER = "/corp-billing/quotes/1/accept", "/corp-billing/quotes/1/service-order"
SELLER = "Exemplo Software"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact(STORY)


@pytest.fixture
def rep(house: DemoHouse) -> Representative:
    return Representative(house)


def orders(house: DemoHouse) -> list[Order]:
    """What was ordered by a quote."""
    return [row for row in house.rows(Order) if row.quote_id is not None]


def a_purchase_order(house: DemoHouse, number: str = "HZ-2026-0417") -> PurchaseOrderRow:
    (row,) = house.rows(PurchaseOrderRow, number=number)
    assert isinstance(row, PurchaseOrderRow)
    return row


def set_account(house: DemoHouse, **values: object) -> None:
    with house.database.write() as session:
        session.execute(sa.update(Account).where(Account.id == house.account_id(STORY)).values(**values))


def card(house: DemoHouse, contact: Visitor, name: str) -> str:
    """A card of the sandbox on file, as the form names it."""
    page = contact.send(contact.get(ACCEPT), "/card")
    typed = {
        "card_number": card_named(name).spaced,
        "expiry": "12/30",
        "security_code": "123",
        "card_holder": "André Vilela",
    }
    back = contact.send(page, page.path, typed)
    assert back.path == ACCEPT, "the card page leads back to the step it was opened from"
    return f"card-{house.rows(PaymentMethod, account_id=house.account_id(STORY))[-1].id}"


def test_on_invoice_with_a_purchase_order_everything_stands_on_one_document(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    bought = a_purchase_order(house)
    page = service_order(contact, 1, purchase_order=str(bought.id))
    assert "Due by April 17, 2026" in page.text
    assert "HZ-2026-0417" in page.text
    assert broken_rules(page, "en", SELLER) == []
    page = contact.send(page, "/service-order")
    assert page.heading == "Your order is placed"
    assert broken_rules(page, "en", SELLER) == []
    invoice = house.rows(Invoice, account_id=house.account_id(STORY))[-1]
    assert (invoice.total_minor, invoice.due_on) == (2210896, date(2026, 4, 17))
    assert invoice.purchase_order_number == "HZ-2026-0417"
    (row,) = house.rows(SubscriptionRow, id=rep.subscription_id)
    assert (row.seats, row.period_end) == (55, date(2026, 8, 30))
    assert rep.quote(1).state is QuoteState.ACCEPTED
    (kept,) = house.rows(Activity, action="quote-accepted")
    assert len(kept.detail["document"]) == 64
    (mail,) = house.rows(OutboxMail, kind="order-placed")[-1:]
    assert mail.payload["account_type"] == "corporate"


def test_the_admin_who_was_named_gets_the_role_and_a_seat_and_is_told_before(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    assert (
        "becomes an account admin and gets a seat of: GoToAssist Remote Support v5"
        in contact.get(ACCEPT).text
    )
    page = place(contact, 1, admin_name="Bia Reis", admin_email="bia@horizonte.example")
    assert "Bia Reis" in page.text
    (person,) = house.rows(Person, email="bia@horizonte.example")
    assert "account_admin" in {one.role for one in house.rows(Membership, person_id=person.id)}
    assert len(house.rows(Seat, person_id=person.id)) == 1


def test_a_seat_for_the_admin_may_be_declined(house: DemoHouse, contact: Visitor) -> None:
    typed = {"admin_name": "Bia Reis", "admin_email": "bia@horizonte.example", "without_seats": "yes"}
    page = service_order(contact, 1, **typed)
    assert "without a seat" in page.text
    contact.send(page, "/service-order")
    (person,) = house.rows(Person, email="bia@horizonte.example")
    assert house.rows(Seat, person_id=person.id) == []
    assert len(house.rows(Membership, person_id=person.id)) == 1


def test_without_an_admin_nobody_becomes_one(house: DemoHouse, contact: Visitor) -> None:
    before = len(house.rows(Membership))
    assert "Nobody new" in service_order(contact, 1).text
    place(contact, 1)
    assert len(house.rows(Membership)) == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"pay": ""}, "pay", id="no way to pay"),
        pytest.param({"pay": "cash"}, "pay", id="an invented way to pay"),
        pytest.param({"pay": "card-1"}, "pay", id="somebody else's card"),
        pytest.param({"pay": "card-٣"}, "pay", id="Arabic digits"),
        pytest.param({"purchase_order": "987654"}, "purchase_order", id="nobody's purchase order"),
        pytest.param({"purchase_order": "-1"}, "purchase_order", id="a negative purchase order"),
        pytest.param({"admin_name": "Bia"}, "admin_email", id="an admin without an address"),
        pytest.param({"admin_email": "bia@x.example"}, "admin_name", id="an admin without a name"),
        pytest.param({"admin_name": "Bia", "admin_email": "bia@@x"}, "admin_email", id="no address"),
        pytest.param({"admin_name": "Bia", "admin_email": "a@b.c, d@e.f"}, "admin_email", id="two addresses"),
        pytest.param({"admin_name": "B" * 121, "admin_email": "b@x.example"}, "admin_name", id="121 letters"),
        pytest.param(
            {"admin_name": "B\u200bia", "admin_email": "b@x.example"}, "admin_name", id="an unseen letter"
        ),
    ],
)
def test_nonsense_is_told_beside_its_field_and_nothing_is_kept(
    house: DemoHouse, contact: Visitor, rep: Representative, typed: dict[str, str], field: str
) -> None:
    page = service_order(contact, 1, **typed)
    assert (page.status, page.path) == (422, ACCEPT)
    assert page.problem(field)
    assert broken_rules(page, "en", SELLER) == []
    for name in ("admin_name", "admin_email"):
        assert page.value(name) == typed.get(name, "")
    assert rep.quote(1).choices == {}


def test_pressing_twice_makes_one_order_and_shows_it_both_times(house: DemoHouse, contact: Visitor) -> None:
    page = service_order(contact, 1)
    first, second = contact.send(page, "/service-order"), contact.send(page, "/service-order")
    assert first.path == second.path
    assert second.heading == "Your order is placed"
    assert len(orders(house)) == 1


def test_of_two_people_only_one_orders(house: DemoHouse, contact: Visitor) -> None:
    pages = [service_order(contact, 1), contact.get(ORDER)]
    assert contact.send(pages[0], "/service-order").heading == "Your order is placed"
    late = contact.send(pages[1], "/service-order")
    assert (late.status, "This quote was accepted already." in late.text) == (409, True)
    assert len(orders(house)) == 1


@pytest.mark.parametrize(
    ("rule", "said", "button", "number"),
    [
        (LimitRule.HOLD, "Nothing is ordered or billed until", False, ""),
        (LimitRule.WARN, "It is billed on the purchase order all the same", True, "HZ-2026-0417"),
        (LimitRule.BILL_WITHOUT, "It is billed without a purchase order number.", True, ""),
    ],
    ids=str,
)
def test_a_purchase_order_that_does_not_reach_follows_the_rule_of_the_account(
    house: DemoHouse, contact: Visitor, rule: LimitRule, said: str, *, button: bool, number: str
) -> None:
    bought = a_purchase_order(house)
    set_account(house, purchase_order_rule=rule)
    with house.database.write() as session:
        session.get_one(PurchaseOrderRow, bought.id).authorised_minor = 100
    page = service_order(contact, 1, purchase_order=str(bought.id))
    assert "Purchase order HZ-2026-0417 does not cover this order" in page.text
    assert said in page.text
    assert page.has_form("/service-order") is button
    if button:
        contact.send(page, "/service-order")
        assert house.rows(Invoice, account_id=house.account_id(STORY))[-1].purchase_order_number == number
    else:
        assert orders(house) == []


def test_a_purchase_order_that_is_used_up_meanwhile_holds_the_order(
    house: DemoHouse, contact: Visitor
) -> None:
    bought = a_purchase_order(house)
    set_account(house, purchase_order_rule=LimitRule.HOLD)
    page = service_order(contact, 1, purchase_order=str(bought.id))
    with house.database.write() as session:
        session.get_one(PurchaseOrderRow, bought.id).authorised_minor = 100
    held = contact.send(page, "/service-order")
    assert held.status == 409
    assert "The purchase order does not cover this order." in held.text
    assert not held.has_form("/service-order")
    assert orders(house) == []


def test_a_purchase_order_that_was_closed_meanwhile_is_chosen_again(
    house: DemoHouse, contact: Visitor
) -> None:
    bought = a_purchase_order(house)
    page = service_order(contact, 1, purchase_order=str(bought.id))
    with house.database.write() as session:
        session.get_one(PurchaseOrderRow, bought.id).closed_at = house.clock.now()
    back = contact.send(page, "/service-order")
    assert back.path == ACCEPT
    assert "The purchase order is not open any more." in back.all_text
    assert orders(house) == []


def test_what_moved_is_told_line_by_line_and_nothing_is_ordered(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    page = service_order(contact, 1)
    place(contact, rep.send(50))
    moved = contact.send(page, "/service-order")
    assert moved.status == 409
    assert "Something has changed since this page was shown" in moved.text
    assert "5 seats added" in moved.text
    assert moved.total == "R$7,369.66"
    assert len(orders(house)) == 1
    assert contact.send(moved, "/service-order").heading == "Your order is placed"


def test_choices_that_somebody_changed_meanwhile_are_checked_again(
    house: DemoHouse, contact: Visitor
) -> None:
    page = service_order(contact, 1)
    service_order(contact, 1, admin_name="Bia Reis", admin_email="bia@horizonte.example")
    refused = contact.send(page, "/service-order")
    assert refused.status == 409
    assert "Somebody has changed how this quote is paid or billed" in refused.text
    assert "Bia Reis" in refused.text
    assert orders(house) == []


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        pytest.param("key", "", 400, id="no key"),
        pytest.param("key", "x" * 65, 400, id="a key too long"),
        pytest.param("shown", "", 409, id="nothing shown"),
        pytest.param("shown", "W10.invented", 409, id="an invented summary"),
    ],
)
def test_a_page_that_is_not_complete_orders_nothing(
    house: DemoHouse, contact: Visitor, name: str, value: str, status: int
) -> None:
    page = contact.send(service_order(contact, 1), "/service-order", {name: value})
    assert page.status == status
    assert broken_rules(page, "en", SELLER) == []
    assert orders(house) == []


def test_without_a_choice_the_service_order_asks_for_it_first(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(ORDER)
    assert page.path == ACCEPT
    assert "Choose how to pay" in page.all_text


def test_terms_that_ended_meanwhile_are_asked_for_again(house: DemoHouse, contact: Visitor) -> None:
    page = service_order(contact, 1)
    set_account(house, invoice_terms_days=None)
    back = contact.send(page, "/service-order")
    assert back.path == ACCEPT
    assert "On invoice" not in back.text
    assert orders(house) == []


def test_a_card_is_charged_at_once(house: DemoHouse, contact: Visitor) -> None:
    page = service_order(contact, 1, pay=card(house, contact, "mastercard"))
    assert "Mastercard" in page.text
    assert "Total due" in page.text
    placed = contact.send(page, "/service-order")
    assert placed.heading == "Your order is placed"
    assert "charged when it was placed" in placed.text


def test_a_declined_card_changes_nothing_and_leads_back_to_the_quote(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    page: Page = place(contact, 1, pay=card(house, contact, "declined"))
    assert page.heading == "The order was not placed"
    assert "The quote is as it was." in page.text
    assert broken_rules(page, "en", SELLER) == []
    assert rep.quote(1).state is QuoteState.SENT
    assert place(contact, 1, pay="invoice").heading == "Your order is placed"


def test_while_the_bank_is_asked_the_quote_waits_and_the_order_can_be_given_up(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    page = service_order(contact, 1, pay=card(house, contact, "needs_confirmation"))
    answer = contact.send(page, "/service-order", follow=False)
    assert answer.status == 303
    (order,) = orders(house)
    quote = contact.get("/corp-billing/quotes/1")
    assert "This quote is being ordered at this moment." in quote.text
    assert "Accept this quote" not in quote.text
    waiting = contact.get(f"/corp-billing/orders/{order.reference}")
    assert waiting.heading == "Your bank wants you to confirm"
    assert broken_rules(waiting, "en", SELLER) == []
    other = rep.send(50)
    busy = place(contact, other, pay="invoice")
    assert busy.path == waiting.path, "one order after the other"
    cancelled = contact.send(waiting, "/cancel")
    assert cancelled.heading == "The order was cancelled"
    assert "Accept this quote" in contact.get("/corp-billing/quotes/1").text
    assert [one.state for one in orders(house)] == [OrderState.CANCELLED]


def test_an_expired_account_is_renewed_by_a_quote(house: DemoHouse, contact: Visitor) -> None:
    set_account(house, expired_on=date(2026, 3, 1))
    adding = f"/corp-billing/subscriptions/{house.subscription_id(STORY)}/add-seats"
    assert contact.get(adding).path == "/corp-billing/"
    assert place(contact, 1).heading == "Your order is placed"


def test_another_accounts_order_is_as_if_it_were_not(house: DemoHouse, contact: Visitor) -> None:
    place(contact, 1)
    (order,) = orders(house)
    other = house.contact("other-team")
    assert other.get(f"/corp-billing/orders/{order.reference}").status == 404


# --- what was typed, and what waits for the bank ----------------------------------------------------------------------


def test_who_leaves_to_add_a_card_finds_what_was_typed(house: DemoHouse, contact: Visitor) -> None:
    typed = {"admin_name": "Bia Reis", "admin_email": "bia@horizonte", "without_seats": "yes"}
    page = contact.send(contact.get(ACCEPT), "/card", typed)
    assert "bia" not in page.path.lower()
    card_details = {"card_number": card_named("visa").spaced, "expiry": "12/30", "security_code": "123"}
    back = contact.send(page, page.path, card_details | {"card_holder": "André Vilela"})
    assert (back.path, back.value("admin_name")) == (ACCEPT, "Bia Reis")
    assert back.value("admin_email") == "bia@horizonte", "half typed as it was"
    refused = contact.send(back, "/accept")
    assert refused.problem("admin_email")
    checked = contact.send(refused, "/accept", {"admin_email": "bia@horizonte.example"})
    assert "Bia Reis" in checked.text
    again = contact.get(ACCEPT)
    assert again.value("admin_email") == "bia@horizonte.example", "what was chosen, not what was typed before"


def test_enter_in_a_field_goes_on_and_not_to_another_card(contact: Visitor) -> None:
    form = contact.get(ACCEPT).form("/accept")
    first = next(one for one in form.controls if one.tag == "button")
    assert "formaction" not in first.attributes


def test_a_lost_session_leaves_no_persons_name_in_the_address(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(ACCEPT)
    order = str(a_purchase_order(house).id)
    contact.client.delete_cookie("session")
    typed = {"admin_name": "Bia Reis", "admin_email": "bia@horizonte.example", "purchase_order": order}
    answer = contact.send(page, "/accept", typed, follow=False)
    assert "purchase_order" in answer.path
    assert "admin" not in answer.path
    assert "Bia" not in answer.path
    assert "horizonte" not in answer.path


def test_the_overview_says_that_the_bank_wants_a_confirmation(house: DemoHouse, contact: Visitor) -> None:
    assert "Your bank wants a confirmation" not in contact.get("/corp-billing/").text
    way = card(house, contact, "needs_confirmation")
    page = place(contact, 1, pay=way)
    (order,) = orders(house)
    assert order.state is OrderState.AWAITING_CONFIRMATION, page.text
    home = contact.get("/corp-billing/")
    assert "Your bank wants a confirmation" in home.text
    (link,) = [one for one in home.root.all("a") if order.reference in one.text]
    assert link.get("href") == f"/corp-billing/orders/{order.reference}"
    assert broken_rules(home, "en", SELLER) == []
