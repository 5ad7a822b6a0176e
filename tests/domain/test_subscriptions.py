"""Where a subscription stands on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, Subscription, standing, unbought
from portal.shared.domain.terms import Terms

BOUGHT = Subscription(
    id=1,
    account_id=1,
    product="remote-support",
    plan_id=2,
    seats=5,
    terms=Terms(2, 5, Frequency.MONTHLY, Money(5000, "EUR")),
    period=Period(date(2026, 6, 1), date(2026, 7, 1)),
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)
TRIAL = replace(BOUGHT, terms=None, period=None, trial_end=date(2026, 6, 15))
CANCELLED = replace(BOUGHT, pending_cancellation=True)
OVERDUE = replace(BOUGHT, past_due_since=date(2026, 6, 3))
ENDED = replace(BOUGHT, ended_on=date(2026, 6, 20))


@pytest.mark.parametrize(
    ("subscription", "day", "expected"),
    [
        pytest.param(TRIAL, 14, Standing.TRIAL_RUNNING, id="last-day-of-a-trial"),
        pytest.param(TRIAL, 15, Standing.TRIAL_ENDED, id="first-day-without-the-trial"),
        pytest.param(replace(TRIAL, trial_end=None), 15, Standing.TRIAL_ENDED, id="only-in-the-cart"),
        pytest.param(replace(TRIAL, ended_on=date(2026, 6, 2)), 3, Standing.TRIAL_ENDED, id="trial-stopped"),
        pytest.param(BOUGHT, 14, Standing.ACTIVE, id="bought"),
        pytest.param(
            replace(BOUGHT, trial_end=date(2026, 6, 2)), 14, Standing.ACTIVE, id="bought-after-a-trial"
        ),
        pytest.param(CANCELLED, 30, Standing.PENDING_CANCELLATION, id="last-day-before-the-end"),
        pytest.param(OVERDUE, 14, Standing.PAST_DUE, id="past-due"),
        pytest.param(
            replace(OVERDUE, pending_cancellation=True), 14, Standing.PAST_DUE, id="past-due-and-cancelled"
        ),
        pytest.param(ENDED, 19, Standing.ACTIVE, id="the-day-before-it-ends"),
        pytest.param(ENDED, 20, Standing.EXPIRED, id="the-day-it-ends"),
        pytest.param(
            replace(ENDED, past_due_since=date(2026, 6, 3)), 20, Standing.EXPIRED, id="ended-for-not-paying"
        ),
    ],
)
def test_where_a_subscription_stands(subscription: Subscription, day: int, expected: Standing) -> None:
    assert standing(subscription, date(2026, 6, day)) is expected


def test_a_cancelled_subscription_expires_on_the_day_it_would_have_renewed() -> None:
    assert standing(CANCELLED, date(2026, 7, 1)) is Standing.EXPIRED


@pytest.mark.parametrize(
    ("contract_end", "last_day"),
    [
        pytest.param(date(2027, 6, 1), date(2027, 5, 31), id="the-term-outlasts-the-period"),
        pytest.param(date(2026, 7, 1), date(2026, 6, 30), id="both-end-together"),
        pytest.param(date(2026, 1, 1), date(2026, 6, 30), id="the-term-is-long-over"),
    ],
)
def test_a_cancelled_contract_serves_to_the_end_of_its_term(contract_end: date, last_day: date) -> None:
    cancelled = replace(CANCELLED, contract_end=contract_end)
    assert standing(cancelled, last_day) is Standing.PENDING_CANCELLATION
    assert standing(cancelled, last_day + timedelta(days=1)) is Standing.EXPIRED
    assert cancelled.service_end == last_day + timedelta(days=1)


def test_a_term_ends_nothing_that_renews_and_begins_no_trial() -> None:
    assert standing(replace(BOUGHT, contract_end=date(2026, 6, 2)), date(2026, 6, 20)) is Standing.ACTIVE
    assert replace(TRIAL, contract_end=date(2027, 1, 1)).service_end is None


@pytest.mark.parametrize(
    ("where", "is_trial", "has_access"),
    [
        (Standing.TRIAL_RUNNING, True, True),
        (Standing.TRIAL_ENDED, True, False),
        (Standing.ACTIVE, False, True),
        (Standing.PENDING_CANCELLATION, False, True),
        (Standing.PAST_DUE, False, True),
        (Standing.EXPIRED, False, False),
    ],
)
def test_what_a_standing_means(where: Standing, is_trial: bool, has_access: bool) -> None:
    assert (where.is_trial, where.has_access) == (is_trial, has_access)


def test_what_was_never_bought_is_asked_about_as_a_trial_that_is_over() -> None:
    asked = unbought(3, "assist", subscription_id=7, plan_id=2, seats=5)
    assert (asked.account_id, asked.product, asked.id, asked.plan_id, asked.seats) == (3, "assist", 7, 2, 5)
    assert (asked.terms, asked.period, asked.trial_end, asked.contract_end) == (None, None, None, None)
    assert (asked.past_due_since, asked.ended_on, asked.pending_cancellation) == (None, None, False)
    assert standing(asked, date(2026, 6, 11)) is Standing.TRIAL_ENDED
    assert asked.service_end is None
