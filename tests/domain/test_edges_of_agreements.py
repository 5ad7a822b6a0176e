"""Edges of what is agreed with customers: the same price again, the least price, what has to come to its end first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.changes import Agreed, Assigned, Audience, Refusal, refusal
from portal.shared.domain.money import Money
from portal.shared.domain.moving import Agreed as AgreedWithAccount
from portal.shared.domain.moving import Held, Obstacle, Situation, plan
from portal.shared.domain.people import claims
from portal.shared.domain.quotes import (
    LONGEST_VALIDITY,
    SHORTEST_VALIDITY,
    VALIDITY_DAYS,
    IllegalQuoteMoveError,
    PriceKind,
    PriceProblem,
    PriceWish,
    QuoteEvent,
    QuoteState,
    agreed_price,
)
from portal.shared.domain.renewals import RENEWING
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.taxes import DUE, TaxKind
from portal.shared.domain.terms import Offer, Plan, Terms, WantedTerms
from tests.domain.strategies import rule

MONTHLY = Frequency.MONTHLY
PRICE = Money(1_500, "EUR")
TODAY = date(2026, 3, 10)
BOUGHT = Subscription(
    id=7,
    account_id=1,
    product="assist",
    plan_id=1,
    seats=5,
    terms=Terms(1, 5, MONTHLY, PRICE),
    period=Period(date(2026, 3, 1), date(2026, 4, 1)),
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)
OFFER = Offer("assist", (Plan(1, "assist", "basic", 1, 1, 100),), {(1, MONTHLY): Money(2_000, "EUR")})


@pytest.mark.parametrize(
    ("unit", "keeps_date", "seats", "said"),
    [
        pytest.param(PRICE, True, 5, Refusal.NOTHING_CHANGES, id="the same price to the same day"),
        pytest.param(PRICE, False, 5, None, id="the same price in a new period"),
        pytest.param(Money(1_400, "EUR"), True, 5, None, id="another price to the same day"),
        pytest.param(Money(1_400, "EUR"), False, 5, None, id="another price in a new period"),
        pytest.param(PRICE, True, 6, None, id="a seat more at the same price"),
    ],
)
def test_what_was_agreed_changes_something_or_is_refused(
    unit: Money, said: Refusal | None, *, keeps_date: bool, seats: int
) -> None:
    wanted, nobody = WantedTerms(1, seats, MONTHLY), Assigned(frozenset(), frozenset())
    agreed = Agreed(unit, keeps_date)
    assert refusal(BOUGHT, Standing.ACTIVE, wanted, OFFER, Audience.REP, nobody, 0, agreed) is said


@pytest.mark.parametrize(
    ("frequency", "minor", "good"),
    [
        (Frequency.MONTHLY, 31, True),
        (Frequency.MONTHLY, 30, False),
        (Frequency.ANNUAL, 366, True),
        (Frequency.ANNUAL, 365, False),
    ],
)
def test_the_least_price_is_one_minor_unit_a_day(frequency: Frequency, minor: int, *, good: bool) -> None:
    found = agreed_price(PriceWish(PriceKind.PRICE, minor), Money(5_000, "EUR"), None, frequency)
    assert found == (Money(minor, "EUR") if good else PriceProblem.PRICE_TOO_LOW)


def test_a_quote_is_good_for_a_week_unless_somebody_says_otherwise() -> None:
    assert (VALIDITY_DAYS, SHORTEST_VALIDITY, LONGEST_VALIDITY) == (7, 1, 90)


def test_a_move_of_a_quote_that_cannot_be_says_which_and_from_where() -> None:
    error = IllegalQuoteMoveError(QuoteState.DRAFT, QuoteEvent.ACCEPT)
    assert str(error) == "accept is no move of a quote that is draft"


def situation(*held: Held, kind: AccountType = AccountType.ONLINE) -> Situation:
    return Situation(
        account_id=1,
        type=kind,
        agreed=AgreedWithAccount(rep_id=3),
        today=TODAY,
        balance=Money(0, "EUR"),
        subscriptions=held,
        cart=(),
        quotes=(),
        purchase_orders=(),
        requests=(),
        has_method=True,
        order_on_its_way=False,
        payment_on_its_way=False,
    )


def in_the_way(here: Situation) -> list[tuple[Obstacle, int | None]]:
    """What keeps the account from moving, and which subscription."""
    return [(one.obstacle, one.subscription_id) for one in plan(here, AgreedWithAccount(rep_id=3)).hindrances]


def test_a_planned_change_has_to_be_carried_out_or_dropped_before_an_account_moves() -> None:
    quiet, planned = Held(BOUGHT, PRICE, rule(0)), Held(replace(BOUGHT, id=8), PRICE, rule(0), planned=True)
    assert in_the_way(situation(quiet)) == []
    assert in_the_way(situation(quiet, planned)) == [(Obstacle.CHANGE_PLANNED, 8)]


def test_a_contract_holds_an_account_until_its_last_period_begins() -> None:
    bound = replace(BOUGHT, contract_end=date(2026, 7, 1))
    here = situation(Held(bound, PRICE, rule(0)), kind=AccountType.CORPORATE)
    assert in_the_way(here) == [(Obstacle.CONTRACT_RUNS, 7)]
    last = replace(bound, period=Period(date(2026, 3, 1), date(2026, 7, 1)))
    assert in_the_way(situation(Held(last, PRICE, rule(0)), kind=AccountType.CORPORATE)) == []


def test_a_vat_number_without_its_country_is_not_matched_by_its_end() -> None:
    assert claims.same_number("PT 500.000.123", "PT500000123")
    assert claims.same_number("500000123", "PT500000123")
    assert claims.same_number("500000123", "500000123")
    assert not claims.same_number("0000123", "500000123")
    assert not claims.same_number("0000123", "PT500000123")


def test_half_an_amount_is_read_behind_the_last_sign_only() -> None:
    assert claims.same_amount("1.234,5", 123_450)
    assert claims.same_amount("1,234.50", 123_450)
    assert not claims.same_amount("1.234,5", 12_345)
    assert not claims.same_amount("1.23", 1_230)


def test_how_many_claims_a_day_and_how_long_one_waits_to_be_confirmed() -> None:
    assert claims.CLAIMS_A_DAY_FROM_ONE_NETWORK == 5
    assert claims.CLAIMS_A_DAY_FOR_ONE_ADDRESS == 3
    assert claims.CLAIMS_A_DAY == 200
    assert timedelta(days=2) == claims.TO_CONFIRM


@pytest.mark.parametrize("where", Standing)
def test_what_runs_and_was_not_cancelled_renews_also_while_a_payment_is_late(where: Standing) -> None:
    assert (where in RENEWING) is (where in {Standing.ACTIVE, Standing.PAST_DUE})


@pytest.mark.parametrize("kind", TaxKind)
def test_a_kind_of_tax_is_due_or_it_is_not(kind: TaxKind) -> None:
    due = {TaxKind.CHARGED, TaxKind.DOMESTIC, TaxKind.CUSTOMER_COUNTRY, TaxKind.PENDING}
    assert (kind in DUE) is (kind in due)
