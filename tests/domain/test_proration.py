"""Single figures of the three choices, each small enough to be checked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.money import Money
from portal.shared.domain.proration import (
    ChargedLine,
    cap,
    charge,
    coterm,
    credit,
    credit_all,
    draw,
    reanchor,
    swap,
)

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def line(minor: int, service: Period = JUNE, credited: int = 0, *, closed: bool = False) -> ChargedLine:
    return ChargedLine(euros(minor), service, euros(credited), closed)


def test_a_line_gives_back_its_unused_days_and_the_day_of_the_change_is_unused() -> None:
    share = credit(line(3000), date(2026, 6, 11))
    assert (share.amount, share.days, share.of_days) == (euros(2000), 20, 30)
    assert share.service == Period(date(2026, 6, 11), date(2026, 7, 1))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2026, 5, 20), 3000, id="before-it-begins"),
        pytest.param(date(2026, 6, 1), 3000, id="first-day"),
        pytest.param(date(2026, 6, 30), 100, id="last-day"),
        pytest.param(date(2026, 7, 1), 0, id="day-of-renewal"),
        pytest.param(date(2026, 9, 9), 0, id="long-after"),
    ],
)
def test_all_comes_back_on_the_first_day_and_nothing_on_the_day_of_renewal(
    today: date, expected: int
) -> None:
    assert credit(line(3000), today).amount == euros(expected)


def test_a_credit_is_limited_by_what_was_not_given_back_yet() -> None:
    assert credit(line(3000, credited=2500), date(2026, 6, 11)).amount == euros(500)
    assert credit(line(3000, credited=500), date(2026, 6, 11)).amount == euros(2000)


def test_what_was_used_before_a_change_is_not_given_back_by_the_next_change() -> None:
    first = credit(line(3000), date(2026, 6, 11)).amount
    given_back = line(3000, credited=first.minor, closed=True)
    later = credit(given_back, date(2026, 6, 12))
    assert (later.amount, later.days) == (euros(0), 0)
    assert not given_back.is_open(date(2026, 6, 12))


@pytest.mark.parametrize(
    ("charged", "today", "expected"),
    [
        pytest.param(line(3000), date(2026, 6, 11), True, id="days-left"),
        pytest.param(line(3000), date(2026, 6, 30), True, id="its-last-day"),
        pytest.param(line(3000), date(2026, 7, 1), False, id="no-days-left"),
        pytest.param(line(3000, credited=2999), date(2026, 6, 11), True, id="its-last-cent"),
        pytest.param(line(3000, credited=3000), date(2026, 6, 11), False, id="all-given-back"),
        pytest.param(line(3000, credited=1, closed=True), date(2026, 6, 11), False, id="closed"),
        pytest.param(line(0), date(2026, 6, 11), False, id="free"),
    ],
)
def test_a_line_is_open_while_something_can_come_out_of_it(
    charged: ChargedLine, today: date, expected: bool
) -> None:
    assert charged.is_open(today) is expected


@pytest.mark.parametrize("credited", [-1, 3001])
def test_a_line_is_never_credited_below_nothing_or_beyond_its_amount(credited: int) -> None:
    with pytest.raises(ValueError):
        line(3000, credited=credited)


def test_no_seats_cost_nothing_and_neither_does_what_is_free() -> None:
    assert charge(euros(500), 0, JUNE, JUNE).amount == euros(0)
    assert charge(euros(0), 3, JUNE, JUNE).amount == euros(0)


def test_a_period_of_no_days_is_no_measure_of_a_price() -> None:
    never = Period(JUNE.start, JUNE.start)
    with pytest.raises(ValueError):
        charge(euros(500), 1, never, never)


def test_a_half_goes_up_and_one_line_is_rounded_once() -> None:
    half_june = Period(date(2026, 6, 16), date(2026, 7, 1))
    assert charge(euros(1), 1, half_june, JUNE).amount == euros(1)
    assert charge(euros(1), 3, half_june, JUNE).amount == euros(2)
    assert credit(line(5), date(2026, 6, 16)).amount == euros(3)


def test_one_day_of_a_month_is_a_share_of_the_days_that_month_has() -> None:
    for first, end, of_days in [
        (date(2026, 2, 1), date(2026, 3, 1), 28),
        (date(2028, 2, 1), date(2028, 3, 1), 29),
        (date(2026, 6, 1), date(2026, 7, 1), 30),
        (date(2026, 1, 31), date(2026, 2, 28), 28),
        (date(2026, 7, 1), date(2026, 8, 1), 31),
        (date(2028, 1, 1), date(2029, 1, 1), 366),
    ]:
        share = charge(
            euros(of_days * 7), 1, Period(first, date.fromordinal(first.toordinal() + 1)), Period(first, end)
        )
        assert (share.amount, share.of_days) == (euros(7), of_days)


def test_reanchor_opens_a_whole_period_today_and_credits_every_line_in_its_order() -> None:
    extra = line(1000, Period(date(2026, 6, 6), date(2026, 7, 1)))
    result = reanchor([line(3000), extra], euros(500), 4, Frequency.ANNUAL, date(2026, 6, 11))
    assert [share.amount for share in result.credits] == [euros(2000), euros(800)]
    assert result.charge.amount == euros(2000)
    assert result.charge.service == Period(date(2026, 6, 11), date(2027, 6, 11))
    assert result.charge.days == result.charge.of_days == 365


def test_reanchor_on_the_31st_ends_on_the_last_day_of_a_short_month() -> None:
    result = reanchor([], euros(500), 1, Frequency.MONTHLY, date(2027, 1, 31))
    assert result.charge.service == Period(date(2027, 1, 31), date(2027, 2, 28))


def test_coterm_charges_added_seats_up_to_the_renewal_date_which_stays() -> None:
    share = coterm(euros(22800), 1, YEAR, date(2026, 9, 1))
    assert (share.amount, share.days, share.of_days) == (euros(7621), 122, 365)
    assert share.service == Period(date(2026, 9, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        pytest.param(date(2025, 12, 1), 2000, id="before-the-period"),
        pytest.param(date(2026, 1, 1), 2000, id="first-day"),
        pytest.param(date(2027, 1, 1), 0, id="day-of-renewal"),
        pytest.param(date(2027, 2, 1), 0, id="after-the-period"),
    ],
)
def test_coterm_never_charges_outside_of_the_period(today: date, expected: int) -> None:
    assert coterm(euros(1000), 2, YEAR, today).amount == euros(expected)


def test_swap_credits_the_rest_of_the_old_and_charges_the_rest_of_the_new() -> None:
    result = swap([line(3000)], euros(200), 30, JUNE, date(2026, 6, 11))
    assert [share.amount for share in result.credits] == [euros(2000)]
    assert result.charge.amount == euros(4000)
    assert result.charge.service.end == JUNE.end


def test_credit_all_answers_for_closed_lines_with_nothing() -> None:
    shares = credit_all([line(3000, closed=True), line(600)], date(2026, 6, 16))
    assert [share.amount.minor for share in shares] == [0, 300]


@pytest.mark.parametrize(
    ("unit", "seats", "service", "period"),
    [
        pytest.param(-1, 1, JUNE, JUNE, id="negative-price"),
        pytest.param(1, -1, JUNE, JUNE, id="negative-seats"),
        pytest.param(1, 1, Period(date(2026, 5, 31), date(2026, 6, 2)), JUNE, id="begins-too-early"),
        pytest.param(1, 1, Period(date(2026, 6, 30), date(2026, 7, 2)), JUNE, id="ends-too-late"),
        pytest.param(1, 1, Period(JUNE.start, JUNE.start), Period(JUNE.start, JUNE.start), id="empty-period"),
    ],
)
def test_a_charge_that_makes_no_sense_is_refused(
    unit: int, seats: int, service: Period, period: Period
) -> None:
    with pytest.raises(ValueError):
        charge(euros(unit), seats, service, period)


@pytest.mark.parametrize(
    ("potential", "amount", "credited", "expected"),
    [(50, 100, 0, 50), (50, 100, 70, 30), (50, 100, 100, 0), (50, 100, 150, 0), (-5, 100, 0, 0)],
)
def test_cap(potential: int, amount: int, credited: int, expected: int) -> None:
    assert cap(euros(potential), euros(amount), euros(credited)) == euros(expected)


@pytest.mark.parametrize(
    ("balance", "total", "expected"),
    [(0, 100, 0), (30, 100, 30), (100, 100, 100), (500, 100, 100), (500, -100, 0), (500, 0, 0)],
)
def test_the_balance_pays_first_and_never_more_than_it_has_or_than_is_asked(
    balance: int, total: int, expected: int
) -> None:
    assert draw(euros(balance), euros(total)) == euros(expected)


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_credit_of_no_days_still_says_of_how_many(days: int) -> None:
    used = ChargedLine(euros(3000), Period(JUNE.start, JUNE.start + timedelta(days=days)), euros(0))
    given = credit(used, used.service.end)
    assert (given.amount, given.days, given.of_days) == (euros(0), 0, days)
