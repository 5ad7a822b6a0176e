"""Placing an order: every answer of the card and every kind of change; `shop` proves the books after each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.summary import InvoiceRelief, LineKind
from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.gateways.cards import ChargeResult, Outcome
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement, unpaid_amounts
from portal.shared.records.orders import Order, due_for_check
from portal.shared.records.payments import Payment
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.orders.place import settle
from portal.shared.services.orders.placement import Accepted, Busy, MethodMissing, NothingToOrder
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import as_value
from tests.support.factories import TODAY, a_card
from tests.support.faults import FaultyProcessor
from tests.support.shop import ANNUAL, MONTHLY, Customer, Shop, euros, want

# Five seats of the standard plan for a month: 5 × 20.00 + 23 % = 123.00; nine of 31 days are used on 10 March.
CREDIT, CREDIT_TAX = 7097, 1632
PLUS, PLUS_TAX = 17500, 4025


def an_upgrade(shop: Shop, who: Customer, **request: object) -> tuple[int, Accepted]:
    subscription = shop.monthly(who)
    return subscription, shop.order(who, want(subscription, shop.catalogue.plus, 5), **request)


def untouched(shop: Shop, who: Customer, subscription: int) -> None:
    """The subscription stands as it was bought on 1 March, the cart is kept, and nothing was charged."""
    row = shop.subscription(subscription)
    assert (row.plan_id, row.seats, row.period_start) == (shop.catalogue.standard, 5, date(2026, 3, 1))
    assert len(shop.cart(who)) == 1
    assert shop.captured() == {}
    assert shop.rows(Payment) == []
    assert len(shop.rows(Invoice)) == 1
    assert shop.mails("order-placed") == []


def test_an_approved_charge_changes_the_subscription_at_once(shop: Shop) -> None:
    who = shop.customer()
    subscription, order = an_upgrade(shop, who)
    due = PLUS + PLUS_TAX - CREDIT - CREDIT_TAX
    assert order.state is OrderState.PLACED
    assert shop.captured() == {"EUR": due}
    row = shop.subscription(subscription)
    assert (row.plan_id, row.seats, row.frequency, row.unit_minor) == (shop.catalogue.plus, 5, MONTHLY, 3500)
    assert (row.anchor, row.period_start, row.period_end) == (TODAY, TODAY, date(2026, 4, 10))
    assert shop.cart(who) == []
    assert [(p.amount_minor, p.payment_method_id) for p in shop.rows(Payment)] == [(due, who.method_id)]
    assert len(shop.mails("order-placed")) == 1
    assert [a.action for a in shop.rows(Activity)] == ["order-placed"]


def test_the_receipt_goes_to_who_ordered_and_the_activity_says_what_it_was(shop: Shop) -> None:
    who = shop.customer()
    _, placed = an_upgrade(shop, who)
    order, account = shop.placed(placed.reference), shop.rows(Account, id=who.id)[0]
    person = shop.rows(Person, id=who.person_id)[0]
    (receipt,) = shop.mails("order-placed")
    assert (receipt.recipient, receipt.dedupe_key) == (
        person.email,
        f"order-placed:{placed.reference}:{who.person_id}",
    )
    assert receipt.payload == {
        "reference": placed.reference,
        "name": person.name,
        "account": account.name,
        "account_type": "online",
        "ordered_on": TODAY.isoformat(),
        "due_on": None,
        "summary": order.summary,
    }
    (entry,) = shop.rows(Activity)
    assert entry.detail == {
        "order": placed.reference,
        "audience": "contact",
        "items": order.summary["items"],
    }


def test_summary_order_invoice_and_ledger_say_the_same(shop: Shop) -> None:
    who = shop.customer(balance=1000)
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    placed = shop.confirm(who, seen)
    assert isinstance(placed, Accepted)
    invoice = shop.rows(Invoice)[-1]
    assert (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor) == (
        seen.subtotal.minor,
        seen.tax_total.minor,
        seen.total.minor,
    )
    lines = shop.rows(InvoiceLine, invoice_id=invoice.id)
    assert [(line.kind, line.amount_minor, line.tax_minor) for line in lines] == [
        (line.kind, line.amount.minor, line.tax.minor) for line in seen.lines
    ]
    assert shop.captured() == {"EUR": seen.total_due.minor}
    assert shop.balance(who) == seen.balance_after.minor == 0
    assert shop.placed(placed.reference).digest == seen.digest


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("declined", "declined"),
        ("insufficient_funds", "insufficient_funds"),
        ("expired_card", "expired_card"),
    ],
)
def test_a_refused_charge_changes_nothing_and_says_why(shop: Shop, card: str, reason: str) -> None:
    who = shop.customer(card=card)
    subscription, order = an_upgrade(shop, who)
    assert order.state is OrderState.DECLINED
    row = shop.placed(order.reference)
    assert (row.decline_reason, row.settled_at, row.next_check_at) == (reason, shop.clock.now(), None)
    untouched(shop, who, subscription)


def test_after_a_refusal_the_same_cart_can_be_ordered_with_another_card(shop: Shop) -> None:

    who = shop.customer(card="declined")
    an_upgrade(shop, who)
    with shop.database.write() as session:
        other = a_card(session, shop.processor, session.get_one(Account, who.id)).id
    again = shop.confirm(who, shop.look(who), payment_method_id=other)
    assert isinstance(again, Accepted)
    assert again.state is OrderState.PLACED


def test_a_charge_the_bank_wants_confirmed_waits_for_the_person(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription, order = an_upgrade(shop, who)
    assert order.state is OrderState.AWAITING_CONFIRMATION
    assert (shop.placed(order.reference).confirmation_path or "").startswith("/sandbox-processor/challenge/")
    untouched(shop, who, subscription)
    shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert shop.subscription(subscription).plan_id == shop.catalogue.plus
    assert shop.resume(order.reference) is OrderState.PLACED
    assert len(shop.mails("order-placed")) == 1


def test_a_confirmation_that_is_refused_ends_the_order(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription, order = an_upgrade(shop, who)
    shop.answer_bank(order.reference, approved=False)
    assert shop.resume(order.reference) is OrderState.DECLINED
    assert shop.placed(order.reference).decline_reason == "confirmation_failed"
    untouched(shop, who, subscription)


def test_a_confirmation_nobody_gives_expires(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription, order = an_upgrade(shop, who)
    assert shop.resume(order.reference) is OrderState.AWAITING_CONFIRMATION
    shop.later(hours=2)
    assert shop.resume(order.reference) is OrderState.DECLINED
    untouched(shop, who, subscription)


def test_a_person_can_cancel_an_order_that_waits_for_the_bank(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription, order = an_upgrade(shop, who)
    assert shop.give_up(order.reference) is OrderState.CANCELLED
    shop.answer_bank(order.reference, approved=True)  # too late: the processor closed it
    assert shop.resume(order.reference) is OrderState.CANCELLED
    untouched(shop, who, subscription)


def test_an_order_that_was_charged_before_the_cancelling_is_placed(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    _, order = an_upgrade(shop, who)
    shop.answer_bank(order.reference, approved=True)
    assert shop.give_up(order.reference) is OrderState.PLACED


def test_a_late_answer_is_waited_for_and_then_settled_once(shop: Shop) -> None:
    who = shop.customer(card="late_answer")
    subscription, order = an_upgrade(shop, who)
    assert order.state is OrderState.CHECKING
    assert shop.resume(order.reference) is OrderState.CHECKING
    untouched(shop, who, subscription)
    shop.later(seconds=30)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert shop.resume(order.reference) is OrderState.PLACED
    assert len(shop.rows(Payment)) == 1


def test_an_answer_lost_after_the_charge_is_never_called_failed(shop: Shop) -> None:
    who = shop.customer(card="lost_after_charge")
    _, order = an_upgrade(shop, who)
    assert order.state is OrderState.CHECKING
    assert shop.resume(order.reference) is OrderState.PLACED
    assert len(shop.processor.book.captures()) == 1


def test_an_answer_lost_after_a_refusal_ends_declined(shop: Shop) -> None:
    who = shop.customer(card="lost_after_decline")
    subscription, order = an_upgrade(shop, who)
    assert order.state is OrderState.CHECKING
    assert shop.resume(order.reference) is OrderState.DECLINED
    untouched(shop, who, subscription)


def test_unanswered_orders_are_asked_about_after_five_minutes_an_hour_and_then_daily(shop: Shop) -> None:
    who = shop.customer()
    mute = FaultyProcessor(shop.processor, lose_charge=True, lose_status=True)
    _, order = an_upgrade(shop, who, processor=mute)
    pauses = []
    for _ in range(4):
        before = shop.clock.now()
        due = shop.placed(order.reference).next_check_at
        assert due is not None
        pauses.append(due - before)
        with shop.database.read() as session:
            assert due_for_check(session, due - timedelta(seconds=1)) == []
            assert due_for_check(session, due) == [order.reference]
        shop.clock.set(due)
        assert shop.resume(order.reference, processor=mute) is OrderState.CHECKING
    assert pauses == [timedelta(minutes=5), timedelta(hours=1), timedelta(days=1), timedelta(days=1)]
    assert shop.resume(order.reference) is OrderState.PLACED


def test_reloading_the_page_does_not_put_the_next_check_off(shop: Shop) -> None:
    who = shop.customer(card="late_answer")
    _, order = an_upgrade(shop, who)
    due = shop.placed(order.reference).next_check_at
    for _ in range(3):
        shop.later(seconds=1)
        assert shop.resume(order.reference) is OrderState.CHECKING
    assert shop.placed(order.reference).next_check_at == due
    shop.later(minutes=5)
    assert shop.resume(order.reference) is OrderState.PLACED


def test_another_order_waits_for_the_one_on_its_way(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    first = shop.monthly(who)
    other = shop.monthly(who, shop.catalogue.basic)
    order = shop.order(who, want(first, shop.catalogue.plus, 5))
    busy = shop.confirm(who, shop.look(who, want(other, shop.catalogue.pro, 5), keep=False))
    assert busy == Busy(order.reference)


def test_an_empty_cart_leads_to_the_order_that_emptied_it(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    placed = shop.confirm(who, seen)
    assert isinstance(placed, Accepted)
    assert shop.confirm(who, seen) == NothingToOrder(placed.reference)


def test_something_due_without_a_card_is_not_ordered(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who)
    assert shop.confirm(who, shop.look(who, want(subscription, shop.catalogue.plus, 5))) == MethodMissing()
    untouched(shop, who, subscription)
    assert [order.reference for order in shop.rows(Order) if not order.reference.startswith("FIRST")] == []


def test_the_card_of_another_account_is_none(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    assert shop.confirm(who, seen, payment_method_id=stranger.method_id) == MethodMissing()
    untouched(shop, who, subscription)


def test_an_order_paid_from_the_balance_never_asks_the_processor(shop: Shop) -> None:
    who = shop.customer(card=None, balance=50_000)
    _, order = an_upgrade(shop, who)
    assert order.state is OrderState.PLACED
    assert shop.processor.book.of_key(order.reference) is None
    assert shop.balance(who) == 50_000 - (PLUS + PLUS_TAX - CREDIT - CREDIT_TAX)
    assert [s.source for s in shop.rows(Settlement)][-1] == "balance"


def test_the_balance_is_used_before_the_card(shop: Shop) -> None:
    who = shop.customer(balance=5000)
    an_upgrade(shop, who)
    assert shop.captured() == {"EUR": PLUS + PLUS_TAX - CREDIT - CREDIT_TAX - 5000}
    assert shop.balance(who) == 0
    assert [s.source for s in shop.rows(Settlement)][-2:] == ["balance", "cash"]


def test_a_total_of_exactly_zero_is_placed_without_a_card(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who, began=TODAY)
    shop.trial(who, shop.catalogue.basic, ends=TODAY)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    order = shop.order(who, want(subscription, shop.catalogue.standard, 5))
    assert order.state is OrderState.PLACED
    assert shop.rows(Invoice)[-1].total_minor == 0
    assert shop.subscription(subscription).pending_cancellation is False


def test_credit_that_is_left_over_stays_as_balance(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.annual(who)  # 10 September to 10 September: 184 of 365 days are unused
    order = shop.order(who, want(subscription, shop.catalogue.standard, 5, MONTHLY))
    assert order.state is OrderState.PLACED
    credit = (100_000 * 184 * 2 + 365) // (365 * 2)
    credit_tax = (credit * 23 * 2 + 100) // 200
    assert shop.balance(who) == credit + credit_tax - 12_300
    assert shop.captured() == {}
    assert shop.rows(Invoice)[-1].kind == "credit_note"


def test_annual_to_monthly_begins_a_month_today(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.annual(who)
    shop.order(who, want(subscription, shop.catalogue.standard, 5, MONTHLY))
    row = shop.subscription(subscription)
    assert (row.frequency, row.period_start, row.period_end) == (MONTHLY, TODAY, date(2026, 4, 10))


def test_monthly_to_annual_begins_a_year_today_and_credits_the_month(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    shop.order(who, want(subscription, shop.catalogue.standard, 5, ANNUAL))
    row = shop.subscription(subscription)
    assert (row.frequency, row.period_start, row.period_end) == (ANNUAL, TODAY, date(2027, 3, 10))
    assert shop.captured() == {"EUR": 123_000 - CREDIT - CREDIT_TAX}


def test_a_second_change_on_the_same_day_is_credited_in_full(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    shop.order(who, want(subscription, shop.catalogue.plus, 6))
    paid = shop.captured()["EUR"]
    other = shop.customer()
    straight = shop.monthly(other)
    shop.order(other, want(straight, shop.catalogue.plus, 6))
    assert shop.captured()["EUR"] == 2 * paid  # A → B → C on one day costs what A → C costs


def test_a_trial_becomes_a_subscription_at_the_full_price(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.trial(who, ends=TODAY - timedelta(days=3))
    shop.order(who, want(subscription, shop.catalogue.plus, 2))
    row = shop.subscription(subscription)
    assert standing(as_value(row, "EUR"), TODAY) is Standing.ACTIVE
    assert shop.captured() == {"EUR": 2 * 3500 * 123 // 100}
    assert row.trial_end == TODAY - timedelta(days=3)


def test_a_running_trial_ends_on_the_day_of_the_purchase(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.trial(who, ends=TODAY + timedelta(days=9))
    shop.order(who, want(subscription, shop.catalogue.standard, 5))
    assert shop.subscription(subscription).trial_end == TODAY


def test_a_pending_cancellation_is_taken_back_and_the_summary_says_so(shop: Shop) -> None:

    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, shop.clock.now())
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert seen.items[0].takes_back_cancellation
    shop.confirm(who, seen)
    assert shop.subscription(subscription).pending_cancellation is False


def test_fewer_seats_release_the_people_that_were_picked(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seats = shop.seats(subscription, 5)
    order = shop.order(who, want(subscription, shop.catalogue.standard, 3, MONTHLY, seats[1], seats[3]))
    assert order.state is OrderState.PLACED
    assert [seat.id for seat in shop.rows(Seat)] == [seats[0], seats[2], seats[4]]
    assert len(shop.mails("seat-released")) == 2


def test_several_items_make_one_order_one_charge_and_one_document(shop: Shop) -> None:
    who = shop.customer()
    first = shop.monthly(who)
    second = shop.monthly(who, shop.catalogue.basic, seats=2, began=date(2026, 2, 20))
    third = shop.trial(who, shop.catalogue.basic)
    seen = shop.look(
        who,
        want(first, shop.catalogue.plus, 6),
        want(second, shop.catalogue.pro, 2, ANNUAL),
        want(third, shop.catalogue.basic, 1),
    ).summary
    assert seen is not None
    placed = shop.confirm(who, seen)
    assert isinstance(placed, Accepted)
    assert len(seen.items) == 3
    assert [line.kind for line in seen.lines].count(LineKind.CREDIT) == 2
    assert shop.captured() == {"EUR": seen.total_due.minor}
    assert len([i for i in shop.rows(Invoice) if i.order_id == shop.placed(placed.reference).id]) == 1
    assert shop.cart(who) == []


def test_what_cannot_be_ordered_stays_in_the_cart(shop: Shop) -> None:
    who = shop.customer()
    fine, lower = shop.monthly(who), shop.monthly(who, shop.catalogue.pro)
    shop.order(who, want(fine, shop.catalogue.plus, 5), want(lower, shop.catalogue.basic, 5))
    assert [item.subscription_id for item in shop.cart(who)] == [lower]


# --- law 5: an unpaid period is never turned into balance -----------------------------------------------------------


def test_the_credit_of_an_unpaid_period_lowers_its_invoice(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who)
    owed = shop.rows(Invoice)[0]
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert seen.reliefs == (InvoiceRelief(owed.id, euros(CREDIT + CREDIT_TAX)),)
    assert seen.total == euros(PLUS + PLUS_TAX - CREDIT - CREDIT_TAX)
    assert seen.total_due == euros(PLUS + PLUS_TAX)
    shop.confirm(who, seen)
    assert shop.captured() == {"EUR": PLUS + PLUS_TAX}
    settled = sum(s.amount_minor for s in shop.rows(Settlement, invoice_id=owed.id))
    assert settled == CREDIT + CREDIT_TAX
    assert shop.balance(who) == 0


def test_the_used_days_of_an_unpaid_period_are_still_owed(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    owed = shop.rows(Invoice)[0]
    with shop.database.read() as session:
        assert unpaid_amounts(session, who.id) == {owed.id: 12_300 - 8729}
    assert shop.subscription(subscription).past_due_since is None, "the running period is paid"


def test_a_period_unpaid_on_its_first_day_is_lowered_to_nothing(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who, began=TODAY)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    assert shop.captured() == {"EUR": PLUS + PLUS_TAX}
    assert shop.subscription(subscription).past_due_since is None


def test_an_unpaid_year_never_becomes_balance(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who, frequency=ANNUAL, began=date(2025, 9, 10))
    shop.order(who, want(subscription, shop.catalogue.standard, 5, MONTHLY))
    assert shop.balance(who) == 0
    assert shop.captured() == {"EUR": 12_300}


def test_a_partly_unpaid_period_lowers_its_invoice_first_and_keeps_the_rest(shop: Shop) -> None:
    """Of a year worth 1,230.00 only 30.00 are still owed: the credit pays them, then the new month, the rest stays."""

    who = shop.customer(balance=120_000)
    subscription = shop.past_due(who, frequency=ANNUAL, began=date(2025, 9, 10))
    owed = shop.rows(Invoice)[0]
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        amount = euros(120_000)
        moved = ledger.post(
            session, account.id, "balance-used", {"balance": amount, "receivable": -amount}, shop.clock.now()
        )
        session.add(
            Settlement(
                account_id=account.id,
                invoice_id=owed.id,
                movement_id=moved,
                source="balance",
                amount_minor=120_000,
                at=shop.clock.now(),
            )
        )
    seen = shop.look(who, want(subscription, shop.catalogue.standard, 5, MONTHLY)).summary
    assert seen is not None
    credit = 50_411 + 11_595
    assert seen.reliefs == (InvoiceRelief(owed.id, euros(3000)),)
    assert seen.balance_after == euros(credit - 12_300 - 3000)
    shop.confirm(who, seen)
    assert shop.balance(who) == credit - 12_300 - 3000
    assert shop.subscription(subscription).past_due_since is None


# --- taxes and currencies -------------------------------------------------------------------------------------------


def test_a_business_in_another_country_of_the_union_pays_no_tax_on_reverse_charge(shop: Shop) -> None:
    who = shop.customer(country="DE", vat_state=VatState.VALID)
    subscription = shop.trial(who)
    seen = shop.look(who, want(subscription, shop.catalogue.standard, 5)).summary
    assert seen is not None
    assert (seen.tax.kind, seen.tax_total) == (TaxKind.REVERSE_CHARGE, euros(0))
    shop.confirm(who, seen)
    assert shop.captured() == {"EUR": 10_000}


def test_a_credit_carries_the_tax_of_the_charge_it_lowers(shop: Shop) -> None:

    who = shop.customer(country="DE")
    subscription = shop.monthly(who, began=TODAY)
    with shop.database.write() as session:
        session.get_one(Account, who.id).vat_state = VatState.VALID
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert [(line.kind, line.amount.minor, line.tax.minor) for line in seen.lines] == [
        (LineKind.CHARGE, 17_500, 0),
        (LineKind.CREDIT, 10_000, 1900),
    ]
    shop.confirm(who, seen)
    assert shop.captured() == {"EUR": 17_500 - 11_900}


def test_yen_have_no_decimals(shop: Shop) -> None:
    who = shop.customer(currency="JPY", country="JP", time_zone="Asia/Tokyo")
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert seen.total_due == Money(17_500 - CREDIT, "JPY")
    shop.confirm(who, seen)
    assert shop.captured() == {"JPY": 17_500 - CREDIT}


def test_today_is_the_day_where_the_account_lives(shop: Shop) -> None:
    who = shop.customer(time_zone="Pacific/Auckland")
    subscription = shop.trial(who)
    shop.later(hours=5)  # 15:00 UTC is four in the morning of the next day in Auckland
    shop.order(who, want(subscription, shop.catalogue.standard, 5))
    row = shop.subscription(subscription)
    assert row.period_start is not None
    assert row.period_end is not None
    assert Period(row.period_start, row.period_end) == Period(date(2026, 3, 11), date(2026, 4, 11))


# --- an ended order never moves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", ["visa", "declined", "needs_confirmation"])
def test_an_order_that_ended_stays_as_it_is_whatever_the_processor_says(shop: Shop, card: str) -> None:
    who = shop.customer(card=card)
    _, order = an_upgrade(shop, who)
    if order.state in OPEN_STATES:
        shop.give_up(order.reference)
    before = shop.state(order.reference)
    for outcome in set(Outcome) - {Outcome.NEVER_SEEN}:
        assert settle(shop.database, shop.clock.now, order.reference, ChargeResult(outcome)) is before


def test_a_reference_nobody_knows_is_an_error(shop: Shop) -> None:
    with pytest.raises(LookupError):
        settle(shop.database, shop.clock.now, "NOBODYS", ChargeResult(Outcome.APPROVED))
