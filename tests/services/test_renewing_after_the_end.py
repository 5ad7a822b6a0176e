"""What has ended is renewed by its contact, and a good card settles what is overdue; `shop` proves the books."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.shared.domain.cancellations import CancellationReason
from portal.shared.domain.changes import Refusal
from portal.shared.domain.subscriptions import Standing
from portal.shared.records.accounts import Account
from portal.shared.records.cancellations import CancellationAnswer
from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.renewals import Collection
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.charges import answers as charges
from portal.shared.services.invoice_payments.paying import PayRequest, Tried, pay
from portal.shared.services.payments import methods as payments
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.renewals.trying_again import changed_since, overdue, try_again
from portal.shared.services.subscriptions import additions, cancellations, reminders
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import NotPossibleError
from tests.support import factories
from tests.support.factories import NOW, SELLER, TODAY
from tests.support.shop import ANNUAL, MONTHLY, Customer, Shop, euros, want

PERIOD = 12300  # 5 × 20.00 with 23 %


def on(shop: Shop, *days: int, month: int = 4) -> None:
    """Let the worker renew and collect on these days."""
    for day in days:
        shop.clock.advance(datetime(2026, month, day, 6, tzinfo=UTC) - shop.clock.now())
        list(renew_due(shop.database, SELLER, shop.clock.now()))
        list(collect_due(shop.database, shop.processor, shop.clock.now))


def standing_of(shop: Shop, who: Customer, subscription: int) -> Standing:
    with shop.database.read() as session:
        return subscriptions.card(session, who.id, subscription, shop.clock.now(), SELLER).standing


def second_card(shop: Shop, who: Customer, card: str) -> int:
    """Another card on file, not the default one."""
    with shop.database.write() as session:
        added = factories.a_card(session, shop.processor, session.get_one(Account, who.id), card)
        added.is_default = False
        session.flush()
        for method in session.query(PaymentMethod).filter_by(account_id=who.id):
            method.is_default = method.id == who.method_id
        return added.id


def cancelled(shop: Shop, who: Customer, plan_id: int | None = None) -> int:
    """A subscription that was cancelled and has ended on 1 April; the account has expired with it."""
    subscription = shop.monthly(who, plan_id)
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, NOW)
    on(shop, 1)
    assert standing_of(shop, who, subscription) is Standing.EXPIRED
    assert shop.rows(Account, id=who.id)[0].expired_on == date(2026, 4, 1)
    return subscription


@pytest.mark.parametrize(
    ("plan", "seats", "frequency", "end"),
    [
        pytest.param("plus", 5, MONTHLY, date(2026, 5, 1), id="the same plan"),
        pytest.param("standard", 2, ANNUAL, date(2027, 4, 1), id="a lower plan, fewer seats, by the year"),
        pytest.param("premium", 9, ANNUAL, date(2027, 4, 1), id="a higher plan"),
    ],
)
def test_an_expired_account_renews_with_any_plan(
    shop: Shop, plan: str, seats: int, frequency: object, end: date
) -> None:
    who = shop.customer()
    subscription = cancelled(shop, who, shop.catalogue.plus)
    shop.order(who, want(subscription, getattr(shop.catalogue, plan), seats, frequency))  # type: ignore[arg-type]
    row = shop.subscription(subscription)
    assert (row.period_start, row.period_end, row.ended_on) == (date(2026, 4, 1), end, None)
    assert (row.pending_cancellation, row.seats) == (False, seats)
    assert standing_of(shop, who, subscription) is Standing.ACTIVE
    assert shop.rows(Account, id=who.id)[0].expired_on is None
    assert len(shop.mails("order-placed")) == 1


def test_renewing_asks_for_the_payment_and_gives_no_credit(shop: Shop) -> None:
    who = shop.customer()
    subscription = cancelled(shop, who)
    seen = shop.look(who, want(subscription, shop.catalogue.standard, 5))
    assert seen.summary is not None
    assert (seen.summary.price_rises, seen.summary.total_due) == (True, euros(PERIOD))
    assert len(seen.summary.lines) == 1


def test_people_keep_their_seats_as_far_as_the_seats_reach(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    first, *_ = shop.seats(subscription, 3)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).ended_on = TODAY
    fewer = (subscription, shop.catalogue.standard, 2, MONTHLY)
    assert shop.look(who, want(*fewer)).refused == {subscription: Refusal.CHOOSE_SEATS}
    shop.order(who, want(*fewer, first))
    with shop.database.read() as session:
        assert subscriptions.card(session, who.id, subscription, NOW, SELLER).held == 2


def test_what_ended_unpaid_is_paid_before_it_is_renewed(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    on(shop, 1, 4, 7, 10)
    wish = want(subscription, shop.catalogue.standard, 5)
    assert shop.look(who, wish).refused == {subscription: Refusal.UNPAID_INVOICE}
    on(shop, 3, month=5)  # the period that was not paid is over
    good = second_card(shop, who, "visa")
    invoice = shop.rows(Invoice, account_id=who.id)[-1].name
    paid = PayRequest(who.id, who.person_id, "late", invoice, euros(PERIOD), "/", good)
    assert isinstance(pay(shop.database, shop.processor, shop.clock.now, paid), Tried)
    assert standing_of(shop, who, subscription) is Standing.EXPIRED, "nothing of it runs any more"
    assert shop.look(who, wish).refused == {}
    shop.order(who, wish, payment_method_id=good)
    assert standing_of(shop, who, subscription) is Standing.ACTIVE


def test_a_good_card_that_becomes_the_default_settles_an_overdue_account_at_once(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    on(shop, 1)
    assert standing_of(shop, who, subscription) is Standing.PAST_DUE
    shop.later(hours=30)
    with shop.database.write() as session:
        assert [one.reason for one in overdue(session, who.id)] == ["declined"]
    good = second_card(shop, who, "visa")
    before = shop.clock.now()
    args = (shop.database, shop.processor, shop.clock.now, who.id, good, who.person_id)
    assert charges.make_default(*args)
    assert standing_of(shop, who, subscription) is Standing.ACTIVE
    assert shop.captured() == {"EUR": PERIOD}
    with shop.database.read() as session:
        assert [one.state for one in changed_since(session, who.id, before)] == ["paid"]
    assert charges.make_default(*args), "again"
    assert shop.captured() == {"EUR": PERIOD}


@pytest.mark.parametrize("card", ["insufficient_funds", "needs_confirmation"])
def test_a_card_that_does_not_settle_it_leaves_the_table_of_tries_as_it_is(shop: Shop, card: str) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    on(shop, 1)
    shop.later(hours=30)
    bad = second_card(shop, who, card)
    charges.make_default(shop.database, shop.processor, shop.clock.now, who.id, bad, who.person_id)
    (waiting,) = shop.rows(Collection)
    assert (waiting.last_reason, waiting.next_try_on, waiting.tries) == (card, date(2026, 4, 4), 2)
    assert standing_of(shop, who, subscription) is Standing.PAST_DUE


def test_trying_again_charges_nothing_where_nothing_waits(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    assert try_again(shop.database, shop.processor, shop.clock.now, who.id) == ()
    assert shop.captured() == {}


def test_the_survey_is_answered_once_a_period_and_only_when_cancelled(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)

    def answer(text: str) -> None:
        with shop.database.write() as session:
            cancellations.answer(
                session, who.id, subscription, CancellationReason.NOT_USED, text, who.person_id, NOW
            )

    with pytest.raises(NotPossibleError):
        answer("too early")
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, NOW)
    answer(" We moved. ")
    answer("twice")
    assert [(one.reason, one.text) for one in shop.rows(CancellationAnswer)] == [("not-used", "We moved.")]


def test_a_trial_is_told_of_before_and_at_its_end_once_each(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        additions.try_out(session, who.id, "meet", shop.catalogue.basic, 3, who.person_id, NOW)
    for _ in range(20):
        reminders.remind(shop.database, shop.clock.now())
        reminders.remind(shop.database, shop.clock.now())
        shop.later(days=1)
    assert [mail.payload["days_left"] for mail in shop.mails("trial-ends-soon")] == [3]
    assert [mail.payload["days_left"] for mail in shop.mails("trial-ended")] == [0]


def test_buying_after_a_trial_keeps_people_and_is_not_reminded_of(shop: Shop) -> None:
    who = shop.customer()
    trial = shop.trial(who)
    shop.seats(trial, 2)
    shop.order(who, want(trial, shop.catalogue.standard, 5))
    with shop.database.read() as session:
        card = subscriptions.card(session, who.id, trial, shop.clock.now(), SELLER)
    assert (card.id, card.standing, card.held) == (trial, Standing.ACTIVE, 2)
    for _ in range(20):
        assert reminders.remind(shop.database, shop.clock.now()) == 0
        shop.later(days=1)


def test_the_default_card_is_told_of_30_and_7_days_before_it_expires(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        (method,) = payments.methods(session, who.id)
        row = session.get_one(PaymentMethod, method.id)
        row.expiry_year, row.expiry_month = 2026, 5  # good to 31 May
    told = []
    for _ in range(90):
        if reminders.remind(shop.database, shop.clock.now()):
            told.append(shop.clock.now().date())
        shop.later(days=1)
    assert told == [date(2026, 5, 1), date(2026, 5, 24)]
