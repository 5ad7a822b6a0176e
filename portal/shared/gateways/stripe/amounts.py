"""Amounts as Stripe counts them, where that is not the currency's minor unit of ISO 4217."""

from __future__ import annotations

# Without decimals since a reform, and written with two at Stripe all the same.
_HUNDREDFOLD = frozenset({"ISK", "UGX"})
# Three decimals, of which Stripe charges two: the last digit must be zero.
_IN_TENS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})


def charges_all_of(currency: str) -> bool:
    """Whether every amount of a currency can be charged, to the last digit."""
    return currency not in _IN_TENS


def can_charge(minor: int, currency: str) -> bool:
    """Whether this amount can be charged, or given back, to the last digit."""
    return charges_all_of(currency) or minor % 10 == 0


def stripe_amount(minor: int, currency: str) -> int:
    """Minor units as Stripe wants them.

    Raises:
        ValueError: Stripe cannot charge this amount to the last digit.
    """
    if not can_charge(minor, currency):
        raise ValueError(f"{currency} is charged in tens of its smallest unit")
    return minor * 100 if currency in _HUNDREDFOLD else minor
