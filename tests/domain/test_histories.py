"""Whole histories, thought up at random, kept twice: by our rules and by the oracle's own book.

Months and years of changes (alone and several in one cart), seats added in mid-term, renewals that are paid or fail,
late payments and cancellations. After every step both say the same, and at the end every cent has a home:
cash in − balance + what is still owed = what was consumed + what is open, tax included.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period, period_containing
from portal.shared.domain.money import Money, zero
from portal.shared.domain.proration import ChargedLine, Share, charge, coterm, draw, swap
from portal.shared.domain.summary import (
    LineKind,
    OpenLine,
    OrderSummary,
    PricedChange,
    Standpoint,
    summarise,
)
from portal.shared.domain.taxes import MILLION, TaxRule
from portal.shared.domain.terms import Terms
from tests.domain import oracle
from tests.domain.strategies import currencies, days, frequencies, periods, rates, rule, seats, units

SUBSCRIPTIONS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Change:
    """New terms for some subscriptions, ordered together."""

    terms: dict[int, tuple[int, int, Frequency]]
    rate: int


@dataclass(frozen=True, slots=True)
class AddSeats:
    """Seats added up to the renewal date, billed at once."""

    subscription: int
    added: int
    paid: bool


@dataclass(frozen=True, slots=True)
class Cancel:
    """No renewal any more; nothing is given back."""

    subscription: int


@dataclass(frozen=True, slots=True)
class PayDebts:
    """A good card settles what is overdue."""


Event = Change | AddSeats | Cancel | PayDebts


@dataclass(frozen=True, slots=True)
class Step:
    """Some days go by, renewals included; then something happens."""

    days: int
    renewals_are_paid: bool
    event: Event


@dataclass(frozen=True, slots=True)
class History:
    """An account's life."""

    currency: str
    start: date
    rate: int
    steps: tuple[Step, ...]


subscriptions = st.sampled_from(SUBSCRIPTIONS)
terms = st.tuples(units, seats, frequencies)
events = st.one_of(
    st.builds(Change, st.dictionaries(subscriptions, terms, min_size=1), rates),
    st.builds(Change, st.dictionaries(st.just(1), terms, min_size=1), rates),
    st.builds(AddSeats, subscriptions, st.integers(1, 40), st.booleans()),
    st.builds(Cancel, subscriptions),
    st.builds(PayDebts),
)
steps = st.builds(
    Step,
    st.one_of(st.just(0), st.integers(0, 35), st.integers(0, 35), st.integers(0, 370)),
    st.booleans(),
    events,
)
histories = st.builds(
    History,
    currencies,
    days,
    rates,
    st.lists(steps, min_size=2, max_size=14).map(tuple),
)


@dataclass(slots=True)
class Held:
    """What an account has of one product."""

    terms: Terms
    period: Period
    anchor: date
    cancelled: bool = False


