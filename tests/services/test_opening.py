"""A subscription begins with a trial or on an invoice; both by the same summary and the same books as an order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import ledger
from portal.shared.services.subscriptions import opening
from portal.shared.services.subscriptions.standing import NotPossibleError, UnknownSubscriptionError, as_value
from tests.support.factories import NOW, SELLER
from tests.support.shop import Customer, Shop, want

TODAY = NOW.date()
IN_TEN_DAYS = TODAY + timedelta(days=10)


def begin(session: Session, shop: Shop, who: Customer, subscription: int, seats: int = 2) -> str:
    terms = WantedTerms(shop.catalogue.standard, seats, Frequency.MONTHLY)
    return opening.begin_on_invoice(
        session, who.id, subscription, terms, SELLER, IN_TEN_DAYS, shop.clock.now()
    )


def where(shop: Shop, subscription: int, day: date) -> Standing:
    return standing(as_value(shop.subscription(subscription), "EUR"), day)


def test_a_trial_runs_as_long_as_the_products_trials_do(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        trial = opening.start_trial(
            session, who.id, shop.catalogue.standard, 3, who.person_id, shop.clock.now()
        )
    row = shop.subscription(trial)
    assert row.trial_end is not None
    assert where(shop, trial, row.trial_end - timedelta(days=1)) is Standing.TRIAL_RUNNING
    assert where(shop, trial, row.trial_end) is Standing.TRIAL_ENDED


def test_a_period_on_invoice_is_owed_until_it_is_paid(shop: Shop) -> None:
    who = shop.customer()
    trial = shop.trial(who)
    with shop.database.write() as session:
        name = begin(session, shop, who, trial)
    with shop.database.read() as session:
        invoice = shop.rows(Invoice, name=name)[0]
        assert invoice.due_on == IN_TEN_DAYS
        assert unpaid_amounts(session, who.id) == {invoice.id: invoice.total_minor}
        assert ledger.verify(session) == []
    row = shop.subscription(trial)
    assert (row.period_start, row.seats, row.trial_end) == (invoice.issued_on, 2, invoice.issued_on)
    assert where(shop, trial, invoice.issued_on) is Standing.ACTIVE


def test_the_credit_of_an_unpaid_period_lowers_its_invoice_first(shop: Shop) -> None:
    who = shop.customer()
    trial = shop.trial(who)
    with shop.database.write() as session:
        begin(session, shop, who, trial)
    shop.later(days=5)
    shop.order(who, want(trial, shop.catalogue.plus, 2))
    with shop.database.read() as session:
        assert len(unpaid_amounts(session, who.id)) == 1
    assert shop.balance(who) == 0


def test_days_that_are_paid_for_are_not_billed_again(shop: Shop) -> None:
    who = shop.customer()
    running = shop.monthly(who, shop.catalogue.standard)
    with pytest.raises(NotPossibleError), shop.database.write() as session:
        begin(session, shop, who, running)


def test_a_renewal_begins_on_the_day_the_old_period_ends(shop: Shop) -> None:
    who = shop.customer()
    running = shop.monthly(who, shop.catalogue.standard)
    end = shop.subscription(running).period_end
    assert end is not None
    shop.later(days=(end - TODAY).days)
    with shop.database.write() as session:
        begin(session, shop, who, running)
        opening.note_past_due(session, who.id, running, shop.clock.now())
    row = shop.subscription(running)
    assert (row.period_start, row.past_due_since) == (end, end)
    assert where(shop, running, end) is Standing.PAST_DUE


def test_only_what_runs_can_be_past_due(shop: Shop) -> None:
    who = shop.customer()
    trial = shop.trial(who)
    with pytest.raises(NotPossibleError), shop.database.write() as session:
        opening.note_past_due(session, who.id, trial, shop.clock.now())


def test_what_is_not_sold_in_the_currency_is_not_begun(shop: Shop) -> None:
    who = shop.customer()
    trial = shop.trial(who)
    terms = WantedTerms(shop.catalogue.premium, 1, Frequency.MONTHLY)  # by the year only
    with pytest.raises(LookupError), shop.database.write() as session:
        opening.begin_on_invoice(session, who.id, trial, terms, SELLER, TODAY, shop.clock.now())


def test_another_accounts_subscription_is_none(shop: Shop) -> None:
    mine, other = shop.customer(), shop.customer()
    trial = shop.trial(other)
    with pytest.raises(UnknownSubscriptionError), shop.database.write() as session:
        begin(session, shop, mine, trial)
    assert shop.rows(SubscriptionRow, account_id=mine.id) == []


def test_a_plan_is_found_by_its_code(shop: Shop) -> None:
    with shop.database.read() as session:
        assert opening.plan_id_of(session, "assist", "plus") == shop.catalogue.plus
        with pytest.raises(LookupError):
            opening.plan_id_of(session, "assist", "nothing")
