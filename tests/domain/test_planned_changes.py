"""Changes that are planned ahead: from which renewal, on which terms, and when they fall away."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.changes import Refusal
from portal.shared.domain.money import Money
from portal.shared.domain.planned_changes import (
    FARTHEST_MONTHS,
    Planned,
    renewal_from,
    renewal_terms,
    renewals_ahead,
)
from portal.shared.domain.subscriptions import Subscription
from portal.shared.domain.terms import Offer, Plan, Terms

DAY = date(2026, 3, 31)
ANCHOR = date(2026, 1, 31)
MONTHLY = Frequency.MONTHLY
RUNNING = Subscription(
    id=1,
    account_id=1,
    product="assist",
    plan_id=1,
    seats=5,
    terms=Terms(1, 5, MONTHLY, Money(1500, "EUR")),
    period=Period(date(2026, 2, 28), DAY),
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)
OFFER = Offer(
    "assist",
    (
        Plan(1, "assist", "basic", 1, 1, 100),
        Plan(2, "assist", "pro", 2, 3, 100),
        Plan(3, "assist", "old", 3, 1, 9),
    ),
    {(1, MONTHLY): Money(2000, "EUR"), (2, MONTHLY): Money(3000, "EUR")},
)


def terms(
    planned: Planned, held: int = 0, *, by_contract: bool = True
) -> tuple[int, int, int, Refusal | None]:
    found = renewal_terms(RUNNING, planned, OFFER, held, by_contract=by_contract)
    return found.terms.plan_id, found.terms.seats, found.terms.unit.minor, found.dropped


@pytest.mark.parametrize(
    ("plan_id", "seats", "held", "expected"),
    [
        pytest.param(None, 8, 5, (1, 8, 1500, None), id="more seats, at the price of the contract"),
        pytest.param(None, 3, 2, (1, 3, 1500, None), id="fewer seats"),
        pytest.param(2, None, 0, (2, 5, 3000, None), id="another plan, at its list price"),
        pytest.param(2, 7, 0, (2, 7, 3000, None), id="both"),
        pytest.param(None, 3, 4, (1, 4, 1500, None), id="fewer seats than are held: as many as are held"),
        pytest.param(None, 3, 5, (1, 5, 1500, Refusal.CHOOSE_SEATS), id="all of the seats are held"),
        pytest.param(3, None, 0, (1, 5, 1500, Refusal.NOT_SOLD), id="a plan without a price"),
        pytest.param(9, None, 0, (1, 5, 1500, Refusal.UNKNOWN_PLAN), id="a plan that is gone"),
        pytest.param(2, 2, 0, (1, 5, 1500, Refusal.SEATS_TOO_FEW), id="fewer seats than the plan needs"),
        pytest.param(1, 5, 0, (1, 5, 1500, Refusal.NOTHING_CHANGES), id="as it is already"),
    ],
)
def test_a_planned_change_holds_or_falls_away_and_the_rest_stays(
    plan_id: int | None, seats: int | None, held: int, expected: tuple[int, int, int, Refusal | None]
) -> None:
    assert terms(Planned(plan_id, seats, DAY), held) == expected


def test_without_a_contract_the_list_price_of_the_day_holds() -> None:
    assert terms(Planned(None, 8, DAY), by_contract=False) == (1, 8, 2000, None)


def test_more_people_than_planned_seats_are_told_of() -> None:
    found = renewal_terms(RUNNING, Planned(None, 3, DAY), OFFER, 4, by_contract=True)
    assert (found.terms.seats, found.seats_wanted) == (4, 3)


def test_without_a_plan_it_renews_as_it_is() -> None:
    assert renewal_terms(RUNNING, None, OFFER, 9, by_contract=True).terms == RUNNING.terms
    assert renewal_terms(RUNNING, None, OFFER, 9, by_contract=False).terms.unit == Money(2000, "EUR")


@given(seats=st.integers(1, 200), held=st.integers(0, 5), plan_id=st.sampled_from([None, 1, 2, 3]))
def test_nobody_who_holds_a_seat_loses_it_by_a_plan(seats: int, held: int, plan_id: int | None) -> None:
    found = renewal_terms(RUNNING, Planned(plan_id, seats, DAY), OFFER, held, by_contract=True)
    assert found.terms.seats >= held
    assert found.dropped is None or found.terms == RUNNING.terms


@pytest.mark.parametrize(
    ("day", "on"),
    [
        pytest.param(date(2026, 3, 1), DAY, id="the next one"),
        pytest.param(DAY, DAY, id="its own day"),
        pytest.param(date(2026, 4, 1), date(2026, 4, 30), id="the one after, counted from the anchor"),
        pytest.param(date(2026, 5, 1), date(2026, 5, 31), id="a later one"),
        pytest.param(date(2099, 1, 1), None, id="farther than anybody plans"),
    ],
)
def test_a_day_means_the_first_renewal_on_or_after_it(day: date, on: date | None) -> None:
    assert renewal_from(RUNNING, ANCHOR, day) == on


def test_periods_ahead_follow_each_other_without_a_gap() -> None:
    periods = list(renewals_ahead(RUNNING, ANCHOR))
    assert len(periods) == FARTHEST_MONTHS
    assert periods[0].start == DAY
    assert all(one.end == after.start for one, after in itertools.pairwise(periods))


def test_what_was_never_bought_has_nothing_ahead() -> None:
    trial = replace(RUNNING, terms=None, period=None)
    with pytest.raises(ValueError, match="bought"):
        renewal_terms(trial, None, OFFER, 0, by_contract=True)
    with pytest.raises(ValueError, match="bought"):
        renewal_from(trial, ANCHOR, DAY)
