"""Every cell of the life of a quote, the price for a customer against fractions, and who may grant it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import (
    INTERNAL,
    MOST_TIMES_LIST,
    MOVES,
    Approval,
    IllegalQuoteMoveError,
    Limits,
    PriceKind,
    PriceProblem,
    PriceWish,
    QuoteEvent,
    QuoteState,
    agreed_price,
    approval_needed,
    discount,
    granted,
    is_validity,
    move,
    state_on,
    valid_until,
    whole_periods,
)
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.taxes import MILLION

# Rows: where the quote stands. Columns: what happens. "-" is refused: what is over never moves again.
GRID = """
                  edit  submit            send_back send approve accept   reject   expire  replace  withdraw
draft             draft awaiting_approval -         sent -       -        -        -       replaced withdrawn
awaiting_approval draft -                 draft     -    sent    -        -        -       replaced withdrawn
sent              -     -                 -         -    -       accepted rejected expired replaced withdrawn
accepted          -     -                 -         -    -       -        -        -       -        -
rejected          -     -                 -         -    -       -        -        -       -        -
expired           -     -                 -         -    -       -        -        -       -        -
replaced          -     -                 -         -    -       -        -        -       -        -
withdrawn         -     -                 -         -    -       -        -        -       -        -
"""

DAYS = {Frequency.MONTHLY: 31, Frequency.ANNUAL: 366}
LIMITS = {StaffRole.REP: Limits(150_000, 24), StaffRole.MANAGER: Limits(400_000, 60)}
frequencies = st.sampled_from(Frequency)
list_prices = st.integers(1, 5_000_000)
shares = st.integers(0, MILLION)


def cells() -> list[tuple[QuoteState, QuoteEvent, str]]:
    head, *rows = [line.split() for line in GRID.strip().splitlines()]
    return [
        (QuoteState(row[0]), QuoteEvent(event), becomes)
        for row in rows
        for event, becomes in zip(head, row[1:], strict=True)
    ]


@pytest.mark.parametrize(
    ("state", "event", "becomes"),
    [pytest.param(*cell, id=f"{cell[0]}, {cell[1]}") for cell in cells()],
)
def test_every_cell_of_the_life_of_a_quote(state: QuoteState, event: QuoteEvent, becomes: str) -> None:
    if becomes == "-":
        with pytest.raises(IllegalQuoteMoveError) as caught:
            move(state, event)
        assert (caught.value.state, caught.value.event) == (state, event)
    else:
        assert move(state, event) is QuoteState(becomes)


def test_the_grid_shows_every_cell() -> None:
    assert {(state, event) for state, event, _ in cells()} == {
        (state, event) for state in QuoteState for event in QuoteEvent
    }
    assert set(MOVES) <= {(state, event) for state, event, _ in cells()}


@pytest.mark.parametrize(
    ("days_later", "becomes"),
    [
        pytest.param(0, QuoteState.SENT, id="on its last day"),
        pytest.param(1, QuoteState.EXPIRED, id="the day after"),
    ],
)
def test_what_was_not_answered_in_time_has_expired(days_later: int, becomes: QuoteState) -> None:
    last = date(2026, 3, 17)
    assert state_on(QuoteState.SENT, last, last + timedelta(days=days_later)) is becomes
    assert state_on(QuoteState.ACCEPTED, last, last + timedelta(days=days_later)) is QuoteState.ACCEPTED


@pytest.mark.parametrize("days", [-1, 0, 91, 10**6])
def test_no_quote_is_valid_for_less_than_a_day_or_more_than_ninety(days: int) -> None:
    assert not is_validity(days)
    with pytest.raises(ValueError, match="1 to 90"):
        valid_until(date(2026, 3, 10), days)


@pytest.mark.parametrize("days", [1, 7, 90])
def test_a_quote_is_valid_for_one_to_ninety_days(days: int) -> None:
    assert is_validity(days)
    assert valid_until(date(2026, 3, 10), days) == date(2026, 3, 10) + timedelta(days=days)


@pytest.mark.parametrize(
    ("term", "frequency", "fits"),
    [
        pytest.param(None, Frequency.ANNUAL, True, id="no term"),
        pytest.param(12, Frequency.ANNUAL, True, id="a year"),
        pytest.param(18, Frequency.ANNUAL, False, id="a year and a half of years"),
        pytest.param(18, Frequency.MONTHLY, True, id="a year and a half of months"),
        pytest.param(1, Frequency.MONTHLY, True, id="a month"),
        pytest.param(120, Frequency.ANNUAL, True, id="ten years"),
        pytest.param(0, Frequency.MONTHLY, False, id="nothing at all"),
        pytest.param(-12, Frequency.ANNUAL, False, id="backwards"),
        pytest.param(132, Frequency.ANNUAL, False, id="beyond ten years"),
    ],
)
def test_a_term_is_whole_billing_periods(term: int | None, frequency: Frequency, *, fits: bool) -> None:
    assert whole_periods(term, [Frequency.MONTHLY, frequency]) is fits


@given(list_prices, shares, frequencies)
def test_a_share_off_the_list_is_the_fraction_rounded_once(
    listed: int, share: int, frequency: Frequency
) -> None:
    exact = Fraction(listed) * (1 - Fraction(share, MILLION))
    expected = floor(exact + Fraction(1, 2))
    found = agreed_price(PriceWish(PriceKind.PERCENT, share), Money(listed, "EUR"), None, frequency)
    if expected < DAYS[frequency]:
        assert found is PriceProblem.PRICE_TOO_LOW
    else:
        assert found == Money(expected, "EUR")


@given(list_prices, st.integers(-10, 6_000_000), frequencies)
def test_money_off_the_list_is_exact(listed: int, off: int, frequency: Frequency) -> None:
    found = agreed_price(PriceWish(PriceKind.MONEY, off), Money(listed, "EUR"), None, frequency)
    if not 0 <= off <= listed:
        assert found is PriceProblem.DISCOUNT_BEYOND_PRICE
    elif listed - off < DAYS[frequency]:
        assert found is PriceProblem.PRICE_TOO_LOW
    else:
        assert found == Money(listed - off, "EUR")


@given(list_prices, st.integers(0, 60_000_000), frequencies)
def test_a_price_is_the_price_unless_it_is_a_slip(listed: int, price: int, frequency: Frequency) -> None:
    found = agreed_price(PriceWish(PriceKind.PRICE, price), Money(listed, "EUR"), None, frequency)
    if price > MOST_TIMES_LIST * listed:
        assert found is PriceProblem.PRICE_TOO_HIGH
    elif price < DAYS[frequency]:
        assert found is PriceProblem.PRICE_TOO_LOW
    else:
        assert found == Money(price, "EUR")


@pytest.mark.parametrize(
    ("wish", "contract", "expected"),
    [
        pytest.param(PriceWish(), 1500, 1500, id="the contract's"),
        pytest.param(PriceWish(), None, 2000, id="the list's, for what was never bought"),
        pytest.param(PriceWish(PriceKind.LIST), 1500, 2000, id="the list's, whatever the contract says"),
        pytest.param(PriceWish(PriceKind.PRICE, 20_000), 1500, 20_000, id="ten times the list's"),
        pytest.param(PriceWish(PriceKind.PRICE, 20_001), 1500, PriceProblem.PRICE_TOO_HIGH, id="a slip"),
    ],
)
def test_whose_price_holds(wish: PriceWish, contract: int | None, expected: int | PriceProblem) -> None:
    known = None if contract is None else Money(contract, "EUR")
    found = agreed_price(wish, Money(2000, "EUR"), known, Frequency.MONTHLY)
    assert found == (Money(expected, "EUR") if isinstance(expected, int) else expected)


def test_what_was_taken_off_in_money_counts_as_the_share_that_it_is() -> None:
    assert granted(PriceWish(PriceKind.MONEY, 500), Money(2000, "EUR"), Money(1500, "EUR")) == 250_000
    assert granted(PriceWish(PriceKind.PRICE, 2500), Money(2000, "EUR"), Money(2500, "EUR")) == 0


def test_the_customer_knows_nothing_of_what_was_never_sent() -> None:
    sent = {after for (_, event), after in MOVES.items() if event in {QuoteEvent.SEND, QuoteEvent.APPROVE}}
    assert {state for state, _ in MOVES} - sent == INTERNAL


@pytest.mark.parametrize("share", [-1, MILLION + 1, 1_010_000])
def test_no_share_is_below_nothing_or_above_all(share: int) -> None:
    wish = PriceWish(PriceKind.PERCENT, share)
    assert (
        agreed_price(wish, Money(20000, "EUR"), None, Frequency.ANNUAL) is PriceProblem.DISCOUNT_BEYOND_PRICE
    )


@given(list_prices, st.integers(1, 6_000_000))
def test_a_discount_is_the_fraction_rounded_up(listed: int, unit: int) -> None:
    found = discount(Money(listed, "EUR"), Money(unit, "EUR"))
    exact = max(Fraction(0), Fraction(listed - unit, listed)) * MILLION
    assert exact <= found < exact + 1


@given(list_prices, shares, frequencies)
def test_a_share_within_a_limit_stays_within_it_whatever_rounding_does(
    listed: int, share: int, frequency: Frequency
) -> None:
    wish, whole = PriceWish(PriceKind.PERCENT, share), Money(listed, "EUR")
    unit = agreed_price(wish, whole, None, frequency)
    if isinstance(unit, Money):
        assert granted(wish, whole, unit) == share
        # Rounding never gives away more than half a minor unit.
        assert abs(Fraction(listed - unit.minor) - Fraction(listed * share, MILLION)) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("author", "off", "term", "needed"),
    [
        pytest.param(StaffRole.REP, 150_000, 24, Approval.NONE, id="a rep at both limits"),
        pytest.param(StaffRole.REP, 150_001, 24, Approval.MANAGER, id="a rep a millionth beyond"),
        pytest.param(StaffRole.REP, 0, 36, Approval.MANAGER, id="a rep with a long term"),
        pytest.param(StaffRole.REP, 400_001, None, Approval.BEYOND_EVERYBODY, id="more than a manager may"),
        pytest.param(StaffRole.REP, 0, 72, Approval.BEYOND_EVERYBODY, id="longer than a manager may"),
        pytest.param(StaffRole.MANAGER, 400_000, 60, Approval.NONE, id="a manager at both limits"),
        pytest.param(StaffRole.MANAGER, 400_001, 12, Approval.BEYOND_EVERYBODY, id="a manager beyond"),
        pytest.param(StaffRole.CARE, 0, None, Approval.NONE, id="somebody without limits, nothing granted"),
        pytest.param(StaffRole.CARE, 0, 1, Approval.MANAGER, id="somebody without limits, a month"),
        pytest.param(StaffRole.CARE, 1, None, Approval.MANAGER, id="somebody without limits, a little"),
    ],
)
def test_who_may_grant_what(author: StaffRole, off: int, term: int | None, needed: Approval) -> None:
    assert approval_needed(author, LIMITS, [0, off], term) is needed
