"""When a subscription renews, into which period, and at which price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.money import Money
from portal.shared.domain.renewals import is_due, is_overdue, next_period, renewed_terms
from portal.shared.domain.subscriptions import Subscription
from portal.shared.domain.terms import Terms

RUNNING = Subscription(
    id=1,
    account_id=1,
    product="assist",
    plan_id=1,
    seats=5,
    terms=Terms(1, 5, Frequency.MONTHLY, Money(2000, "EUR")),
    period=Period(date(2026, 2, 28), date(2026, 3, 31)),
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)


def test_the_next_period_is_counted_from_the_anchor_day() -> None:
    assert next_period(RUNNING, date(2026, 1, 31)) == Period(date(2026, 3, 31), date(2026, 4, 30))


@pytest.mark.parametrize(
    ("change", "day", "due"),
    [
        pytest.param({}, date(2026, 3, 30), False, id="the day before"),
        pytest.param({}, date(2026, 3, 31), True, id="the day it ends"),
        pytest.param({}, date(2026, 9, 1), True, id="long after"),
        pytest.param({"pending_cancellation": True}, date(2026, 3, 31), False, id="cancelled"),
        pytest.param(
            {"pending_cancellation": True, "contract_end": date(2027, 3, 31)},
            date(2026, 3, 31),
            True,
            id="cancelled, but its term runs on",
        ),
        pytest.param(
            {"pending_cancellation": True, "contract_end": date(2026, 3, 31)},
            date(2026, 3, 31),
            False,
            id="cancelled to the end of its term",
        ),
        pytest.param({"ended_on": date(2026, 3, 31)}, date(2026, 3, 31), False, id="ended"),
        pytest.param({"terms": None, "period": None}, date(2026, 3, 31), False, id="never bought"),
    ],
)
def test_what_goes_on_is_due_when_its_period_ends(change: dict[str, object], day: date, due: bool) -> None:
    assert is_due(replace(RUNNING, **change), day) is due  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "day", "overdue"),
    [
        pytest.param({}, date(2026, 3, 31), False, id="the day it ends: no day has gone by"),
        pytest.param({}, date(2026, 4, 1), True, id="the day after"),
        pytest.param({"past_due_since": date(2026, 3, 1)}, date(2026, 4, 1), True, id="past due"),
        pytest.param({"pending_cancellation": True}, date(2026, 4, 1), False, id="cancelled"),
        pytest.param({"ended_on": date(2026, 3, 31)}, date(2026, 4, 1), False, id="ended"),
        pytest.param({"terms": None, "period": None}, date(2026, 4, 1), False, id="never bought"),
    ],
)
def test_days_that_nobody_has_billed_are_overdue(change: dict[str, object], day: date, overdue: bool) -> None:
    assert is_overdue(replace(RUNNING, **change), day) is overdue  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("listed", "by_contract", "unit"),
    [
        pytest.param(2500, False, 2500, id="online: the list price of the day"),
        pytest.param(None, False, 2000, id="no longer sold: the price it had"),
        pytest.param(2500, True, 2000, id="by contract: its own price"),
    ],
)
def test_the_price_of_the_next_period(listed: int | None, by_contract: bool, unit: int) -> None:
    price = Money(listed, "EUR") if listed is not None else None
    assert renewed_terms(RUNNING, price, by_contract=by_contract).unit == Money(unit, "EUR")


def test_what_was_never_bought_has_no_next_period() -> None:
    never = replace(RUNNING, terms=None, period=None)
    with pytest.raises(ValueError, match="bought"):
        next_period(never, date(2026, 1, 31))
    with pytest.raises(ValueError, match="bought"):
        renewed_terms(never, None, by_contract=False)
