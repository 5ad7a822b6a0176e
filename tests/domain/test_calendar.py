"""Days, months and places: what a billing period is, whatever the clock of the server says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import (
    Frequency,
    Period,
    add_months,
    boundaries,
    first_boundary,
    first_instant,
    full_period,
    local_day,
    next_boundary,
    period_containing,
)
from portal.shared.domain.money import Money, zero
from portal.shared.domain.proration import ChargedLine, credit, reanchor
from tests.domain import oracle
from tests.domain.strategies import days, frequencies

ZONES = [
    "UTC",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "Pacific/Niue",
    "Pacific/Apia",
    "America/St_Johns",
]


@pytest.fixture
def server_zones(monkeypatch: pytest.MonkeyPatch) -> Iterator[Iterator[str]]:
    """The server's own clock, set to one place after the other."""

    def walk() -> Iterator[str]:
        for zone in ZONES:
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            yield zone

    yield walk()
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        pytest.param("2027-01-31", 1, "2027-02-28", id="31-january-to-28-february"),
        pytest.param("2028-01-31", 1, "2028-02-29", id="31-january-to-29-february"),
        pytest.param("2027-01-31", 2, "2027-03-31", id="and-back-to-the-31st"),
        pytest.param("2027-01-31", 3, "2027-04-30", id="30-april"),
        pytest.param("2028-02-29", 12, "2029-02-28", id="leap-day-to-a-common-year"),
        pytest.param("2028-02-29", 48, "2032-02-29", id="leap-day-to-the-next-leap-day"),
        pytest.param("2026-12-15", 1, "2027-01-15", id="over-new-year"),
        pytest.param("2026-03-31", -1, "2026-02-28", id="backwards"),
        pytest.param("2026-06-15", 0, "2026-06-15", id="nowhere"),
    ],
)
def test_months_are_counted_from_the_anchor_day(anchor: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(anchor), months) == date.fromisoformat(expected)


@given(days, st.integers(0, 60))
def test_months_are_those_of_a_calendar_on_the_wall(anchor: date, months: int) -> None:
    assert add_months(anchor, months) == oracle.months_after(anchor, months)


def test_the_31st_is_remembered_over_short_months() -> None:
    found = islice(boundaries(date(2027, 1, 31), 1), 5)
    assert [day.isoformat() for day in found] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
        "2027-05-31",
    ]


@given(days, st.sampled_from([1, 2, 3, 12, 36]), st.integers(-900, 3000))
def test_every_day_lies_in_exactly_one_period_of_an_anchor(anchor: date, months: int, away: int) -> None:
    day = anchor + timedelta(days=away)
    period = period_containing(anchor, months, day)
    assert day in period
    assert period.start < period.end
    before = period_containing(anchor, months, period.start - timedelta(days=1))
    after = period_containing(anchor, months, period.end)
    assert before.end == period.start
    assert after.start == period.end
    assert next_boundary(anchor, months, day) == period.end


@given(days, st.sampled_from([1, 12]), st.integers(0, 60))
def test_boundaries_are_where_periods_meet(anchor: date, months: int, count: int) -> None:
    found = list(islice(boundaries(anchor, months), count + 2))
    assert period_containing(anchor, months, found[count]) == Period(found[count], found[count + 1])


@given(days, st.integers(1, 31), st.sampled_from([1, 12]))
def test_the_first_boundary_is_never_before_the_start_nor_a_period_away(
    start: date, anchor_day: int, months: int
) -> None:
    found = first_boundary(start, anchor_day, months)
    assert start <= found <= add_months(start, months) + timedelta(days=3)
    first = found.replace(day=1)
    assert found.day == min(anchor_day, (oracle.months_after(first, 1) - first).days)


@given(days, frequencies)
def test_a_full_period_begins_today_and_renews_on_the_same_day_of_the_month(
    today: date, frequency: Frequency
) -> None:
    period = full_period(today, frequency)
    assert period.start == today
    assert period.end == oracle.months_after(today, 12 if frequency is Frequency.ANNUAL else 1)


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    assert date(2026, 6, 1) in june
    assert date(2026, 6, 30) in june
    assert date(2026, 7, 1) not in june
    assert date(2026, 5, 31) not in june
    assert (june.days, june.last_day) == (30, date(2026, 6, 30))


def test_a_period_never_ends_before_it_starts() -> None:
    with pytest.raises(ValueError):
        Period(date(2026, 6, 2), date(2026, 6, 1))


