"""Renewals and what is collected for them: once each, with grace and a way back; `shop` proves the books."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.shared.domain.calendar import local_day
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.payments import Payment, PaymentAttempt, PaymentMethod
from portal.shared.records.renewals import Collection, Renewal
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.charges import answers as charges
from portal.shared.services.corrections import credit_notes
from portal.shared.services.invoice_payments import settling
from portal.shared.services.invoice_payments.paying import KeyReused, PayRequest, Tried, TypedCard, pay
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.collecting import Collected, collect_due
from portal.shared.services.renewals.renewing import Held, Outcome, Skipped
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.subscriptions import standing as standing_of
from portal.shared.services.subscriptions.standing import as_value
from tests.support import factories
from tests.support.factories import SELLER
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Customer, Shop, euros, want

PERIOD = 12300  # 5 × 20.00 with 23 %


def go_to(shop: Shop, day: date, hour: int = 6) -> None:
    shop.clock.advance(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - shop.clock.now())


def renew(shop: Shop) -> list[Outcome]:
    return list(renew_due(shop.database, SELLER, shop.clock.now()))


def collect(shop: Shop) -> list[Collected]:
    return list(collect_due(shop.database, shop.processor, shop.clock.now))


def where(shop: Shop, subscription: int) -> Standing:
    row = shop.subscription(subscription)
    with shop.database.read() as session:
        account = session.get_one(Account, row.account_id)
        return standing(as_value(row, account.currency), local_day(shop.clock.now(), account.time_zone))


def swap_card(shop: Shop, who: Customer, card: str) -> None:
    """The default card of an account from now on."""
    with shop.database.write() as session:
        for method in session.query(PaymentMethod).filter_by(account_id=who.id):
            method.is_default = False
        session.flush()
        added = factories.a_card(session, shop.processor, session.get_one(Account, who.id), card)
        added.is_default = True


def add_card(shop: Shop, who: Customer) -> int:
    """A good card beside the default one."""
    with shop.database.write() as session:
        return factories.a_card(session, shop.processor, session.get_one(Account, who.id), "visa").id


def test_a_period_renews_on_the_day_it_ends_and_not_before(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)  # 1 March to 1 April
    go_to(shop, date(2026, 3, 31))
    assert renew(shop) == []
    go_to(shop, date(2026, 4, 1))
    [renewed] = renew(shop)
    assert isinstance(renewed, Renewed)
    assert [one.state for one in collect(shop)] == ["paid"]
    row = shop.subscription(subscription)
    assert (row.period_start, row.period_end, row.past_due_since) == (
        date(2026, 4, 1),
        date(2026, 5, 1),
        None,
    )
    assert shop.captured() == {"EUR": PERIOD}
    assert len(shop.mails("payment-received")) == 1


def test_running_it_again_renews_and_charges_nothing_twice(shop: Shop) -> None:
    shop.monthly(shop.customer())
    go_to(shop, date(2026, 4, 1))
    for _ in range(3):
        renew(shop)
        collect(shop)
    assert len(shop.rows(Renewal)) == 1
    assert shop.captured() == {"EUR": PERIOD}


def test_months_that_nobody_ran_are_made_up_for_one_by_one(shop: Shop) -> None:
    subscription = shop.monthly(shop.customer(), began=date(2026, 1, 31))
    go_to(shop, date(2026, 4, 15))
    assert len(renew(shop)) == 2
    starts = [row.period_start for row in shop.rows(Renewal, subscription_id=subscription)]
    assert starts == [date(2026, 2, 28), date(2026, 3, 31)]
    assert shop.subscription(subscription).period_end == date(2026, 4, 30)


def test_the_balance_pays_first_and_no_card_is_asked_for_the_rest_of_nothing(shop: Shop) -> None:
    who = shop.customer(balance=PERIOD + 1)
    shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    assert collect(shop) == []
    assert (shop.balance(who), shop.captured()) == (1, {})
    assert len(shop.mails("renewed-from-balance")) == 1
    document = shop.rows(Invoice, account_id=who.id)[-1].name
    with shop.database.read() as session:
        view = invoices.invoice_of(session, who.id, document, shop.clock.now())
    assert view is not None
    assert [(part.source, part.with_order) for part in view.settlements] == [("balance", True)]


def test_a_new_price_list_holds_from_the_next_period_on(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        factories.a_price(session, shop.catalogue.standard, MONTHLY, 2500, valid_from=date(2026, 3, 20))
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    assert shop.subscription(subscription).unit_minor == 2500


@pytest.mark.parametrize("begins", [date(2026, 3, 5), date(2026, 4, 10), date(2026, 4, 11)])
def test_what_is_said_of_the_next_charge_knows_the_price_of_that_day(shop: Shop, begins: date) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        factories.a_price(session, shop.catalogue.plus, MONTHLY, 4567, valid_from=begins)
    placed = shop.order(who, want(subscription, shop.catalogue.plus, 3))  # on 10 March
    said = shop.placed(placed.reference).summary["items"][0]["next_charge"]
    with shop.database.read() as session:
        card = standing_of.card(session, who.id, subscription, shop.clock.now(), SELLER)
    go_to(shop, date(2026, 4, 10))
    renew(shop)
    charged = shop.rows(Invoice, account_id=who.id)[-1].total_minor
    assert (said, card.renewal) == ([charged, "EUR"], euros(charged))
    assert card.next_unit == euros(shop.subscription(subscription).unit_minor or 0)


def test_a_declined_card_is_tried_on_days_3_6_and_9_and_then_it_ends(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    seen: list[tuple[date, str]] = []
    for day in range(12):
        go_to(shop, date(2026, 4, 1) + timedelta(days=day))
        renew(shop)
        seen += [(shop.clock.now().date(), one.state) for one in collect(shop)]
        expected = Standing.PAST_DUE if day < 9 else Standing.EXPIRED
        assert where(shop, subscription) is expected
    assert seen == [
        (date(2026, 4, 1), "failed"),
        (date(2026, 4, 4), "failed"),
        (date(2026, 4, 7), "failed"),
        (date(2026, 4, 10), "given_up"),
    ]
    assert len(shop.mails("payment-failed")) == 3
    assert len(shop.mails("subscription-expired")) == 1
    assert shop.rows(Account, id=who.id)[0].expired_on == date(2026, 4, 10)


def test_a_good_card_on_a_retry_day_settles_it(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    collect(shop)
    swap_card(shop, who, "visa")
    go_to(shop, date(2026, 4, 4))
    assert [one.state for one in collect(shop)] == ["paid"]
    assert where(shop, subscription) is Standing.ACTIVE


def test_what_was_paid_after_it_ended_is_restored(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    for day in (1, 4, 7, 10):
        go_to(shop, date(2026, 4, day))
        renew(shop)
        collect(shop)
    assert where(shop, subscription) is Standing.EXPIRED
    swap_card(shop, who, "visa")
    with shop.database.read() as session:
        method = session.query(PaymentMethod).filter_by(account_id=who.id, is_default=True).one().id
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    wish = PayRequest(who.id, who.person_id, "late", invoice.name, euros(PERIOD), "/", method)
    paid = pay(shop.database, shop.processor, shop.clock.now, wish)
    assert isinstance(paid, Tried)
    assert where(shop, subscription) is Standing.ACTIVE
    assert shop.rows(Account, id=who.id)[0].expired_on is None
    assert {row.state for row in shop.rows(Collection)} == {"paid"}


def test_what_is_left_of_days_gone_by_does_not_end_a_period_that_is_paid(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    collect(shop)
    go_to(shop, date(2026, 4, 3))
    assert where(shop, subscription) is Standing.PAST_DUE
    shop.order(who, want(subscription, shop.catalogue.plus, 5), payment_method_id=add_card(shop, who))
    assert where(shop, subscription) is Standing.ACTIVE
    seen = []
    for day in range(3, 12):
        go_to(shop, date(2026, 4, day))
        renew(shop)
        seen += [(shop.clock.now().day, one.state) for one in collect(shop)]
    assert seen == [(4, "failed"), (7, "failed"), (10, "given_up")]
    assert where(shop, subscription) is Standing.ACTIVE
    assert shop.rows(Account, id=who.id)[0].expired_on is None
    assert shop.mails("subscription-expired") == []
    told = [(mail.payload["amount"], mail.payload["access_until"]) for mail in shop.mails("payment-failed")]
    assert told == [(PERIOD, "2026-04-10"), (820, None), (820, None), (820, None)]  # 2 days of 30
    go_to(shop, date(2026, 5, 3))
    assert len(renew(shop)) == 1, "what is paid renews"


def test_what_ends_for_want_of_payment_is_what_that_invoice_charges(shop: Shop) -> None:
    who = shop.customer(card="declined")
    changed, left = shop.monthly(who), shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    collect(shop)
    go_to(shop, date(2026, 4, 3))
    shop.order(who, want(changed, shop.catalogue.plus, 5), payment_method_id=add_card(shop, who))
    for day in (4, 7, 10):
        go_to(shop, date(2026, 4, day))
        collect(shop)
    assert (where(shop, changed), where(shop, left)) == (Standing.ACTIVE, Standing.EXPIRED)
    [expired] = shop.mails("subscription-expired")
    assert len(expired.payload["products"]) == 1


def test_a_bank_that_wants_a_confirmation_counts_as_a_failure_and_leaves_nothing_open(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    [failed] = collect(shop)
    assert (failed.state, failed.next_try_on) == ("failed", date(2026, 4, 4))
    assert where(shop, subscription) is Standing.PAST_DUE
    assert shop.rows(Collection)[0].last_reason == "needs_confirmation"


def test_an_account_without_a_card_is_told(shop: Shop) -> None:
    shop.monthly(shop.customer(card=None))
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    assert [one.state for one in collect(shop)] == ["failed"]
    assert shop.mails("payment-failed")[0].payload["reason"] == "no_card"


def test_a_cancelled_subscription_ends_instead(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    go_to(shop, date(2026, 4, 1))
    assert renew(shop) == []
    assert shop.subscription(subscription).ended_on == date(2026, 4, 1)
    assert len(shop.mails("subscription-ended")) == 1
    assert renew(shop) == []


@pytest.mark.parametrize("approved", [True, False])
def test_a_cancelled_subscription_waits_for_the_order_that_takes_it_back(shop: Shop, approved: bool) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    go_to(shop, date(2026, 3, 31), 22)
    shop.later(minutes=50)
    placed = shop.order(who, want(subscription, shop.catalogue.plus, 5))
    shop.later(minutes=20)  # past midnight in Lisbon
    assert renew(shop) == []
    shop.answer_bank(placed.reference, approved=approved)
    shop.resume(placed.reference)
    renew(shop)
    ended = (None, None, 0) if approved else (date(2026, 4, 1), date(2026, 4, 1), 1)
    account = shop.rows(Account, id=who.id)[0]
    mails = len(shop.mails("subscription-ended"))
    assert (shop.subscription(subscription).ended_on, account.expired_on, mails) == ended


def test_an_account_with_an_order_on_its_way_is_passed_over(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    go_to(shop, date(2026, 3, 31), 23)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    go_to(shop, date(2026, 4, 1), 0)
    assert renew(shop) == [Skipped(who.id)]


@pytest.mark.parametrize("approved", [True, False])
def test_nothing_ends_while_the_invoice_is_being_paid(shop: Shop, approved: bool) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who)
    for day in (1, 4, 7):
        go_to(shop, date(2026, 4, day))
        renew(shop)
        collect(shop)
    go_to(shop, date(2026, 4, 10))
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    card = shop.processor.issue_card("needs_confirmation", expiry_month=12, expiry_year=2030)
    wish = PayRequest(
        who.id, who.person_id, "late", invoice.name, euros(PERIOD), "/", card=TypedCard(card.token, "Visa")
    )
    tried = pay(shop.database, shop.processor, shop.clock.now, wish)
    assert isinstance(tried, Tried)
    assert tried.state is OrderState.AWAITING_CONFIRMATION
    assert collect(shop) == []
    assert where(shop, subscription) is Standing.PAST_DUE
    shop.answer_bank(tried.reference, approved=approved)
    settling.resume(shop.database, shop.processor, shop.clock.now, tried.reference)
    assert [one.state for one in collect(shop)] == ([] if approved else ["given_up"])
    assert where(shop, subscription) is (Standing.ACTIVE if approved else Standing.EXPIRED)
    assert len(shop.mails("subscription-expired")) == (0 if approved else 1)


def test_nobody_pays_a_cent_under_the_key_of_a_collection_and_is_left_in_peace(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    key = f"collect-{invoice.id}-1"
    cent = PayRequest(who.id, who.person_id, key, invoice.name, euros(1), "/", who.method_id)
    assert pay(shop.database, shop.processor, shop.clock.now, cent) == KeyReused()
    assert [one.state for one in collect(shop)] == ["paid"]
    assert shop.captured() == {"EUR": PERIOD}


def test_a_credit_note_stands_on_the_purchase_order_and_the_renewal_still_goes_by_the_last_one(
    shop: Shop,
) -> None:
    desk = QuoteDesk(shop)
    who = desk.customer(invoice_terms_days=30, card=None)
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.purchase_order_rule = LimitRule.HOLD
        first, last = (factories.a_purchase_order(session, account, authorised=10**7).id for _ in range(2))
    subscription = desk.contract(who, seats=10, began=date(2025, 4, 1))
    for seats, po in ((12, first), (14, last)):
        number = desk.sent(item(subscription, shop.catalogue.standard, seats), who=who)
        assert isinstance(desk.accept(number, who, on_invoice=True, purchase_order_id=po), Accepted)
    wrong = shop.rows(Invoice, purchase_order_id=first)[0]
    line = shop.rows(InvoiceLine, invoice_id=wrong.id)[0]
    wish = credit_notes.CreditWish(wrong.name, {line.id: euros(line.amount_minor)}, "It was promised.")
    with shop.database.write() as session:
        about = (session, desk.manager, who.id, wish, CreditLimits({}))
        planned = credit_notes.plan(*about, shop.clock.now())
        assert isinstance(planned, credit_notes.Plan)
        done = credit_notes.write(*about, planned.digest, shop.clock.now())
    assert isinstance(done, credit_notes.Written)
    note = shop.rows(Invoice, name=done.name)[0]
    assert (note.purchase_order_id, note.purchase_order_number) == (first, wrong.purchase_order_number)
    with shop.database.read() as session:
        used = purchase_orders.one_of_account(session, who.id, first, shop.clock.now()).used
    assert used == euros(0)
    go_to(shop, date(2026, 4, 1))
    [renewed] = renew(shop)
    assert isinstance(renewed, Renewed)
    assert shop.rows(Invoice, name=renewed.invoice)[0].purchase_order_id == last


@pytest.mark.parametrize(
    ("rule", "billed", "named"),
    [
        pytest.param(LimitRule.HOLD, False, False, id="hold the draft"),
        pytest.param(LimitRule.WARN, True, True, id="warn and bill"),
        pytest.param(LimitRule.BILL_WITHOUT, True, False, id="bill without"),
    ],
)
def test_a_renewal_on_a_purchase_order_that_ended_goes_by_the_accounts_rule(
    shop: Shop, rule: LimitRule, billed: bool, named: bool
) -> None:
    desk = QuoteDesk(shop)
    who = desk.customer(invoice_terms_days=30, card=None)
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.purchase_order_rule = rule
        po = factories.a_purchase_order(session, account, valid_to=date(2026, 3, 15)).id
    subscription = desk.contract(who, seats=10, began=date(2025, 4, 1))
    number = desk.sent(item(subscription, shop.catalogue.standard, 12), who=who)
    assert isinstance(desk.accept(number, who, on_invoice=True, purchase_order_id=po), Accepted)
    go_to(shop, date(2026, 4, 1))
    outcomes = renew(shop)
    assert collect(shop) == []
    if not billed:
        assert outcomes == [Held(who.id, (subscription,))]
        assert len(shop.mails("renewal-held")) == 1
        assert shop.subscription(subscription).period_end == date(2026, 4, 1)
        return
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    assert (invoice.due_on, invoice.purchase_order_id == po) == (date(2026, 5, 1), named)


def test_it_renews_by_the_calendar_of_the_account(shop: Shop) -> None:
    shop.monthly(shop.customer(time_zone="Pacific/Auckland"))
    go_to(shop, date(2026, 3, 31), 12)  # one in the morning of 1 April over there
    assert len(renew(shop)) == 1


@pytest.mark.parametrize("boundary", ["before", "after"])
def test_a_power_cut_around_the_charge_charges_once(shop: Shop, boundary: str) -> None:
    shop.monthly(shop.customer())
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    faulty = FaultyProcessor(shop.processor)
    setattr(faulty, boundary, cut)
    with pytest.raises(PowerCut):
        list(collect_due(shop.database, faulty, shop.clock.now))
    attempt = shop.rows(PaymentAttempt)[0]
    charges.resume(shop.database, shop.processor, shop.clock.now, attempt.reference)
    collect(shop)
    assert shop.captured() == {"EUR": PERIOD}
    assert len(shop.rows(Payment, kind="card")) == 1
    assert [(one.state, one.tries) for one in shop.rows(Collection)] == [("paid", 0)]
    assert shop.mails("payment-failed") == shop.mails("payment-not-made") == []


def test_a_processor_that_never_heard_of_it_is_no_failure_of_the_card(shop: Shop) -> None:
    shop.monthly(shop.customer())
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    deaf = FaultyProcessor(shop.processor, before=cut)
    for _ in range(3):
        with pytest.raises(PowerCut):
            list(collect_due(shop.database, deaf, shop.clock.now))
        attempt = shop.rows(PaymentAttempt)[-1]
        charges.resume(shop.database, shop.processor, shop.clock.now, attempt.reference)
    assert len({one.idempotency_key for one in shop.rows(PaymentAttempt)}) == 3
    assert [(one.state, one.tries) for one in shop.rows(Collection)] == [("waiting", 0)]
    assert shop.mails("payment-failed") == shop.mails("payment-not-made") == []
    assert [one.state for one in collect(shop)] == ["paid"]
    assert shop.captured() == {"EUR": PERIOD}


def test_a_decline_whose_answer_was_lost_is_told_once(shop: Shop) -> None:
    shop.monthly(shop.customer(card="declined"))
    go_to(shop, date(2026, 4, 1))
    renew(shop)
    lost = FaultyProcessor(shop.processor, lose_charge=True)
    assert list(collect_due(shop.database, lost, shop.clock.now)) == []
    attempt = shop.rows(PaymentAttempt)[-1]
    charges.resume(shop.database, shop.processor, shop.clock.now, attempt.reference)
    assert [one.state for one in collect(shop)] == ["failed"]
    assert (len(shop.mails("payment-failed")), len(shop.mails("payment-not-made"))) == (1, 0)
