"""Every cell of the life of a request, and what can be wished for."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Wanted
from portal.shared.domain.contact_change import Lack, lacks
from portal.shared.domain.disputes import last_day_to_dispute, may_dispute
from portal.shared.domain.requests import (
    MOVES,
    UNANSWERED,
    IllegalRequestMoveError,
    RequestEvent,
    RequestKind,
    RequestState,
    move,
)
from portal.shared.domain.terms import WantedTerms
from portal.shared.domain.wishes import (
    Cancellation,
    Dispute,
    NewContact,
    OtherAccountType,
    OtherCountry,
    OtherFrequency,
    OtherProduct,
    SomethingElse,
    Wish,
    from_plain,
    kind_of,
    same_matter,
    subscription_of,
    to_plain,
)

# Rows: where the request stands. Columns: what happens. "-" is refused: what was answered never moves again.
GRID = """
          renew take  hand_back note  carry_out decline  withdraw
open      open  taken -         open  done      declined withdrawn
taken     taken taken open      taken done      declined withdrawn
done      -     -     -         -     -         -        -
declined  -     -     -         -     -         -        -
withdrawn -     -     -         -     -         -        -
"""


def cells() -> list[tuple[RequestState, RequestEvent, str]]:
    head, *rows = [line.split() for line in GRID.strip().splitlines()]
    return [
        (RequestState(row[0]), RequestEvent(event), becomes)
        for row in rows
        for event, becomes in zip(head, row[1:], strict=True)
    ]


@pytest.mark.parametrize(
    ("state", "event", "becomes"),
    cells(),
    ids=[
        f"{state}-and-{event}-becomes-{becomes.replace('-', 'refused')}" for state, event, becomes in cells()
    ],
)
def test_a_request_moves_as_the_table_says(state: RequestState, event: RequestEvent, becomes: str) -> None:
    if becomes == "-":
        with pytest.raises(IllegalRequestMoveError) as refused:
            move(state, event)
        assert refused.value.state is state
    else:
        assert move(state, event) is RequestState(becomes)


def test_the_grid_has_every_state_and_every_event() -> None:
    assert {(state, event) for state, event, _ in cells()} == {
        (state, event) for state in RequestState for event in RequestEvent
    }


def test_unanswered_is_what_can_still_move() -> None:
    assert {state for state, _ in MOVES} == UNANSWERED


WISHES: dict[RequestKind, Wish] = {
    RequestKind.LOWER_PLAN: Wanted(7, WantedTerms(1, 5, Frequency.MONTHLY), frozenset({3, 2})),
    RequestKind.BILLING_CONTACT: NewContact("Ana Lima", "ana@example.org", "I leave."),
    RequestKind.DISPUTE: Dispute("A-1", "Charged twice."),
    RequestKind.FREQUENCY: OtherFrequency(7, Frequency.ANNUAL),
    RequestKind.OTHER_PRODUCT: OtherProduct("meet", 4),
    RequestKind.COUNTRY: OtherCountry("PT"),
    RequestKind.CANCELLATION: Cancellation(7),
    RequestKind.ACCOUNT_TYPE: OtherAccountType(),
    RequestKind.OTHER: SomethingElse(),
}


@pytest.mark.parametrize("kind", RequestKind)
def test_a_wish_of_every_kind_is_kept_and_read_again(kind: RequestKind) -> None:
    wish = WISHES[kind]
    assert kind_of(wish) is kind
    kept = json.loads(json.dumps(to_plain(wish)))
    assert from_plain(kind, kept, subscription_of(wish)) == wish


@pytest.mark.parametrize("wish", [OtherAccountType(), SomethingElse()])
def test_a_wish_that_says_nothing_but_its_kind_is_kept_as_nothing(wish: Wish) -> None:
    assert to_plain(wish) == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WISHES[RequestKind.CANCELLATION], Cancellation(7), True),
        (WISHES[RequestKind.CANCELLATION], Cancellation(8), False),
        (WISHES[RequestKind.FREQUENCY], OtherFrequency(7, Frequency.MONTHLY), True),
        (WISHES[RequestKind.FREQUENCY], Cancellation(7), False),
        (WISHES[RequestKind.DISPUTE], Dispute("A-1", "Seven seats, not eight."), True),
        (WISHES[RequestKind.DISPUTE], Dispute("A-2", "Charged twice."), False),
        (WISHES[RequestKind.OTHER_PRODUCT], OtherProduct("meet", 5), False),
        (WISHES[RequestKind.OTHER_PRODUCT], OtherProduct("meet", 4), True),
        (WISHES[RequestKind.BILLING_CONTACT], NewContact("Ana", "ana@example.org", "I leave."), False),
    ],
)
def test_a_wish_said_anew_takes_the_place_of_the_first(one: Wish, other: Wish, *, same: bool) -> None:
    assert same_matter(one, other) is same


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (14, True), (15, True), (16, False)])
def test_an_invoice_is_disputed_within_fifteen_days(days: int, *, may: bool) -> None:
    issued = date(2026, 2, 20)
    assert may_dispute(issued, issued + timedelta(days=days)) is may
    assert last_day_to_dispute(issued) == date(2026, 3, 7)


@pytest.mark.parametrize(
    ("digits", "cards", "admin", "confirmed", "missing"),
    [
        pytest.param("4242", ["4242"], False, True, [], id="card holder"),
        pytest.param("4242", ["1881", "4242"], True, False, [], id="admin"),
        pytest.param("4242", ["4242"], False, False, [Lack.NOT_ENTITLED], id="somebody"),
        pytest.param("1881", ["4242"], True, True, [Lack.OTHER_CARD], id="other card"),
        pytest.param("", ["4242"], True, True, [Lack.NOT_FOUR_DIGITS], id="no digits"),
        pytest.param("42", ["4242"], True, True, [Lack.NOT_FOUR_DIGITS], id="two digits"),
        pytest.param("٤٢٤٢", ["4242"], True, True, [Lack.NOT_FOUR_DIGITS], id="other digits"),
        pytest.param("", [], True, True, [Lack.NO_CARD], id="no card at all"),
        pytest.param("0000", [], False, False, [Lack.NO_CARD, Lack.NOT_ENTITLED], id="nothing"),
    ],
)
def test_a_contact_is_changed_only_with_both_conditions(
    digits: str, cards: list[str], missing: list[Lack], *, admin: bool, confirmed: bool
) -> None:
    found = lacks(digits, cards, asker_belongs=True, asker_is_admin=admin, name_on_card_confirmed=confirmed)
    assert found == missing


def test_who_has_left_the_account_changes_nobody() -> None:
    found = lacks("4242", ["4242"], asker_belongs=False, asker_is_admin=False, name_on_card_confirmed=True)
    assert found == [Lack.ASKER_LEFT]