@pytest.mark.parametrize(
    ("instant", "zone", "expected"),
    [
        pytest.param(
            "2026-06-01T02:30:00+00:00", "America/Sao_Paulo", "2026-05-31", id="still-may-in-sao-paulo"
        ),
        pytest.param("2026-05-31T15:00:00+00:00", "Asia/Tokyo", "2026-06-01", id="already-june-in-tokyo"),
        pytest.param("2026-03-29T00:59:59+00:00", "Europe/Lisbon", "2026-03-29", id="before-the-clock-jumps"),
        pytest.param("2026-03-29T01:00:00+00:00", "Europe/Lisbon", "2026-03-29", id="after-the-clock-jumped"),
        pytest.param(
            "2018-11-04T02:59:59+00:00", "America/Sao_Paulo", "2018-11-03", id="before-a-day-without-midnight"
        ),
        pytest.param(
            "2018-11-04T03:00:00+00:00", "America/Sao_Paulo", "2018-11-04", id="a-day-that-began-at-one"
        ),
        pytest.param(
            "2011-12-30T09:59:59+00:00", "Pacific/Apia", "2011-12-29", id="the-last-evening-in-the-east"
        ),
        pytest.param("2011-12-30T10:00:00+00:00", "Pacific/Apia", "2011-12-31", id="the-30th-that-never-was"),
        pytest.param("2026-06-01T11:59:59+14:00", "Pacific/Niue", "2026-05-31", id="two-calendars-at-once"),
    ],
)
def test_the_day_of_an_instant_is_the_day_on_the_wall_of_the_account(
    instant: str, zone: str, expected: str
) -> None:
    assert local_day(datetime.fromisoformat(instant), zone) == date.fromisoformat(expected)


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(ValueError):
        local_day(datetime(2026, 6, 1), "UTC")  # noqa: DTZ001 - the very thing that is refused


def test_same_instant_same_sum_under_every_time_zone_of_the_server(server_zones: Iterator[str]) -> None:
    instant = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)  # the night of the clock change in Europe
    found = set()
    for _ in server_zones:
        for zone in ZONES:
            today = local_day(instant, zone)
            line = ChargedLine(Money(9999, "EUR"), Period(date(2026, 3, 5), date(2026, 4, 5)), zero("EUR"))
            result = reanchor([line], Money(777, "EUR"), 3, Frequency.MONTHLY, today)
            found.add((zone, today, result))
    assert len(found) == len(ZONES)
    sums = {today: result for _, today, result in found}
    assert set(sums) == {date(2026, 3, 28), date(2026, 3, 29)}
    assert all(result == sums[today] for _, today, result in found)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.integers(0, 86_399),
    st.integers(0, 86_399),
)
def test_same_local_date_same_sum_at_every_hour_of_it_on_clock_change_days_too(
    zone: str, day: date, first: int, second: int
) -> None:
    noon = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    today = [local_day(noon + timedelta(seconds=count), zone) for count in (first, second)]
    line = ChargedLine(Money(12_345, "EUR"), full_period(day, Frequency.MONTHLY), zero("EUR"))
    sums = [credit(line, found) for found in today]
    if today[0] == today[1]:
        assert sums[0] == sums[1]
    for found, instant in zip(today, (first, second), strict=True):
        there = (noon + timedelta(seconds=instant)).astimezone(ZoneInfo(zone))
        assert found == date(there.year, there.month, there.day)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        pytest.param("Europe/Lisbon", date(2026, 3, 29), 23, id="a-day-of-23-hours"),
        pytest.param("Europe/Lisbon", date(2026, 10, 25), 25, id="a-day-of-25-hours"),
        pytest.param("Australia/Lord_Howe", date(2026, 4, 5), 24.5, id="a-day-of-24-hours-and-a-half"),
        pytest.param("Europe/Lisbon", date(2026, 6, 1), 24, id="an-ordinary-day"),
    ],
)
def test_a_day_is_a_day_however_many_hours_it_has(zone: str, day: date, hours: float) -> None:
    place = ZoneInfo(zone)
    start = datetime(day.year, day.month, day.day, tzinfo=place).astimezone(UTC)
    line = ChargedLine(Money(31_00, "EUR"), Period(day, day + timedelta(days=31)), zero("EUR"))
    last = start + timedelta(hours=hours, seconds=-1)
    assert {credit(line, local_day(at, zone)).amount.minor for at in (start, last)} == {3100}
    assert credit(line, local_day(last + timedelta(seconds=1), zone)).amount.minor == 3000


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        pytest.param("2026-06-11", "UTC", "2026-06-11T00:00", id="at-greenwich"),
        pytest.param("2026-06-11", "Europe/Berlin", "2026-06-10T22:00", id="in-summer"),
        pytest.param("2026-12-11", "Europe/Berlin", "2026-12-10T23:00", id="in-winter"),
        pytest.param("2026-06-11", "America/St_Johns", "2026-06-11T02:30", id="half-an-hour"),
        pytest.param("2026-06-11", "Pacific/Kiritimati", "2026-06-10T10:00", id="where-the-day-comes-first"),
    ],
)
def test_a_day_begins_at_its_places_own_midnight(day: str, zone: str, expected: str) -> None:
    instant = first_instant(date.fromisoformat(day), zone)
    assert instant == datetime.fromisoformat(f"{expected}+00:00")
    assert instant.tzinfo is UTC
    assert local_day(instant, zone) == date.fromisoformat(day)
