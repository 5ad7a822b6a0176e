"""Failures of other people's billing, each under the name it is known by: none of them happens here."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from threading import Barrier

import pytest
import sqlalchemy as sa

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.summary import LineKind
from portal.shared.records.catalog import Price
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment
from portal.shared.records.renewals import Renewal
from portal.shared.services.background.sweeps import SWEEPS, leave_to_jobs
from portal.shared.services.charges import answers
from portal.shared.services.jobs import overview
from portal.shared.services.orders.placement import Accepted, Busy, Moved, QuoteClosed
from portal.shared.services.renewals.running import renew_due
from tests.support.crash_worker import tools_with, work_off
from tests.support.factories import SELLER, TODAY
from tests.support.faults import FaultyProcessor
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import ANNUAL, Shop, want

PLUS = 35_00  # a seat and month


def orders(shop: Shop) -> list[Order]:
    return [order for order in shop.rows(Order) if not order.reference.startswith("FIRST")]


def test_the_return_page_and_the_webhook_complete_the_same_order_at_once(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    for round_ in range(3):
        order = shop.order(who, want(subscription, shop.catalogue.plus, 6 + round_))
        assert order.state is OrderState.AWAITING_CONFIRMATION
        shop.answer_bank(order.reference, approved=True)
        gate = Barrier(4, timeout=60)

        def complete(number: int, gate: Barrier = gate, reference: str = order.reference) -> OrderState:
            gate.wait()
            if number % 2:
                return shop.resume(reference)  # the page to which the bank leads back
            return answers.resume(shop.database, shop.processor, shop.clock.now, reference)  # its message

        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(complete, range(4))) == {OrderState.PLACED}
        assert len(shop.rows(Payment)) == len(shop.mails("order-placed")) == round_ + 1
        assert shop.subscription(subscription).seats == 6 + round_


@pytest.mark.parametrize(
    "card", ["needs_confirmation", "visa"], ids=["the bank is asked", "the answer is lost"]
)
def test_a_two_minute_lock_against_a_twenty_four_hour_checkout(shop: Shop, card: str) -> None:
    """What may still be charged keeps others waiting until it is known how it ended, not until a lock runs out."""
    who = shop.customer(card=card)
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 6))
    lost = FaultyProcessor(shop.processor, lose_charge=card == "visa")
    order = shop.confirm(who, seen, key="the page of yesterday", processor=lost)
    assert isinstance(order, Accepted)
    for minutes in (3, 30, 20) if card == "needs_confirmation" else (3, 60, 24 * 60):
        shop.later(minutes=minutes)
        assert shop.confirm(who, seen) == Busy(order.reference)
        assert shop.confirm(who, seen, key="the page of yesterday") == order
    if card == "needs_confirmation":  # a page of the bank is good for an hour
        shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert len(orders(shop)) == len(shop.processor.book.captures()) == 1


def test_the_hourly_clock_that_enqueues_the_same_billing_twice_when_the_queue_lags(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)  # its month ends on 1 April
    shop.clock.set(datetime(2026, 4, 1, 0, 5, tzinfo=UTC))
    tools = tools_with(shop.database, shop.processor, shop.clock)
    renewals = next(one for one in SWEEPS if one.name == "renewals")
    for _ in range(30):  # nobody works for thirty hours
        leave_to_jobs(tools, renewals)
        shop.later(hours=1)
    with shop.database.read() as session:
        waiting = [one for one in overview.jobs(session, shop.clock.now()) if "renew" in one.task]
    assert len(waiting) == 2, "one a day, however often the clock strikes"
    work_off(tools)
    assert [one.subscription_id for one in shop.rows(Renewal)] == [subscription]
    lines = [one for one in shop.rows(InvoiceLine) if one.service_start == date(2026, 4, 1)]
    assert len(lines) == 1


def test_an_expired_quote_accepted_from_a_saved_link(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    saved = desk.view(number).digest
    shop.later(days=8)
    assert desk.accept(number, digest=saved) == QuoteClosed(QuoteState.EXPIRED)
    assert shop.captured() == {}
    assert shop.rows(Order, quote_id=desk.view(number).id) == []


def test_pay_today_nothing_when_the_preview_failed(shop: Shop) -> None:
    """Where no price can be told there is no summary, and so no zero that somebody could agree to."""
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 6))
    before = len(orders(shop)), len(shop.rows(Invoice))
    with shop.database.write() as session:
        session.execute(sa.delete(Price).where(Price.plan_id == shop.catalogue.plus))
    failed = shop.look(who)
    assert (failed.summary, list(failed.refused)) == (None, [subscription])
    answer = shop.confirm(who, seen)
    assert isinstance(answer, Moved)
    assert answer.now.summary is None
    assert isinstance(shop.confirm(who, seen, digest=""), Moved)
    assert (len(orders(shop)), len(shop.rows(Invoice))) == before
    assert shop.subscription(subscription).plan_id == shop.catalogue.standard


def test_the_second_upgrade_credited_from_the_last_payment(shop: Shop) -> None:
    """What is given back is a share of what the period cost, not of what was left to pay after the first credit."""
    who = shop.customer()
    subscription = shop.monthly(who, seats=5)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    paid = shop.captured()["EUR"]
    shop.later(days=5)
    second = shop.look(who, want(subscription, shop.catalogue.plus, 10)).summary
    assert second is not None
    full, days, left = 5 * PLUS, 31, 26  # 10 March to 10 April, on 15 March
    (given,) = [line.amount.minor for line in second.lines if line.kind is LineKind.CREDIT]
    assert abs(given - Fraction(full * left, days)) < 1
    assert abs(given - Fraction(paid * left, days)) > 100
    assert second.subtotal == Money(10 * PLUS - given, "EUR")


def test_the_anchor_that_drifts_from_the_31st_to_the_29th(shop: Shop) -> None:
    shop.clock.set(datetime(2028, 1, 31, 12, tzinfo=UTC))
    who = shop.customer(balance=1_000_000)
    subscription = shop.monthly(who, began=date(2028, 1, 31))
    yearly = shop.annual(who, shop.catalogue.pro, began=date(2024, 2, 29))
    shop.clock.set(datetime(2028, 8, 1, 12, tzinfo=UTC))
    for _ in renew_due(shop.database, SELLER, shop.clock.now()):
        pass
    begun: dict[int, list[str]] = {one: [] for one in (subscription, yearly)}
    for row in shop.rows(Renewal):
        begun[row.subscription_id].append(row.period_start.isoformat())
    assert begun[subscription] == [
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
        "2028-06-30",
        "2028-07-31",
    ]
    assert begun[yearly] == ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_yen_multiplied_by_a_hundred(shop: Shop) -> None:
    """The same number in the summary, in the order, on the invoice, in our books and at the processor."""
    who = shop.customer(currency="JPY", country="JP", time_zone="Asia/Tokyo")
    subscription = shop.trial(who, shop.catalogue.basic, seats=1, ends=TODAY + timedelta(days=3))
    seen = shop.look(who, want(subscription, shop.catalogue.basic, 3, ANNUAL)).summary
    assert seen is not None
    assert seen.total_due == Money(3 * 9990, "JPY")
    shop.confirm(who, seen)
    (order,), (payment,), (charge,) = orders(shop), shop.rows(Payment), shop.processor.book.captures()
    assert {order.total_due_minor, payment.amount_minor, charge.amount_minor} == {3 * 9990}
    assert shop.rows(Invoice)[-1].total_minor == 3 * 9990
    assert shop.captured() == {"JPY": 3 * 9990}
