"""What a typed text may mean among the subscriptions of an account, and in which order they stand."""

from __future__ import annotations

import pytest

from portal.shared.domain.subscription_lists import MOST_WORDS, PLACES, MeantBy, Place, meanings
from portal.shared.domain.subscriptions import Standing

PRODUCTS = {"meet": "Meet", "assist": "Assist für Straßen"}
PLANS = {1: "Basic", 2: "Professional", 3: "Basic"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("EET", (MeantBy(frozenset({"meet"})),), id="a part of a product, however it is written"),
        pytest.param("STRASSE", (MeantBy(frozenset({"assist"})),), id="as the language folds it"),
        pytest.param("basic", (MeantBy(plans=frozenset({1, 3})),), id="plans that share a name"),
        pytest.param("(0042)", (MeantBy(number=42),), id="the number as the page shows it"),
        pytest.param("#7", (MeantBy(number=7),), id="the number as people write it"),
        pytest.param("٣", (MeantBy(),), id="digits that are no number here"),
        pytest.param("9" * 16, (MeantBy(),), id="too long for a number"),
        pytest.param(
            "meet prof",
            (MeantBy(frozenset({"meet"})), MeantBy(plans=frozenset({2}))),
            id="every word by itself",
        ),
    ],
)
def test_what_a_text_may_mean(text: str, meant: tuple[MeantBy, ...]) -> None:
    assert meanings(text, PRODUCTS, PLANS) == meant


def test_a_long_text_is_not_read_to_its_end() -> None:
    assert len(meanings("a " * 50, PRODUCTS, PLANS)) == MOST_WORDS


def test_everywhere_it_can_stand_has_a_place_and_what_runs_comes_before_what_is_over() -> None:
    assert set(PLACES) == set(Standing)
    for standing, place in PLACES.items():
        assert (place is Place.OVER) is not standing.has_access
