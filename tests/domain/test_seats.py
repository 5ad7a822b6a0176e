"""Seats: how many are free, what a chosen set changes, and what a list of people will do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.seats import (
    Difference,
    ListedLine,
    OnItsWay,
    Verdict,
    difference,
    free_seats,
    plan_import,
    still_to_seat,
)

ADDRESSES = st.sampled_from([f"p{number}@example.net" for number in range(12)])
PEOPLE = st.frozensets(ADDRESSES)
LINES = st.lists(st.one_of(ADDRESSES, st.just("")), max_size=30).map(
    lambda found: [ListedLine(number, one, "", one) for number, one in enumerate(found, start=1)]
)


@given(bought=st.integers(1, 20), held=PEOPLE, seats=st.integers(1, 20), promised=PEOPLE)
def test_what_is_given_never_exceeds_what_is_or_will_be_bought(
    bought: int, held: frozenset[str], seats: int, promised: frozenset[str]
) -> None:
    free = free_seats(bought, held, OnItsWay(seats, promised))
    assert 0 <= free <= free_seats(bought, held)
    if free:
        assert len(held) + free <= bought
        assert len(held | promised) + free <= seats


def test_a_promised_seat_is_not_given_to_somebody_else() -> None:
    held = frozenset({"ana@example.net", "bo@example.net"})
    assert free_seats(5, held) == 3
    assert free_seats(5, held, OnItsWay(8, frozenset({"cy@example.net", "bo@example.net"}))) == 3
    assert free_seats(5, held, OnItsWay(6, frozenset({"cy@example.net", "di@example.net"}))) == 2
    assert free_seats(5, held, OnItsWay(3)) == 1


def test_who_is_named_twice_or_holds_a_seat_needs_no_further_one() -> None:
    named = ["cy@example.net", "ana@example.net", "bo@example.net", "cy@example.net"]
    assert still_to_seat(named, frozenset({"ana@example.net"})) == ["cy@example.net", "bo@example.net"]


@given(held=st.frozensets(st.integers(1, 9)), chosen=st.frozensets(st.integers(1, 9)))
def test_the_chosen_set_replaces_what_the_person_had(held: frozenset[int], chosen: frozenset[int]) -> None:
    found = difference(held, chosen)
    assert held - set(found.takes) | set(found.gives) == chosen
    assert not set(found.takes) & set(found.gives)
    assert difference(chosen, chosen) == Difference((), ())


@given(lines=LINES, held=PEOPLE, known=PEOPLE, free=st.integers(0, 15))
def test_a_list_gives_each_person_one_seat_while_seats_are_free(
    lines: list[ListedLine], held: frozenset[str], known: frozenset[str], free: int
) -> None:
    plan = plan_import(lines, held, dict.fromkeys(known, "Ana"), free)
    assert [one.line for one in plan] == lines
    gets = [one.line.address for one in plan if one.verdict.gives]
    assert len(gets) == len(set(gets)) <= free
    assert not set(gets) & held
    left_out = {one.line.address for one in plan if one.verdict is Verdict.NO_SEAT_LEFT}
    assert not left_out or len(gets) == free
    assert set(gets) | left_out | held >= {one.address for one in lines if one.address}
    for one in plan:
        assert (one.verdict is Verdict.NO_ADDRESS) == (not one.line.address)
        assert (one.verdict is Verdict.TWICE) == (one.first is not None)
        if one.verdict.gives:
            assert (one.verdict is Verdict.KNOWN_PERSON) == (one.line.address in known)
