"""What a price depends on beside the wish: what has ended, what is unpaid, what is kept of a contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.shared.domain.changes import Agreed, Refusal, Wanted
from portal.shared.domain.effects import Effect
from portal.shared.domain.money import Money
from portal.shared.domain.summary import SummaryItem
from portal.shared.domain.taxes import TaxKind, TaxRate, VatState
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import InvoiceLine
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import TaxExemption
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.quotes.drafting import UnpriceableError
from tests.support.factories import TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import ANNUAL, MONTHLY, Customer, Shop, want

LONG_AGO = TODAY - timedelta(days=70)


def end(shop: Shop, subscription_id: int) -> None:
    """It ended with its period, which nobody renewed."""
    with shop.database.write() as session:
        row = session.get_one(SubscriptionRow, subscription_id)
        row.ended_on = row.period_end


def the_item(priced: Priced) -> SummaryItem:
    assert priced.summary is not None, priced.refused
    (found,) = priced.summary.items
    return found


def test_what_has_ended_is_bought_anew_and_what_runs_is_changed(shop: Shop) -> None:
    who = shop.customer()
    over, running = shop.monthly(who, began=LONG_AGO), shop.monthly(who, shop.catalogue.basic)
    end(shop, over)
    renewed = the_item(shop.look(who, want(over, shop.catalogue.plus, 5), keep=False))
    changed = the_item(shop.look(who, want(running, shop.catalogue.pro, 5), keep=False))
    assert (renewed.before, renewed.effect) == (None, Effect.REANCHOR)
    assert changed.before is not None
    assert changed.before.plan_id == shop.catalogue.basic


def test_an_unpaid_invoice_keeps_back_the_renewal_it_belongs_to_and_nothing_else(shop: Shop) -> None:
    who = shop.customer()
    over = shop.past_due(who, began=LONG_AGO)
    paid, unpaid = shop.annual(who, shop.catalogue.basic), shop.past_due(who, shop.catalogue.basic)
    end(shop, over)
    wishes: list[Wanted] = [
        want(over, shop.catalogue.plus, 5),
        want(paid, shop.catalogue.pro, 6, ANNUAL),
        want(unpaid, shop.catalogue.pro, 6),
    ]
    priced = shop.look(who, *wishes, keep=False)
    assert priced.refused == {over: Refusal.UNPAID_INVOICE}
    assert priced.summary is not None
    assert {one.subscription_id for one in priced.summary.items} == {paid, unpaid}


def test_an_expired_account_begins_again_with_what_it_had_and_changes_nothing_that_runs(shop: Shop) -> None:
    who = shop.customer()
    over, tried = shop.monthly(who, began=LONG_AGO), shop.trial(who, ends=LONG_AGO)
    running = shop.annual(who, shop.catalogue.basic)
    never = _never_tried(shop, who)
    end(shop, over)
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = TODAY
    wishes = [want(one, shop.catalogue.plus, 5) for one in (over, tried)]
    wishes += [want(running, shop.catalogue.pro, 5, ANNUAL), want(never, shop.catalogue.pro, 5)]
    priced = shop.look(who, *wishes, keep=False)
    assert priced.refused == {running: Refusal.EXPIRED, never: Refusal.EXPIRED}
    assert priced.summary is not None
    assert {one.subscription_id for one in priced.summary.items} == {over, tried}


def _never_tried(shop: Shop, who: Customer) -> int:
    """A product that was put into the cart and never begun."""
    number = shop.trial(who, shop.catalogue.basic)
    with shop.database.write() as session:
        row = session.get_one(SubscriptionRow, number)
        row.trial_end, row.waiting = None, True
    return number


def test_a_quote_keeps_the_renewal_date_and_what_was_decided_about_it(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    before = shop.subscription(subscription)
    kept, anew = (
        desk.priced(desk.draft(item(subscription, shop.catalogue.standard, 12, keeps_date=keeps)))
        for keeps in (True, False)
    )
    assert kept.summary is not None
    assert anew.summary is not None
    (with_date,), (without,) = kept.summary.items, anew.summary.items
    assert (with_date.effect, with_date.period.end) == (Effect.COTERM, before.period_end)
    assert (without.effect, without.period.start) == (Effect.REANCHOR, TODAY)
    assert (with_date.takes_back_cancellation, without.takes_back_cancellation) == (False, True)


def test_what_was_agreed_is_the_price_of_this_period_and_of_the_next(shop: Shop) -> None:
    who = shop.customer()
    agreed = replace(
        want(shop.monthly(who), shop.catalogue.plus, 5), agreed=Agreed(Money(777, "EUR"), keeps_date=False)
    )
    found = the_item(shop.look(who, agreed, keep=False))
    assert found.after.unit == Money(777, "EUR")
    assert found.next_charge == Money(777 * 5 + round(777 * 5 * 0.23), "EUR")


def test_a_change_of_today_takes_back_a_cancellation_only_if_there_is_one(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    wish = want(subscription, shop.catalogue.plus, 5, MONTHLY)
    assert not the_item(shop.look(who, wish, keep=False)).takes_back_cancellation
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    assert the_item(shop.look(who, wish, keep=False)).takes_back_cancellation


def test_on_the_last_day_of_a_contract_there_is_no_rest_to_keep_a_date_for(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10, began=TODAY - timedelta(days=365))
    row = shop.subscription(subscription)
    assert row.period_end is not None
    assert row.period_end <= TODAY
    priced = desk.priced(desk.draft(item(subscription, shop.catalogue.standard, 12)))
    assert priced.summary is not None
    (one,) = priced.summary.items
    assert one.effect is Effect.REANCHOR


def test_a_quote_over_the_same_terms_is_a_change_when_its_price_or_its_date_is(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    same = item(subscription, shop.catalogue.standard, 10)
    anew = item(subscription, shop.catalogue.standard, 10, keeps_date=False)
    with pytest.raises(UnpriceableError) as kept:
        desk.draft(same)
    assert kept.value.priced.refused == {subscription: Refusal.NOTHING_CHANGES}
    changed = desk.priced(desk.draft(anew))
    assert changed.summary is not None
    assert [one.effect for one in changed.summary.items] == [Effect.REANCHOR]


def test_what_the_account_does_not_have_is_refused_and_the_rest_is_priced(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    theirs, mine = shop.monthly(stranger), shop.monthly(who)
    wishes = [want(one, shop.catalogue.plus, 5) for one in (theirs, mine)]
    priced = shop.look(who, *wishes, keep=False)
    assert priced.refused == {theirs: Refusal.UNKNOWN_PLAN}
    assert priced.summary is not None
    assert [one.subscription_id for one in priced.summary.items] == [mine]


@pytest.mark.parametrize(
    "vat_state",
    [pytest.param(VatState.VALID, id="reverse-charge"), pytest.param(VatState.NONE, id="charged")],
)
def test_a_credit_says_what_the_charge_said_about_its_tax_whatever_is_said_today(
    shop: Shop, vat_state: VatState
) -> None:
    who = shop.customer(country="DE", vat_state=vat_state)
    subscription = shop.monthly(who)
    (charged,) = shop.rows(InvoiceLine, subscription_id=subscription)
    with shop.database.write() as session:
        session.get_one(Account, who.id).country = "PT"
    priced = shop.look(who, want(subscription, shop.catalogue.plus, 5), keep=False)
    assert priced.summary is not None
    new, old = priced.summary.lines
    assert (old.tax_kind, old.tax_rate) == (
        charged.tax_kind,
        TaxRate(charged.tax_name, charged.tax_millionths),
    )
    assert (old.tax_kind is TaxKind.REVERSE_CHARGE) is (vat_state is VatState.VALID)
    assert old.exemption == charged.exemption
    assert (new.tax_kind, new.exemption) == (priced.summary.tax.kind, priced.summary.tax.exemption)


def test_a_credit_names_the_document_that_freed_its_charge_from_tax(shop: Shop) -> None:
    who = shop.customer()
    first, last = TODAY - timedelta(days=9), TODAY - timedelta(days=1)
    with shop.database.write() as session:
        row = TaxExemption(account_id=who.id, document="CERT-7", valid_from=first, valid_to=last)
        row.added_by, row.added_at = who.person_id, shop.clock.now()
        session.add(row)
    subscription = shop.monthly(who, began=first)
    priced = shop.look(who, want(subscription, shop.catalogue.plus, 5), keep=False)
    assert priced.summary is not None
    assert [(one.tax_kind, one.exemption) for one in priced.summary.lines] == [
        (TaxKind.DOMESTIC, ""),
        (TaxKind.EXEMPT, "CERT-7"),
    ]
