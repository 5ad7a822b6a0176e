"""Where a row's subscription stands is the same with and without the value that rules work with."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.subscriptions import standing
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.subscriptions.standing import as_value, standing_of

DAY = date(2026, 3, 10)
DAYS = st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))
PERHAPS = st.none() | DAYS


@given(
    bought=st.booleans(),
    ends=DAYS,
    trial_end=PERHAPS,
    ended_on=PERHAPS,
    past_due_since=PERHAPS,
    contract_end=PERHAPS,
    pending=st.booleans(),
)
def test_a_row_stands_where_its_value_stands(
    *,
    bought: bool,
    ends: date,
    trial_end: date | None,
    ended_on: date | None,
    past_due_since: date | None,
    contract_end: date | None,
    pending: bool,
) -> None:
    row = SubscriptionRow(
        id=1,
        account_id=1,
        product="notes",
        plan_id=1,
        seats=5,
        frequency=Frequency.MONTHLY if bought else None,
        unit_minor=1000 if bought else None,
        anchor=ends,
        period_start=ends - timedelta(days=30) if bought else None,
        period_end=ends if bought else None,
        trial_end=trial_end,
        ended_on=ended_on,
        past_due_since=past_due_since,
        contract_end=contract_end,
        pending_cancellation=pending,
    )
    assert standing_of(row, DAY) is standing(as_value(row, "EUR"), DAY)
