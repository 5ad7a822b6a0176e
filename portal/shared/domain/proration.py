"""Proration: sharing a price by the days it covers. One function for each of the three choices.

Every charge is a `ChargedLine`; every credit is computed from such lines, never from today's catalogue and never
from the last payment (law 3). Rules in words: `docs/proration.md`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portal.shared.domain.calendar import Frequency, Period, full_period
from portal.shared.domain.money import Money, zero


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A charge that was made: its net amount, the service it pays for, and what was given back so far.

    A line is closed once its unused days were given back: the days before them were used, and no later change gives
    them back. An allowance for another reason lowers what is left, but closes nothing.
    """

    amount: Money
    service: Period
    credited: Money
    closed: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.credited.minor <= self.amount.minor:
            raise ValueError("a line cannot be credited below nothing or beyond its amount")

    @property
    def remainder(self) -> Money:
        """What has not been credited."""
        return self.amount - self.credited

    def is_open(self, today: date) -> bool:
        """Whether a credit could still come out of the line on this day."""
        return self.remainder.minor > 0 and self.unused_days(today) > 0

    def unused_days(self, today: date) -> int:
        """Days of the line that could be given back on this day."""
        return 0 if self.closed else self.service.unused_days(today)


@dataclass(frozen=True, slots=True)
class Share:
    """An amount with the days it was shared by, so that it can explain itself."""

    amount: Money
    service: Period
    days: int
    of_days: int


@dataclass(frozen=True, slots=True)
class Reanchored:
    """Credits for the open lines, in their order, and the full new period from today."""

    credits: tuple[Share, ...]
    charge: Share


@dataclass(frozen=True, slots=True)
class Swapped:
    """Credits for the rest of the old, a charge for the rest of the new; the renewal date stays."""

    credits: tuple[Share, ...]
    charge: Share


def cap(potential: Money, amount: Money, credited: Money) -> Money:
    """A credit, limited by what was charged and not yet credited, and never negative."""
    return Money(max(0, min(potential.minor, amount.minor - credited.minor)), amount.currency)


def credit(line: ChargedLine, today: date) -> Share:
    """What the unused days of a charged line are worth today: all on its first day, nothing on its end day."""
    unused, days = line.unused_days(today), line.service.days
    service = Period(min(max(line.service.start, today), line.service.end), line.service.end)
    if unused == 0:
        return Share(zero(line.amount.currency), service, 0, max(days, 1))
    return Share(cap(line.amount.share(unused, days), line.amount, line.credited), service, unused, days)


def credit_all(lines: Iterable[ChargedLine], today: date) -> tuple[Share, ...]:
    """One credit a line, in the order of the lines; closed lines give zero."""
    return tuple(credit(line, today) for line in lines)


def charge(unit: Money, seats: int, service: Period, period: Period) -> Share:
    """A price per seat for the part of its period that is served, rounded once for the whole line.

    Raises:
        ValueError: the service lies outside the period, the period is empty, or seats or price are negative.
    """
    if seats < 0 or unit.minor < 0:
        raise ValueError("seats and prices are not negative")
    if service.start < period.start or service.end > period.end:
        raise ValueError("the service lies inside its billing period")
    return Share((unit * seats).share(service.days, period.days), service, service.days, period.days)


def reanchor(
    lines: Iterable[ChargedLine], unit: Money, seats: int, frequency: Frequency, today: date
) -> Reanchored:
    """Online changes: credit every open line, and open a full new period today at the new terms (law 4)."""
    period = full_period(today, frequency)
    return Reanchored(credit_all(lines, today), charge(unit, seats, period, period))


def coterm(unit: Money, added_seats: int, period: Period, today: date) -> Share:
    """Corporate seats added in mid-term: a line of their own up to the renewal date, which stays (law 4)."""
    return charge(unit, added_seats, _rest(period, today), period)


def swap(lines: Iterable[ChargedLine], unit: Money, seats: int, period: Period, today: date) -> Swapped:
    """Corporate changes of plan or price: credit the rest of the old, charge the rest of the new (law 4)."""
    return Swapped(credit_all(lines, today), charge(unit, seats, _rest(period, today), period))


def _rest(period: Period, today: date) -> Period:
    return Period(min(max(period.start, today), period.end), period.end)


def draw(balance: Money, total: Money) -> Money:
    """How much of a balance pays a total: balance first, then the payment method (law 6)."""
    return Money(max(0, min(balance.minor, total.minor)), total.currency)
