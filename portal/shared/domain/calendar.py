"""The calendar of billing: half open periods of days, and months counted from an anchor day (law 2)."""

from __future__ import annotations

import calendar as _calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Frequency(StrEnum):
    """Billing frequency: how long one billing period is."""

    MONTHLY = "monthly"
    ANNUAL = "annual"

    @property
    def months(self) -> int:
        """Calendar months of one billing period."""
        return 12 if self is Frequency.ANNUAL else 1


@dataclass(frozen=True, slots=True)
class Period:
    """Days of service `[start, end)` in the account's own time zone: first day in, end day out."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period cannot end before it starts")

    @property
    def days(self) -> int:
        """Days in the period."""
        return (self.end - self.start).days

    @property
    def last_day(self) -> date:
        """The last day that is inside."""
        return self.end - timedelta(days=1)

    def unused_days(self, today: date) -> int:
        """Days not yet begun on the given day; the day of a change belongs to the new terms."""
        return max(0, (self.end - max(self.start, today)).days)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


def add_months(anchor: date, months: int) -> date:
    """The anchor day so many calendar months later, clamped to the month's end (31 Jan → 28 Feb → 31 Mar)."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    month += 1
    return date(year, month, min(anchor.day, _calendar.monthrange(year, month)[1]))


def boundaries(anchor: date, months: int) -> Iterator[date]:
    """The anchor day, then every following boundary, each counted from the anchor and never from the one before."""
    step = 0
    while True:
        yield add_months(anchor, step)
        step += months


def period_containing(anchor: date, months: int, day: date) -> Period:
    """The billing period that a day falls into, for periods of so many months from an anchor day."""
    step = ((day.year - anchor.year) * 12 + day.month - anchor.month) // months * months
    if add_months(anchor, step) > day:  # the anchor's day of that month is still to come
        step -= months
    return Period(add_months(anchor, step), add_months(anchor, step + months))


def next_boundary(anchor: date, months: int, after: date) -> date:
    """The first boundary after a day."""
    return period_containing(anchor, months, after).end


def first_boundary(start: date, anchor_day: int, months: int) -> date:
    """The first day on or after `start` that falls on the anchor day (clamped); steps are `months` long."""
    step = 0
    while True:
        year, month = divmod(start.year * 12 + start.month - 1 + step, 12)
        month += 1
        candidate = date(year, month, min(anchor_day, _calendar.monthrange(year, month)[1]))
        if candidate >= start:
            return candidate
        step += months


def full_period(today: date, frequency: Frequency) -> Period:
    """A whole new billing period that begins today."""
    return Period(today, add_months(today, frequency.months))


def local_day(instant: datetime, time_zone: str) -> date:
    """The date on the wall of a place at an instant.

    Raises:
        ValueError: the instant carries no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(ZoneInfo(time_zone)).date()


def first_instant(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins on the wall of a place."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone)).astimezone(UTC)
