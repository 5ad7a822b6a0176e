"""Things that could happen: days, prices, lines and accounts for the property tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period, add_months
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine
from portal.shared.domain.summary import OpenLine, PricedChange, Standpoint
from portal.shared.domain.taxes import MILLION, NO_RATE, TaxKind, TaxRate, TaxRule
from portal.shared.domain.terms import Terms

# No decimals, two, three.
currencies = st.sampled_from(["JPY", "EUR", "KWD"])
# Days where calendars go wrong, mixed with any other day.
days = st.one_of(
    st.dates(date(2019, 1, 1), date(2033, 12, 31)),
    st.sampled_from(
        [
            date(2024, 2, 29),
            date(2028, 2, 29),
            date(2027, 1, 31),
            date(2027, 1, 29),
            date(2027, 12, 31),
            date(2026, 3, 29),
            date(2026, 10, 25),
            date(2023, 2, 28),
        ]
    ),
)
frequencies = st.sampled_from(Frequency)
amounts = st.one_of(st.integers(0, 50), st.integers(0, 10_000_000))
units = st.one_of(st.integers(1, 40), st.integers(1, 500_000))
seats = st.one_of(st.integers(1, 5), st.integers(1, 2_000))
rates = st.sampled_from([0, 50_000, 81_000, 190_000, 200_000, 230_000, 233_300, 255_000, 1])


def rule(millionths: int) -> TaxRule:
    """A rule that charges so many millionths."""
    return TaxRule(TaxKind.CHARGED, TaxRate("VAT", millionths)) if millionths else _untaxed()


def _untaxed() -> TaxRule:
    return TaxRule(TaxKind.REVERSE_CHARGE, NO_RATE)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    """A whole billing period, or the rest of one."""
    start = draw(days)
    end = add_months(start, draw(st.sampled_from([1, 12])))
    return Period(start + timedelta(days=draw(st.integers(0, (end - start).days - 1))), end)


@st.composite
def charged_lines(draw: st.DrawFn, currency: str = "EUR") -> ChargedLine:
    """A line on the books, part of it perhaps given back before."""
    amount = draw(amounts)
    credited = draw(st.one_of(st.just(0), st.integers(0, amount)))
    return ChargedLine(Money(amount, currency), draw(periods()), Money(credited, currency))


def day_in_or_around(period: Period) -> st.SearchStrategy[date]:
    """Any day of the period, the days before it and the days after it."""
    return st.dates(period.start - timedelta(days=3), period.end + timedelta(days=3))


def open_line(number: int, invoice: int, charged: ChargedLine, millionths: int) -> OpenLine:
    """A line of one seat with the tax that its charge had; the tax given back so far follows its amount."""
    rate = rule(millionths)
    tax = rate.on(charged.amount)
    back = min(rate.on(charged.credited).minor, tax.minor)
    if charged.credited == charged.amount:
        back = tax.minor
    return OpenLine(
        id=number,
        invoice_id=invoice,
        plan_id=1,
        seats=1,
        unit=charged.amount,
        charged=charged,
        tax_rate=rate.rate,
        tax=tax,
        tax_credited=Money(back, tax.currency),
    )


@st.composite
def open_lines(draw: st.DrawFn, currency: str, first: int, today: date) -> tuple[OpenLine, ...]:
    """What one subscription still has on the books today: often one line, sometimes several."""
    found = []
    for number in range(first, first + draw(st.integers(0, 3))):
        charged = draw(charged_lines(currency))
        start = today - timedelta(days=draw(st.integers(0, charged.service.days - 1)))
        service = Period(start, start + timedelta(days=charged.service.days))
        charged = ChargedLine(charged.amount, service, charged.credited)
        found.append(open_line(number, draw(st.integers(1, 4)), charged, draw(rates)))
    return tuple(found)


@st.composite
def changes(draw: st.DrawFn, currency: str, subscription: int, today: date) -> PricedChange:
    """Wanted terms of one subscription with its lines."""
    after = Terms(draw(st.integers(1, 4)), draw(seats), draw(frequencies), Money(draw(units), currency))
    before = Terms(1, draw(seats), draw(frequencies), Money(draw(units), currency))
    return PricedChange(
        subscription_id=subscription,
        product=f"product-{subscription}",
        before=draw(st.sampled_from([before, None])),
        after=after,
        open_lines=draw(open_lines(currency, subscription * 10, today)),
        takes_back_cancellation=draw(st.booleans()),
        release=tuple(draw(st.sets(st.integers(1, 99), max_size=3))),
    )


@st.composite
def orders(draw: st.DrawFn) -> tuple[Standpoint, tuple[PricedChange, ...]]:
    """An account and the one to three changes it orders."""
    currency, today = draw(currencies), draw(days)
    wanted = tuple(
        draw(changes(currency, subscription, today)) for subscription in range(1, 1 + draw(st.integers(1, 3)))
    )
    unpaid: Mapping[int, Money] = {
        invoice: Money(draw(amounts), currency) for invoice in draw(st.sets(st.integers(1, 4)))
    }
    standpoint = Standpoint(
        account_id=draw(st.integers(1, 9)),
        today=today,
        balance=Money(draw(st.one_of(st.just(0), amounts)), currency),
        tax=rule(draw(rates)),
        unpaid=unpaid,
    )
    return standpoint, wanted


def fraction_of(rate: TaxRate) -> tuple[int, int]:
    """The rate as numerator and denominator."""
    return rate.millionths, MILLION
