"""The published laws (docs/proration.md) for lines, days and prices that nobody chose by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period, add_months, full_period
from portal.shared.domain.money import Money
from portal.shared.domain.proration import ChargedLine, charge, coterm, credit, reanchor, swap
from tests.domain import oracle
from tests.domain.strategies import (
    charged_lines,
    day_in_or_around,
    days,
    frequencies,
    periods,
    seats,
    units,
)


@st.composite
def lines_with_days(draw: st.DrawFn) -> tuple[ChargedLine, date]:
    line = draw(charged_lines())
    return line, draw(day_in_or_around(line.service))


@st.composite
def periods_with_days(draw: st.DrawFn) -> tuple[Period, date]:
    start = draw(days)
    period = full_period(start, draw(frequencies))
    return period, draw(st.dates(period.start, period.end))


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


@given(lines_with_days())
def test_a_credit_is_the_nearest_whole_amount_to_the_exact_share(case: tuple[ChargedLine, date]) -> None:
    line, today = case
    left = oracle.days_left(line.service.start, line.service.end, today)
    exact = oracle.part(line.amount.minor, left, line.service.days)
    share = credit(line, today)
    assert share.amount.minor == min(oracle.nearest(exact), line.amount.minor - line.credited.minor)
    assert (share.days, share.service.days) == (left, left)


@given(lines_with_days())
def test_credit_and_what_is_kept_are_what_was_charged_and_a_credit_stays_within_bounds(
    case: tuple[ChargedLine, date],
) -> None:
    line, today = case
    back = credit(line, today).amount
    assert 0 <= back.minor <= line.amount.minor - line.credited.minor
    after = ChargedLine(line.amount, line.service, line.credited + back, closed=True)
    assert after.remainder + after.credited == line.amount
    if not line.credited:
        used = Fraction(line.amount.minor) - oracle.part(
            line.amount.minor,
            oracle.days_left(line.service.start, line.service.end, today),
            line.service.days,
        )
        assert abs(after.remainder.minor - used) <= oracle.HALF


@given(lines_with_days())
def test_what_was_used_never_comes_back_by_changing_again(case: tuple[ChargedLine, date]) -> None:
    line, today = case
    back = credit(line, today).amount
    after = ChargedLine(line.amount, line.service, line.credited + back, closed=True)
    for later in oracle.each_day(today, add_months(today, 1)):
        assert not credit(after, later).amount


@given(charged_lines())
def test_everything_comes_back_on_the_first_day_and_nothing_on_the_day_of_renewal(line: ChargedLine) -> None:
    assert credit(line, line.service.start).amount == line.remainder
    assert not credit(line, line.service.end).amount


@given(lines_with_days(), st.integers(0, 400))
def test_waiting_never_raises_a_credit(case: tuple[ChargedLine, date], wait: int) -> None:
    line, today = case
    later = date.fromordinal(today.toordinal() + wait)
    assert credit(line, later).amount <= credit(line, today).amount


@given(periods(), units, seats, st.integers(0, 500), st.integers(0, 500))
def test_more_seats_or_a_dearer_plan_never_cost_less_for_the_same_days(
    service: Period, unit: int, count: int, dearer: int, more: int
) -> None:
    period = Period(add_months(service.end, -12), service.end)
    assert charge(euros(unit), count, service, period).amount <= (
        charge(euros(unit + dearer), count + more, service, period).amount
    )


@given(lines_with_days(), units, seats, frequencies, st.integers(0, 500), st.integers(0, 500))
def test_more_seats_or_a_dearer_plan_never_cost_less_at_a_change(
    case: tuple[ChargedLine, date],
    unit: int,
    count: int,
    frequency: Frequency,
    dearer: int,
    more: int,
) -> None:
    line, today = case
    small = reanchor([line], euros(unit), count, frequency, today)
    large = reanchor([line], euros(unit + dearer), count + more, frequency, today)
    assert large.credits == small.credits
    assert small.charge.amount <= large.charge.amount


@given(periods_with_days(), units, seats, seats)
def test_added_seats_in_two_steps_cost_what_they_cost_in_one_but_for_one_minor_unit(
    case: tuple[Period, date], unit: int, first: int, second: int
) -> None:
    period, today = case
    whole = coterm(euros(unit), first + second, period, today).amount
    split = (
        coterm(euros(unit), first, period, today).amount + coterm(euros(unit), second, period, today).amount
    )
    assert abs((whole - split).minor) <= 1


@given(periods_with_days(), units, seats)
def test_a_co_termed_line_is_the_nearest_whole_amount_and_ends_on_the_renewal_date(
    case: tuple[Period, date], unit: int, added: int
) -> None:
    period, today = case
    share = coterm(euros(unit), added, period, today)
    left = oracle.days_left(period.start, period.end, today)
    assert share.amount.minor == oracle.nearest(oracle.part(unit * added, left, period.days))
    assert share.service == Period(today, period.end)


@given(periods_with_days(), units, seats)
def test_swapping_terms_for_the_same_terms_costs_nothing_on_any_day(
    case: tuple[Period, date], unit: int, count: int
) -> None:
    period, today = case
    line = ChargedLine(euros(unit * count), period, euros(0))
    result = swap([line], euros(unit), count, period, today)
    assert result.charge.amount == result.credits[0].amount


@given(periods_with_days(), units, seats, units, seats)
def test_swapping_there_and_back_on_one_day_costs_nothing(
    case: tuple[Period, date], unit: int, count: int, other_unit: int, other_count: int
) -> None:
    period, today = case
    line = ChargedLine(euros(unit * count), period, euros(0))
    there = swap([line], euros(other_unit), other_count, period, today)
    if not there.charge.service.days:
        return
    between = ChargedLine(there.charge.amount, there.charge.service, euros(0))
    back = swap([between], euros(unit), count, period, today)
    paid = there.charge.amount - there.credits[0].amount + back.charge.amount - back.credits[0].amount
    assert not paid


@given(days, frequencies, units, seats)
def test_a_full_period_costs_its_whole_price_whatever_the_months_it_spans(
    today: date, frequency: Frequency, unit: int, count: int
) -> None:
    result = reanchor([], euros(unit), count, frequency, today)
    assert result.charge.amount == euros(unit * count)
    assert result.charge.service == Period(today, oracle.months_after(today, frequency.months))


@given(lines_with_days(), st.sampled_from(["JPY", "USD", "KWD", "CLF"]))
def test_the_same_integers_for_currencies_of_any_number_of_decimals(
    case: tuple[ChargedLine, date], currency: str
) -> None:
    line, today = case
    other = ChargedLine(
        Money(line.amount.minor, currency), line.service, Money(line.credited.minor, currency)
    )
    assert credit(other, today).amount == Money(credit(line, today).amount.minor, currency)


@given(periods_with_days(), st.integers(366, 100_000))
def test_one_day_of_a_price_that_the_catalogue_allows_is_never_free(
    case: tuple[Period, date], unit: int
) -> None:
    period, _ = case
    for day in (period.start, period.last_day):
        one_day = Period(day, date.fromordinal(day.toordinal() + 1))
        assert charge(euros(unit), 1, one_day, period).amount.minor >= 1
