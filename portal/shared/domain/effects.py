"""What a change does to the billing period: begins a new one, or keeps the renewal date."""

from __future__ import annotations

from enum import StrEnum

from portal.shared.domain.terms import Terms


class Effect(StrEnum):
    """What becomes of the billing period: the three choices of proration (docs/proration.md), and its mere end."""

    REANCHOR = "reanchor"
    COTERM = "coterm"
    SWAP = "swap"
    RENEW = "renew"


def effect_of(before: Terms | None, after: Terms, *, keeps_date: bool) -> Effect:
    """How a change takes effect.

    A first purchase and another billing frequency need a period of their own. A change that keeps the renewal date
    adds a line for the seats that are added to unchanged terms, and swaps everything else.
    """
    if not keeps_date or before is None or before.frequency is not after.frequency:
        return Effect.REANCHOR
    same_price = before.plan_id == after.plan_id and before.unit == after.unit
    return Effect.COTERM if same_price and after.seats > before.seats else Effect.SWAP
