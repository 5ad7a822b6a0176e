"""A claim waits its whole period, and nobody decides their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.shared.domain.people.claims import (
    HALF_WAY,
    WAITING,
    Closed,
    Standing,
    State,
    closed,
    counts,
    domain_of,
    reminder_due,
    same_amount,
    same_name,
    same_number,
    waits_until,
)

BEGAN = datetime(2026, 3, 10, 10, tzinfo=UTC)
CLAIMANT, STAFF = 1, 2


def standing(state: State = State.WAITING, claimant: int | None = CLAIMANT) -> Standing:
    return Standing(state, waits_until(BEGAN), claimant)


@given(some.timedeltas(timedelta(0), timedelta(days=60)))
def test_a_claim_is_decided_only_after_its_waiting_period(passed: timedelta) -> None:
    expected = None if passed >= WAITING else Closed.STILL_WAITING
    assert closed(standing(), STAFF, BEGAN + passed) == expected


def test_a_claim_waits_two_weeks_to_the_second_and_all_are_told_again_after_one() -> None:
    assert (timedelta(days=14), timedelta(days=7)) == (WAITING, HALF_WAY)
    until = waits_until(BEGAN)
    assert closed(standing(), STAFF, until - timedelta(microseconds=1)) is Closed.STILL_WAITING
    assert closed(standing(), STAFF, until) is None
    assert reminder_due(BEGAN, BEGAN + HALF_WAY)


def test_only_evidence_that_matched_counts() -> None:
    assert counts({"invoice": True, "card": False, "domain": True}) == 2
    assert counts({}) == 0


def test_nobody_decides_their_own_claim_however_long_it_waited() -> None:
    assert closed(standing(), CLAIMANT, BEGAN + 10 * WAITING) is Closed.OWN_CLAIM


@pytest.mark.parametrize("state", [one for one in State if one is not State.WAITING])
def test_a_claim_that_is_not_waiting_is_never_decided(state: State) -> None:
    assert closed(standing(state), STAFF, BEGAN + 10 * WAITING) is Closed.ENDED


def test_a_claim_without_an_end_of_waiting_stays_closed() -> None:
    assert closed(Standing(State.WAITING, None, None), STAFF, BEGAN) is Closed.STILL_WAITING


@given(some.timedeltas(timedelta(0), timedelta(days=60)))
def test_the_second_notice_goes_out_half_way(passed: timedelta) -> None:
    assert reminder_due(BEGAN, BEGAN + passed) == (passed >= HALF_WAY)


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("Ana@Hartwell.Example", "hartwell.example"),
        ("ana@home@hartwell.example", "hartwell.example"),
        ("ana@gmail.com", None),
        ("ana@uol.com.br", None),
        ("", None),
    ],
    ids=[
        "of an organisation",
        "with a sign in its name",
        "open to everybody",
        "open to everybody in Brazil",
        "no address",
    ],
)
def test_only_the_domain_of_an_organisation_says_something(email: str, domain: str | None) -> None:
    assert domain_of(email) == domain


@pytest.mark.parametrize(
    "typed", ["1234.50", "1234,50", "1,234.50", "1.234,50", "1 234,50 €", "1234.5", "EUR 1234,5"]
)
def test_an_amount_is_the_same_however_it_is_written(typed: str) -> None:
    assert same_amount(typed, 123450)


@pytest.mark.parametrize("typed", ["", "0", "1234", "12345.0", "1234.05", "1235.50"])
def test_another_amount_is_another_one(typed: str) -> None:
    assert not same_amount(typed, 123450)


@pytest.mark.parametrize("typed", ["1200", "1200.00", "1.200,00"])
def test_a_round_amount_needs_no_cents(typed: str) -> None:
    assert same_amount(typed, 120000)


@pytest.mark.parametrize(
    ("typed", "same"),
    [("PT 501.442.600", True), ("501442600", True), ("PT501442601", False), ("", False), ("PT", False)],
)
def test_a_vat_number_is_the_same_with_or_without_its_country(typed: str, same: bool) -> None:
    assert same_number(typed, "PT501442600") is same


def test_four_signs_are_too_few_for_a_vat_number() -> None:
    assert not same_number("1234", "PT1234")
    assert same_number("12345", "pt 12345")
    assert not same_number("", "")


def test_nothing_typed_is_no_name() -> None:
    assert same_name("  hartwell  &  Finch", "Hartwell & Finch")
    assert not same_name("", "")
