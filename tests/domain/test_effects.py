"""How a change takes effect: a period of its own, seats added to the running one, or a swap within it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.effects import Effect, effect_of
from portal.shared.domain.money import Money
from portal.shared.domain.terms import Terms

FIVE = Terms(1, 5, Frequency.MONTHLY, Money(1500, "EUR"))


@pytest.mark.parametrize(
    ("before", "after", "keeps_date", "expected"),
    [
        pytest.param(FIVE, replace(FIVE, seats=6), False, Effect.REANCHOR, id="online"),
        pytest.param(None, FIVE, True, Effect.REANCHOR, id="a-first-purchase"),
        pytest.param(
            FIVE, replace(FIVE, frequency=Frequency.ANNUAL), True, Effect.REANCHOR, id="another-frequency"
        ),
        pytest.param(FIVE, replace(FIVE, seats=6), True, Effect.COTERM, id="a-seat-more"),
        pytest.param(FIVE, FIVE, True, Effect.SWAP, id="as-many-seats"),
        pytest.param(FIVE, replace(FIVE, seats=4), True, Effect.SWAP, id="a-seat-less"),
        pytest.param(
            FIVE, replace(FIVE, seats=6, plan_id=2), True, Effect.SWAP, id="more-seats-of-another-plan"
        ),
        pytest.param(
            FIVE,
            replace(FIVE, seats=6, unit=Money(1501, "EUR")),
            True,
            Effect.SWAP,
            id="more-seats-at-another-price",
        ),
    ],
)
def test_how_a_change_takes_effect(
    before: Terms | None, after: Terms, keeps_date: bool, expected: Effect
) -> None:
    assert effect_of(before, after, keeps_date=keeps_date) is expected
