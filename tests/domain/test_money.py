"""Money: whole minor units, one currency, one rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from babel.numbers import get_currency_precision, list_currencies
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.money import CurrencyMismatchError, Money, exponent, half_up, zero
from tests.domain import oracle

# CLDR says how amounts are usually *shown*, ISO 4217 how many decimals the currency *has*, and card processors charge
# by ISO. Where coins died of inflation (Afghanistan to Yemen) CLDR shows none, and the money still has them.
SHOWN_WITHOUT_DECIMALS = {
    **dict.fromkeys("AFN ALL IRR KPW LAK LBP MGA MMK RSD SOS SYP YER".split(), 2),
    "IQD": 3,
}
# CLDR still knows these; no money is made in them any more, so ISO's current list says nothing.
WITHDRAWN = set("ADP BYR ESP ITL LUF MGF MRO SLL STD TMM TRL ZMK ZWD".split())


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [
        *[
            (code, 0)
            for code in "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
        ],
        *[(code, 2) for code in "BRL EUR GBP USD CHF MXN CAD AUD HUF CZK INR ZAR".split()],
        *[(code, 3) for code in "BHD IQD JOD KWD LYD OMR TND".split()],
        *[(code, 4) for code in "CLF UYW".split()],
    ],
)
def test_decimals_of_a_currency(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


def test_decimals_are_those_of_cldr_but_for_what_cldr_only_shows_without() -> None:
    differing = {
        code: exponent(code)
        for code in list_currencies()
        if code not in WITHDRAWN and exponent(code) != get_currency_precision(code)
    }
    assert differing == SHOWN_WITHOUT_DECIMALS


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        pytest.param(0, 7, 0, id="nothing"),
        pytest.param(1, 2, 1, id="a-half-goes-up"),
        pytest.param(3, 2, 2, id="one-and-a-half-goes-up"),
        pytest.param(5, 2, 3, id="two-and-a-half-goes-up-where-bankers-would-go-down"),
        pytest.param(-1, 2, -1, id="minus-a-half-goes-away-from-zero"),
        pytest.param(-5, 2, -3, id="minus-two-and-a-half-goes-away-from-zero"),
        pytest.param(49, 100, 0, id="just-under-a-half"),
        pytest.param(51, 100, 1, id="just-over-a-half"),
        pytest.param(10**30 + 1, 2, 5 * 10**29 + 1, id="greater-than-any-float-can-count"),
        pytest.param(29_995 * 19, 100, 5699, id="a-tax"),
    ],
)
def test_half_up(numerator: int, denominator: int, expected: int) -> None:
    assert half_up(numerator, denominator) == expected


@pytest.mark.parametrize("denominator", [0, -1])
def test_a_share_of_nothing_is_refused(denominator: int) -> None:
    with pytest.raises(ValueError):
        half_up(1, denominator)


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**7), st.integers(1, 10**7))
def test_a_share_is_the_nearest_whole_amount_and_mirrors_at_zero(
    minor: int, numerator: int, denominator: int
) -> None:
    share = Money(minor, "EUR").share(numerator, denominator)
    assert share.minor == oracle.nearest(Fraction(minor) * Fraction(numerator, denominator))
    assert Money(-minor, "EUR").share(numerator, denominator) == -share


@pytest.mark.parametrize("minor", [1.0, "1", None, True])
def test_money_is_never_a_float_or_anything_but_a_whole_number(minor: object) -> None:
    with pytest.raises(TypeError):
        Money(minor, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["", "eur", "EU", "EURO", "€"])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError):
        Money(1, currency)


def test_amounts_of_one_currency_add_compare_and_multiply() -> None:
    one, two = Money(100, "EUR"), Money(250, "EUR")
    assert one + two == Money(350, "EUR")
    assert one - two == -Money(150, "EUR")
    assert one * 3 == Money(300, "EUR")
    assert one < two
    assert one <= one  # noqa: PLR0124 - equal amounts are not less, but less or equal
    assert bool(one)
    assert not zero("EUR")


def test_amounts_of_two_currencies_never_meet() -> None:
    euro, yen = Money(100, "EUR"), Money(100, "JPY")
    assert euro != yen
    for meet in (
        lambda: euro + yen,
        lambda: euro - yen,
        lambda: euro < yen,
        lambda: euro <= yen,
    ):
        with pytest.raises(CurrencyMismatchError):
            meet()
