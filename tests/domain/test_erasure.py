"""Forgetting a person: what stays, and taking a person out of a text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.shared.domain import erasure
from portal.shared.domain.erasure import (
    address_of_the_erased,
    leads_nowhere,
    name_of_the_erased,
    only_own_addresses,
    without,
    without_in,
)


def test_a_wish_to_be_forgotten_can_be_taken_back_for_a_week() -> None:
    assert timedelta(days=7) == erasure.GRACE


def test_the_erased_have_a_number_for_a_name_and_an_address_that_is_nobodys() -> None:
    assert name_of_the_erased(7) == "Erased person 7"
    assert address_of_the_erased(7) == "erased-7@erased.invalid"
    assert leads_nowhere(address_of_the_erased(7))
    assert not leads_nowhere("erased.invalid@example.org")


@pytest.mark.parametrize(
    ("text", "needles", "expected"),
    [
        pytest.param("Ana wrote to ANA.", ["Ana"], "[erased] wrote to [erased].", id="in-any-letters"),
        pytest.param("An analysis by Mariana", ["Ana"], "An analysis by Mariana", id="whole-words-only"),
        pytest.param("Ana Lima called", ["Ana", "Ana Lima"], "[erased] called", id="the-longest-first"),
        pytest.param("to a.l@x.org, axl@x.org", ["a.l@x.org"], "to [erased], axl@x.org", id="a-dot-is-a-dot"),
        pytest.param("nobody", [], "nobody", id="nobody"),
    ],
)
def test_a_person_is_taken_out_of_a_text(text: str, needles: list[str], expected: str) -> None:
    assert without(text, needles) == expected


def test_a_person_is_taken_out_of_all_texts_of_a_value_and_its_keys_stay() -> None:
    kept = {"Ana": ["by Ana", 3, None, {"note": "Ana"}], "count": 1}
    assert without_in(kept, ["Ana"]) == {"Ana": ["by [erased]", 3, None, {"note": "[erased]"}], "count": 1}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("ana@x.org and bo@y.org", "ana@x.org and •••", id="in-a-text"),
        pytest.param("ANA@X.ORG", "ANA@X.ORG", id="ones-own-in-any-letters"),
        pytest.param("<bo@y.org>, (c@z.org): 'd@z.org'", "<•••>, (•••): '•••'", id="set-off-by-signs"),
        pytest.param(
            {"to": ["bo@y.org", 7], "from": "ana@x.org"}, {"to": ["•••", 7], "from": "ana@x.org"}, id="inside"
        ),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_copy_of_ones_data_hides_the_addresses_of_others(value: Any, expected: Any) -> None:
    assert only_own_addresses(value, "Ana@x.org") == expected
