"""A worker looks every hour, in places that move their clocks: periods follow one another, on any server."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period, add_months, local_day
from portal.shared.domain.money import Money
from portal.shared.domain.renewals import is_due, next_period
from portal.shared.domain.subscriptions import Subscription
from portal.shared.domain.terms import Terms
from tests.support.long_form import times

# Places, and nights in which their clocks moved; in São Paulo such a day began at one, until 2019.
CHANGES = {
    "America/Sao_Paulo": (date(2017, 10, 15), date(2018, 2, 18), date(2018, 11, 4), date(2019, 2, 17)),
    "Europe/Lisbon": (date(1992, 9, 27), date(2026, 3, 29), date(2026, 10, 25), date(2028, 3, 26)),
    "America/New_York": (date(2007, 3, 11), date(2026, 3, 8), date(2026, 11, 1), date(2028, 3, 12)),
}
SERVERS = (
    "UTC",
    "America/Sao_Paulo",
    "Europe/Lisbon",
    "America/New_York",
    "Pacific/Kiritimati",
    "Pacific/Niue",
)
TWO_MONTHS = 24 * 70
NEVER_RENEWED = Subscription(
    id=1,
    account_id=1,
    product="assist",
    plan_id=1,
    seats=5,
    terms=Terms(1, 5, Frequency.MONTHLY, Money(2000, "EUR")),
    period=None,
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)


@contextmanager
def server_in(zone: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server's own clock, set to some place."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        yield
    time.tzset()


def midnight(day: date, zone: str) -> datetime:
    """When a day begins somewhere."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def lived_through(anchor: date, zone: str, hours: int = TWO_MONTHS) -> list[Period]:
    """The periods that begin while a worker looks every hour from the anchor's midnight on, each on its very day."""
    period = Period(anchor, add_months(anchor, 1))
    found, begin = [period], midnight(anchor, zone)
    for hour in range(hours):
        today = local_day(begin + timedelta(hours=hour), zone)
        if is_due(replace(NEVER_RENEWED, period=period), today):
            period = next_period(replace(NEVER_RENEWED, period=period), anchor)
            assert period.start == today, "not a day late, and never twice on one"
            found.append(period)
    return found


def proved(anchor: date, periods: list[Period]) -> None:
    """No gap, nothing twice, and the day of the anchor wherever the month has it."""
    assert len(periods) >= 2
    for number, (one, following) in enumerate(itertools.pairwise(periods)):
        assert one.start < one.end == following.start == add_months(anchor, number + 1)


@settings(max_examples=times(30, 1000))
@given(
    st.sampled_from([(zone, night) for zone, nights in CHANGES.items() for night in nights]),
    st.integers(-40, 2),
    st.sampled_from([1, 15, 28, 29, 30, 31]),
)
def test_around_every_change_of_the_clocks_periods_follow_one_another(
    change: tuple[str, date], away: int, day: int
) -> None:
    zone, night = change
    first = (night + timedelta(days=away)).replace(day=1)
    anchor = first.replace(day=min(day, (add_months(first, 1) - first).days))
    proved(anchor, lived_through(anchor, zone))


@pytest.mark.parametrize("zone", CHANGES)
def test_periods_do_not_depend_on_where_the_server_stands(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    anchors = [night - timedelta(days=31) for night in CHANGES[zone]]
    found = []
    for server in SERVERS:
        with server_in(server, monkeypatch):
            found.append([lived_through(anchor, zone) for anchor in anchors])
    assert all(one == found[0] for one in found)
    for anchor, periods in zip(anchors, found[0], strict=True):
        proved(anchor, periods)


@pytest.mark.parametrize("zone", CHANGES)
def test_a_leap_year_from_the_31st_is_twelve_periods_and_comes_back_to_the_31st(zone: str) -> None:
    anchor = date(2027, 8, 31)
    periods = lived_through(anchor, zone, hours=24 * 366)
    assert [one.end.isoformat() for one in periods] == [
        "2027-09-30",
        "2027-10-31",
        "2027-11-30",
        "2027-12-31",
        "2028-01-31",
        "2028-02-29",
        "2028-03-31",
        "2028-04-30",
        "2028-05-31",
        "2028-06-30",
        "2028-07-31",
        "2028-08-31",
    ]
    proved(anchor, periods)
    assert sum(one.days for one in periods) == 366, (
        "twelve charges for one year, no day left out and none charged twice"
    )
