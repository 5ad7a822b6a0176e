"""What an order leaves behind: whom it tells and what, what its key stands for, and what it gives up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from portal.shared.domain.changes import Refusal
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.quotes import QuoteState
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import seats
from portal.shared.services.invoice_payments import settling
from portal.shared.services.invoice_payments.paying import PayRequest, Tried, pay
from portal.shared.services.orders.placement import (
    Accepted,
    Busy,
    KeyReused,
    Moved,
    NothingToOrder,
    QuoteClosed,
    QuoteUnfit,
)
from tests.support import factories
from tests.support.approving import a_member, approve, ask, limit
from tests.support.factories import TODAY
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import CARE, MONTHLY, Customer, Shop, euros, want

ROSA = seats.Newcomer("Rosa Dias", "rosa@example.org")


def an_upgrade(shop: Shop, who: Customer, **request: Any) -> tuple[int, Accepted]:
    """A better plan for a subscription; gives its number and the order."""
    subscription = shop.monthly(who)
    return subscription, shop.order(who, want(subscription, shop.catalogue.plus, 5), **request)


def told(shop: Shop, who: Customer, action: str) -> Activity:
    (entry,) = shop.rows(Activity, account_id=who.id, action=action)
    assert isinstance(entry, Activity)
    return entry


def test_a_service_order_is_told_to_every_billing_contact_with_its_day(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        session.get_one(Account, desk.who.id).invoice_terms_days = 30
    contacts = {desk.who.person_id, a_member(shop, desk.who, "billing_contact")}
    a_member(shop, desk.who, "viewer")
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    placed = desk.accept(number, on_invoice=True)
    assert isinstance(placed, Accepted)
    addresses = {row.email for row in shop.rows(Person) if row.id in contacts}
    receipts = shop.mails("order-placed")
    assert {one.recipient for one in receipts} == addresses
    assert {one.dedupe_key for one in receipts} == {
        f"order-placed:{placed.reference}:{person}" for person in contacts
    }
    due_on = (TODAY + timedelta(days=30)).isoformat()
    assert {(one.payload["due_on"], one.payload["account_type"]) for one in receipts} == {
        (due_on, "corporate")
    }
    assert told(shop, desk.who, "order-placed").detail["audience"] == "rep"
    assert told(shop, desk.who, "quote-accepted").detail["document"] == "", "nobody said which was seen"


def test_what_our_own_people_order_leaves_the_customers_cart_alone(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    wanted = want(subscription, shop.catalogue.plus, 5)
    shop.put(who, want(subscription, shop.catalogue.plus, 7))
    seen = shop.look(who, wanted, audience=CARE, keep=False)
    placed = shop.confirm(who, seen, audience=CARE, wanted=(wanted,))
    assert isinstance(placed, Accepted)
    assert shop.subscription(subscription).plan_id == shop.catalogue.plus
    assert [one.terms.seats for one in shop.cart(who)] == [7]


def test_an_expired_account_is_open_again_once_something_was_renewed(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.trial(who, ends=TODAY - timedelta(days=60))
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = TODAY - timedelta(days=1)
    shop.order(who, want(subscription, shop.catalogue.standard, 3))
    (account,) = shop.rows(Account, id=who.id)
    assert account.expired_on is None
    row = shop.subscription(subscription)
    assert (row.waiting, row.ended_on, row.pending_cancellation) == (False, None, False)


WAITED: Mapping[str, OrderState] = {
    "lost_after_decline": OrderState.CHECKING,
    "declined": OrderState.DECLINED,
}


@pytest.mark.parametrize(("card", "first"), WAITED.items(), ids=WAITED.keys())
def test_whoever_is_not_at_the_page_any_more_is_told_that_nothing_was_ordered(
    shop: Shop, card: str, first: OrderState
) -> None:
    who = shop.customer(card=card)
    _, order = an_upgrade(shop, who)
    assert order.state is first
    assert shop.resume(order.reference) is OrderState.DECLINED
    placed, person = shop.placed(order.reference), shop.rows(Person, id=who.person_id)[0]
    entry = told(shop, who, "order-declined")
    assert entry.detail == {"order": order.reference, "reason": placed.decline_reason}
    assert (entry.person_id, bool(placed.decline_reason)) == (who.person_id, True)
    mails = shop.mails("order-not-placed")
    if first is OrderState.DECLINED:
        assert mails == [], "the page said so"
        return
    (mail,) = mails
    (account,) = shop.rows(Account, id=who.id)
    assert (mail.recipient, mail.language, mail.dedupe_key) == (
        person.email,
        "en",
        f"order-not-placed:{order.reference}",
    )
    assert mail.payload == {
        "reference": order.reference,
        "name": person.name,
        "account": account.name,
        "account_type": "online",
    }


def test_a_key_stands_for_its_card_and_for_who_gets_the_seats(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        second = factories.a_card(session, shop.processor, account, "mastercard").id
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 7))
    choices = seats.as_choices({subscription: [ROSA]}, notify=False)
    first = shop.confirm(who, seen, key="one", payment_method_id=who.method_id, choices=choices)
    assert isinstance(first, Accepted), first
    again: dict[str, Any] = {"key": "one", "choices": choices}
    assert shop.confirm(who, seen, **again) == first, "without a card it is the default one"
    assert shop.confirm(who, seen, **again, payment_method_id=who.method_id) == first
    assert shop.confirm(who, seen, **again, payment_method_id=second) == KeyReused()
    assert shop.confirm(who, seen, key="one") == KeyReused()
    assert shop.confirm(who, seen, key="one", choices={}) == KeyReused()
    assert shop.confirm(who, seen, **again, request_id=1) == KeyReused()


def test_the_key_of_a_quote_stands_for_it_whatever_stands_beside_it(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    digest = desk.view(number).digest
    first = desk.accept(number, key="one", digest=digest, choices={"document": "seen"})
    assert isinstance(first, Accepted)
    assert desk.accept(number, key="one", digest=digest) == first
    other = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    assert desk.accept(other, key="one") == KeyReused()


def test_the_admin_that_a_service_order_names_gets_a_seat_wherever_one_is_free(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    full, free = desk.contract(seats=10), desk.contract(plan_id=shop.catalogue.basic, seats=10)
    held = shop.seats(full, 10)
    number = desk.sent(item(full, shop.catalogue.plus, 10), item(free, shop.catalogue.basic, 12))
    admin = {"name": "Rosa Dias", "email": "rosa@example.org", "seats": True}
    placed = desk.accept(number, choices={"admin": admin})
    assert isinstance(placed, Accepted)
    (rosa,) = shop.rows(Person, email="rosa@example.org")
    assert rosa.name == "Rosa Dias"
    (seat,) = shop.rows(Seat, account_id=desk.who.id, person_id=rosa.id)
    assert seat.subscription_id == free
    assert {one.id for one in shop.rows(Seat, subscription_id=full)} == set(held), "nobody lost theirs"
    added = told(shop, desk.who, "admin-added")
    assert (added.person_id, added.detail) == (desk.who.person_id, {"person": rosa.id})
    assigned = told(shop, desk.who, "seat-assigned")
    assert assigned.person_id == desk.who.person_id
    assert [one.recipient for one in shop.mails("seat-assigned")] == ["rosa@example.org"]


def test_the_activity_of_an_approved_order_names_who_approved_it(shop: Shop) -> None:
    who = shop.customer()
    limit(shop, who, 0)
    approver = a_member(shop, who, "approver")
    subscription = shop.monthly(who)
    number = ask(shop, who, want(subscription, shop.catalogue.plus, 5))
    assert isinstance(approve(shop, who, number, approver), Accepted)
    placed = told(shop, who, "order-placed")
    assert (placed.person_id, placed.detail["actor"]) == (who.person_id, approver)


def test_a_cart_waits_while_its_account_is_in_the_other_portal(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
    assert shop.confirm(who, seen) == NothingToOrder(None)
    assert (shop.captured(), len(shop.cart(who))) == ({}, 1)
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "online"
    assert isinstance(shop.confirm(who, seen), Accepted)


def test_seats_are_given_and_taken_by_whoever_ordered_at_the_time_of_the_order(shop: Shop) -> None:
    who = shop.customer()
    growing, shrinking = shop.monthly(who, seats=2), shop.monthly(who, shop.catalogue.basic, seats=3)
    leaving, *_ = shop.seats(shrinking, 3)
    wishes = want(growing, shop.catalogue.plus, 3), want(shrinking, shop.catalogue.pro, 2, MONTHLY, leaving)
    shop.later(minutes=5)
    shop.order(who, *wishes, choices=seats.as_choices({growing: [ROSA]}, notify=False))
    assert told(shop, who, "seat-assigned").person_id == who.person_id
    (over,) = shop.rows(SeatSpell, subscription_id=shrinking, taken_at=shop.clock.now())
    assert over.taken_by == who.person_id
    (rosa,) = shop.rows(Person, email="rosa@example.org")
    (seat,) = shop.rows(Seat, subscription_id=growing)
    assert (seat.person_id, seat.assigned_at) == (rosa.id, shop.clock.now())
    assert leaving not in {one.id for one in shop.rows(Seat, subscription_id=shrinking)}


def test_pressing_again_leads_to_the_same_page_of_the_bank(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    first, again = (shop.confirm(who, seen, key="one") for _ in range(2))
    assert isinstance(first, Accepted)
    assert isinstance(again, Accepted)
    assert again.confirmation_path == first.confirmation_path is not None


def test_the_bank_leads_back_to_the_page_of_the_order(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    _, order = an_upgrade(shop, who)
    charge = shop.processor.book.of_key(order.reference)
    assert charge is not None
    assert charge.return_path == f"/billing/orders/{order.reference}"


def test_what_was_asked_for_is_ordered_whatever_is_in_the_cart(shop: Shop) -> None:
    """A program says what it wants, and shares no cart with anybody."""
    who = shop.customer()
    subscription = shop.monthly(who)
    asked = want(subscription, shop.catalogue.plus, 5)
    seen = shop.look(who, asked, keep=False)
    shop.put(who, want(subscription, shop.catalogue.plus, 50))
    placed = shop.confirm(who, seen, wanted=(asked,))
    assert isinstance(placed, Accepted)
    assert shop.subscription(subscription).seats == 5


def test_what_moved_and_what_is_closed_is_said_with_why(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    moved = shop.confirm(who, seen, digest="another")
    assert isinstance(moved, Moved)
    assert moved.now == seen
    desk = QuoteDesk(shop)
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    digest = desk.view(number).digest
    desk.reject(number)
    assert desk.accept(number, digest=digest) == QuoteClosed(QuoteState.REJECTED)
    grown = desk.contract(seats=10)
    other = desk.sent(item(grown, shop.catalogue.standard, 12))
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, grown).seats = 12
    assert desk.accept(other) == QuoteUnfit({grown: Refusal.NOTHING_CHANGES})
    assert shop.captured() == {}


def test_an_order_that_is_cut_off_before_its_charge_is_asked_about_in_five_minutes_and_closed(
    shop: Shop,
) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    with pytest.raises(PowerCut):
        shop.confirm(who, seen, processor=FaultyProcessor(shop.processor, before=cut))
    (order,) = [one for one in shop.rows(Order, account_id=who.id) if one.state is OrderState.STARTED]
    assert order.next_check_at == shop.clock.now() + timedelta(minutes=5)
    assert shop.resume(order.reference) is OrderState.CANCELLED
    assert (shop.captured(), len(shop.cart(who))) == ({}, 1)


def test_an_order_says_that_it_waits_for_a_payment_and_for_which(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    shop.past_due(who)
    (owed,) = shop.rows(Invoice, account_id=who.id)
    seen = shop.look(who, want(shop.monthly(who, shop.catalogue.basic), shop.catalogue.pro, 9))
    part = PayRequest(
        who.id,
        who.person_id,
        key="one",
        invoice=owed.name,
        amount=euros(100),
        payment_method_id=who.method_id,
        return_path="/billing/payments/{reference}",
    )
    paying = pay(shop.database, shop.processor, shop.clock.now, part)
    assert isinstance(paying, Tried)
    assert shop.confirm(who, seen) == Busy(paying.reference, is_payment=True)
    settling.give_up(shop.database, shop.processor, shop.clock.now, paying.reference)
    placed = shop.order(who)
    assert shop.confirm(who, seen) == Busy(placed.reference, is_payment=False)
