"""The arithmetic of the published laws once more, written on its own: exact fractions, and days counted one by one.

Nothing here comes from `portal`; a test says so. It is slow and plain on purpose, and rounds in one place only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)


def nearest(exact: Fraction) -> int:
    """The whole number nearest to an exact amount; halves go away from zero."""
    return floor(exact + HALF) if exact >= 0 else -floor(-exact + HALF)


def each_day(start: date, end: date) -> Iterator[date]:
    """Every day from the first up to, and without, the last."""
    day = start
    while day < end:
        yield day
        day += timedelta(days=1)


def days_left(start: date, end: date, today: date) -> int:
    """How many of these days have not begun, today's included: it belongs to what comes next."""
    return sum(1 for day in each_day(start, end) if day >= today)


def months_after(anchor: date, months: int) -> date:
    """Walk from month to month, then find the anchor's day there, or the last day that the month has."""
    first = anchor.replace(day=1)
    for _ in range(months):
        while True:
            first += timedelta(days=1)
            if first.day == 1:
                break
    best = first
    for day in each_day(first, first + timedelta(days=31)):
        if day.month == first.month and day.day <= anchor.day:
            best = day
    return best


def part(amount: int, days: int, of_days: int) -> Fraction:
    """The exact part of an amount that falls on some of its days."""
    return Fraction(amount) * Fraction(days, of_days)


@dataclass(slots=True)
class BookLine:
    """A charge, and what became of it."""

    subscription: int
    invoice: int
    amount: int
    start: date
    end: date
    rate: Fraction
    tax: int
    given_back: int = 0
    tax_given_back: int = 0
    stopped_on: date | None = None

    @property
    def kept(self) -> int:
        return self.amount - self.given_back

    @property
    def tax_kept(self) -> int:
        return self.tax - self.tax_given_back

    def is_running(self, today: date) -> bool:
        return self.stopped_on is None and today < self.end

    def used_exactly(self) -> Fraction:
        """The exact price of the days that were used before the line was stopped, or of all its days."""
        whole = sum(1 for _ in each_day(self.start, self.end))
        stopped = self.stopped_on or self.end
        used = sum(1 for day in each_day(self.start, self.end) if day < stopped)
        return part(self.amount, used, whole)


@dataclass(frozen=True, slots=True)
class Bought:
    """New terms of one subscription: the net price of a whole period, and its length."""

    subscription: int
    price: int
    months: int


@dataclass(frozen=True, slots=True)
class Done:
    """What a change did: what came back (by line), what was charged, what left the card, what was lowered."""

    given_back: Mapping[int, tuple[int, int]]
    charged: Mapping[int, tuple[int, int]]
    due: int
    balance: int
    lowered: Mapping[int, int]


@dataclass(slots=True)
class Book:
    """One account's money in whole minor units, kept by hand."""

    lines: list[BookLine] = field(default_factory=list)
    unpaid: dict[int, int] = field(default_factory=dict)
    balance: int = 0
    cash: int = 0
    invoices: int = 0

    def change(self, today: date, bought: Iterable[Bought], rate: Fraction) -> Done:
        """Give back what is left of the old, charge whole new periods from today, and settle."""
        self.invoices += 1
        bought = list(bought)
        back: dict[int, tuple[int, int]] = {}
        lowered: dict[int, int] = {}
        purse = self.balance
        for number, line in enumerate(self.lines):
            if line.subscription not in {one.subscription for one in bought} or not line.is_running(today):
                continue
            amount, tax = self._stop(line, today)
            if not amount:
                continue
            back[number] = (amount, tax)
            lowering = min(amount + tax, self.unpaid.get(line.invoice, 0))
            if lowering:
                lowered[line.invoice] = lowered.get(line.invoice, 0) + lowering
                self.unpaid[line.invoice] -= lowering
            purse += amount + tax - lowering
        charged: dict[int, tuple[int, int]] = {}
        for one in bought:
            charged[one.subscription] = self.charge(
                one.subscription, one.price, today, months_after(today, one.months), rate
            )
        price = sum(amount + tax for amount, tax in charged.values())
        due = max(0, price - purse)
        self.balance = purse + due - price
        self.cash += due
        return Done(back, charged, due, self.balance, lowered)

    def charge(
        self, subscription: int, amount: int, start: date, end: date, rate: Fraction
    ) -> tuple[int, int]:
        """Write a line on the invoice that was opened last."""
        tax = nearest(amount * rate)
        self.lines.append(BookLine(subscription, self.invoices, amount, start, end, rate, tax))
        return amount, tax

    def bill(self, amount: int, *, paid: bool) -> None:
        """Settle the last invoice: the balance first, then cash, or leave it unpaid."""
        from_balance = min(self.balance, amount)
        self.balance -= from_balance
        if paid:
            self.cash += amount - from_balance
        elif amount > from_balance:
            self.unpaid[self.invoices] = amount - from_balance

    def pay(self) -> None:
        """Everything that is unpaid is paid now."""
        self.cash += sum(self.unpaid.values())
        self.unpaid.clear()

    def allow(self, number: int, amount: int) -> tuple[int, int]:
        """Somebody gives a part of a line back for a reason of their own; the line runs on."""
        line = self.lines[number]
        tax = line.tax_kept if amount == line.kept else min(nearest(amount * line.rate), line.tax_kept)
        line.given_back += amount
        line.tax_given_back += tax
        lowering = min(amount + tax, self.unpaid.get(line.invoice, 0))
        if lowering:
            self.unpaid[line.invoice] -= lowering
        self.balance += amount + tax - lowering
        return amount, tax

    def _stop(self, line: BookLine, today: date) -> tuple[int, int]:
        whole = sum(1 for _ in each_day(line.start, line.end))
        left = days_left(line.start, line.end, today)
        amount = min(nearest(part(line.amount, left, whole)), line.kept)
        tax = line.tax_kept if amount == line.kept else min(nearest(amount * line.rate), line.tax_kept)
        line.given_back += amount
        line.tax_given_back += tax
        line.stopped_on = today
        return amount, tax