@dataclass(slots=True)
class House:
    """The account as our rules keep it: what the services do with the rules, without a database."""

    currency: str
    tax: TaxRule
    balance: Money
    cash: Money
    lines: list[tuple[int, OpenLine]] = field(default_factory=list)
    unpaid: dict[int, Money] = field(default_factory=dict)
    held: dict[int, Held] = field(default_factory=dict)
    invoices: int = 0

    def change(self, today: date, event: Change) -> OrderSummary:
        self.tax = rule(event.rate)
        self.invoices += 1
        changes = [self._priced(subscription, wanted) for subscription, wanted in event.terms.items()]
        summary = summarise(Standpoint(1, today, self.balance, self.tax, self.unpaid), changes)
        for line in summary.lines:
            if line.kind is LineKind.CREDIT:
                assert line.credits_line is not None
                self._give_back(line.credits_line, line.amount, line.tax)
            else:
                self._book(line.subscription_id, Share(line.amount, line.service, line.days, line.of_days))
        for item in summary.items:
            self.held[item.subscription_id] = Held(item.after, item.period, item.period.start)
        for relief in summary.reliefs:
            self._settle(relief.invoice_id, relief.amount)
        self.balance = summary.balance_after
        self.cash += summary.total_due
        return summary

    def add_seats(self, today: date, event: AddSeats) -> None:
        held = self.held[event.subscription]
        self.invoices += 1
        gross = self._book(event.subscription, coterm(held.terms.unit, event.added, held.period, today))
        held.terms = replace(held.terms, seats=held.terms.seats + event.added)
        self._bill(gross, paid=event.paid)

    def renew(self, subscription: int, *, paid: bool) -> None:
        held = self.held[subscription]
        held.period = period_containing(held.anchor, held.terms.frequency.months, held.period.end)
        self.invoices += 1
        whole = charge(held.terms.unit, held.terms.seats, held.period, held.period)
        self._bill(self._book(subscription, whole), paid=paid)

    def pay(self) -> None:
        for invoice, rest in list(self.unpaid.items()):
            self.cash += rest
            self._settle(invoice, rest)

    def due(self, until: date) -> tuple[date, int] | None:
        """The next renewal up to a day."""
        waiting = [
            (held.period.end, subscription)
            for subscription, held in self.held.items()
            if not held.cancelled and held.period.end <= until
        ]
        return min(waiting, default=None)

    def _priced(self, subscription: int, wanted: tuple[int, int, Frequency]) -> PricedChange:
        unit, count, frequency = wanted
        before = self.held.get(subscription)
        return PricedChange(
            subscription_id=subscription,
            product=f"product-{subscription}",
            before=before.terms if before else None,
            after=Terms(1, count, frequency, Money(unit, self.currency)),
            open_lines=tuple(line for owner, line in self.lines if owner == subscription),
            takes_back_cancellation=before is not None and before.cancelled,
            release=(),
        )

    def _book(self, subscription: int, share: Share) -> Money:
        tax = self.tax.on(share.amount)
        line = OpenLine(
            id=len(self.lines),
            invoice_id=self.invoices,
            plan_id=1,
            seats=1,
            unit=share.amount,
            charged=ChargedLine(share.amount, share.service, zero(self.currency)),
            tax_rate=self.tax.rate,
            tax=tax,
            tax_credited=zero(self.currency),
        )
        self.lines.append((subscription, line))
        return share.amount + tax

    def _give_back(self, number: int, amount: Money, tax: Money) -> None:
        owner, line = self.lines[number]
        charged = replace(line.charged, credited=line.charged.credited + amount, closed=True)
        self.lines[number] = (owner, replace(line, charged=charged, tax_credited=line.tax_credited + tax))

    def _bill(self, gross: Money, *, paid: bool) -> None:
        used = draw(self.balance, gross)
        self.balance -= used
        if paid:
            self.cash += gross - used
        elif gross - used:
            self.unpaid[self.invoices] = gross - used

    def _settle(self, invoice: int, amount: Money) -> None:
        self.unpaid[invoice] -= amount
        if not self.unpaid[invoice]:
            del self.unpaid[invoice]


class Life:
    """Both books, led through one history."""

    def __init__(self, history: History) -> None:
        nothing = zero(history.currency)
        self.today = history.start
        self.house = House(history.currency, rule(history.rate), nothing, nothing)
        self.book = oracle.Book()
        self.rate = Fraction(history.rate, MILLION)
        self.renewals: dict[int, tuple[date, int, int]] = {}  # anchor, months of a period, periods so far
        self.prices: dict[int, tuple[int, int]] = {}  # price a seat, seats

    def pass_days(self, count: int, *, paid: bool) -> None:
        until = self.today + timedelta(days=count)
        while (next_one := self.house.due(until)) is not None:
            on, subscription = next_one
            anchor, months, done = self.renewals[subscription]
            assert on == oracle.months_after(anchor, months * done)
            self.house.renew(subscription, paid=paid)
            end = oracle.months_after(anchor, months * (done + 1))
            self.renewals[subscription] = (anchor, months, done + 1)
            unit, count_of_seats = self.prices[subscription]
            self.book.invoices += 1
            gross = sum(self.book.charge(subscription, unit * count_of_seats, on, end, self.rate))
            self.book.bill(gross, paid=paid)
        self.today = until

    def happen(self, event: Event) -> None:
        match event:
            case Change():
                self._change(event)
            case AddSeats():
                self._add_seats(event)
            case Cancel() if event.subscription in self.house.held:
                self.house.held[event.subscription].cancelled = True
            case PayDebts():
                self.house.pay()
                self.book.pay()

    def _change(self, event: Change) -> None:
        self.rate = Fraction(event.rate, MILLION)
        bought = [
            oracle.Bought(subscription, unit * count, frequency.months)
            for subscription, (unit, count, frequency) in event.terms.items()
        ]
        summary, done = self.house.change(self.today, event), self.book.change(self.today, bought, self.rate)
        for subscription, (unit, count, frequency) in event.terms.items():
            self.renewals[subscription] = (self.today, frequency.months, 1)
            self.prices[subscription] = (unit, count)
        back = {
            line.credits_line: (line.amount.minor, line.tax.minor)
            for line in summary.lines
            if line.credits_line is not None
        }
        assert back == done.given_back
        assert {found.invoice_id: found.amount.minor for found in summary.reliefs} == done.lowered
        assert (summary.total_due.minor, summary.balance_after.minor) == (done.due, done.balance)

    def _add_seats(self, event: AddSeats) -> None:
        held = self.house.held.get(event.subscription)
        if held is None or held.period.end <= self.today:
            return
        self.house.add_seats(self.today, event)
        anchor, months, done = self.renewals[event.subscription]
        start = oracle.months_after(anchor, months * (done - 1))
        end = oracle.months_after(anchor, months * done)
        unit, count = self.prices[event.subscription]
        self.prices[event.subscription] = (unit, count + event.added)
        exact = oracle.part(
            unit * event.added, oracle.days_left(start, end, self.today), oracle.days_left(start, end, start)
        )
        self.book.invoices += 1
        gross = sum(self.book.charge(event.subscription, oracle.nearest(exact), self.today, end, self.rate))
        self.book.bill(gross, paid=event.paid)

    def compare(self) -> None:
        """Both books are one, and every minor unit that came in is somewhere."""
        house, book = self.house, self.book
        assert (house.cash.minor, house.balance.minor) == (book.cash, book.balance)
        owed = {invoice: rest for invoice, rest in book.unpaid.items() if rest}
        assert {invoice: rest.minor for invoice, rest in house.unpaid.items()} == owed
        kept = consumed = running = 0
        for (_, ours), theirs in zip(house.lines, book.lines, strict=True):
            charged = ours.charged
            assert (charged.amount.minor, charged.credited.minor) == (theirs.amount, theirs.given_back)
            assert (ours.tax.minor, ours.tax_credited.minor) == (theirs.tax, theirs.tax_given_back)
            assert (charged.service.start, charged.service.end) == (theirs.start, theirs.end)
            kept += theirs.kept + theirs.tax_kept
            if theirs.is_running(self.today):
                running += theirs.amount + theirs.tax
            else:
                consumed += theirs.kept + theirs.tax_kept
        assert kept == consumed + running
        assert house.cash.minor - house.balance.minor + sum(owed.values()) == consumed + running

    def finish(self) -> None:
        """Let everything run out: then what was kept of each line is the exact price of its days, rounded."""
        for held in self.house.held.values():
            held.cancelled = True
        self.pass_days(800, paid=True)
        self.compare()
        for line in self.book.lines:
            assert abs(line.kept - line.used_exactly()) <= oracle.HALF
            assert line.stopped_on is not None or line.kept == line.amount


@settings(max_examples=120)
@given(histories)
def test_every_minor_unit_has_a_home_through_a_whole_history(history: History) -> None:
    life = Life(history)
    for step in history.steps:
        life.pass_days(step.days, paid=step.renewals_are_paid)
        life.happen(step.event)
        life.compare()
    life.finish()


@dataclass(frozen=True, slots=True)
class Corporate:
    """Mid-term changes with the renewal date kept: added seats, or other terms for all seats."""

    period: Period
    price: int
    moves: tuple[tuple[int, int, int | None], ...]  # day of the period, seats, and a price when it is a swap


@st.composite
def corporate_histories(draw: st.DrawFn) -> Corporate:
    found = draw(periods())
    moves = draw(
        st.lists(
            st.tuples(st.integers(0, found.days), st.integers(1, 60), st.one_of(st.none(), units)), max_size=9
        )
    )
    return Corporate(found, draw(units), tuple(sorted(moves, key=lambda move: move[0])))


@settings(max_examples=150)
@given(corporate_histories())
def test_co_termed_and_swapped_lines_keep_the_renewal_date_and_the_price_of_every_day(
    history: Corporate,
) -> None:
    period, unit = history.period, Money(history.price, "EUR")
    lines = [ChargedLine(unit, period, zero("EUR"))]
    book = oracle.Book()
    book.charge(1, unit.minor, period.start, period.end, Fraction(0))
    for day, count, price in history.moves:
        today = period.start + timedelta(days=day)
        left = oracle.days_left(period.start, period.end, today)
        if price is None:
            share = coterm(unit, count, period, today)
        else:
            unit = Money(price, "EUR")
            swapped = swap(lines, unit, count, period, today)
            share = swapped.charge
            for number, back in enumerate(swapped.credits):
                old = lines[number]
                lines[number] = replace(
                    old, credited=old.credited + back.amount, closed=old.closed or back.days > 0
                )
            for theirs in book.lines:
                if theirs.is_running(today):
                    book._stop(theirs, today)
        assert share.service == Period(today, period.end)
        lines.append(ChargedLine(share.amount, share.service, zero("EUR")))
        exact = oracle.part(unit.minor * count, left, period.days)
        book.charge(1, oracle.nearest(exact), today, period.end, Fraction(0))
    for ours, kept in zip(lines, book.lines, strict=True):
        assert (ours.amount.minor, ours.remainder.minor) == (kept.amount, kept.kept)
        if kept.start < kept.end:
            assert abs(kept.kept - kept.used_exactly()) <= oracle.HALF
