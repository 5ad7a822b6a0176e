"""Every cell of the life of an order: what happens in each state when each thing is said."""

from __future__ import annotations

import pytest

from portal.shared.domain.order_states import (
    MOVES,
    OPEN_STATES,
    IllegalMoveError,
    OrderEvent,
    OrderState,
    move,
)

# Rows: where the order stands. Columns: what was said. "-" is refused: what has ended never moves again.
GRID = """
                      approved declined needs_confirmation    no_answer             cancelled
started               placed   declined awaiting_confirmation checking              cancelled
awaiting_confirmation placed   declined awaiting_confirmation awaiting_confirmation cancelled
checking              placed   declined awaiting_confirmation checking              cancelled
placed                -        -        -                     -                     -
declined              -        -        -                     -                     -
cancelled             -        -        -                     -                     -
"""


def cells() -> list[tuple[OrderState, OrderEvent, str]]:
    head, *rows = [line.split() for line in GRID.strip().splitlines()]
    return [
        (OrderState(row[0]), OrderEvent(said), becomes)
        for row in rows
        for said, becomes in zip(head, row[1:], strict=True)
    ]


@pytest.mark.parametrize(
    ("state", "event", "becomes"),
    cells(),
    ids=[
        f"{state}-and-{event}-becomes-{becomes.replace('-', 'refused')}" for state, event, becomes in cells()
    ],
)
def test_an_order_moves_as_the_table_says(state: OrderState, event: OrderEvent, becomes: str) -> None:
    if becomes == "-":
        with pytest.raises(IllegalMoveError):
            move(state, event)
    else:
        assert move(state, event) is OrderState(becomes)


def test_the_grid_has_every_state_and_every_event() -> None:
    assert {(state, event) for state, event, _ in cells()} == {
        (state, event) for state in OrderState for event in OrderEvent
    }


def test_open_is_what_can_still_move() -> None:
    assert {state for state, _ in MOVES} == OPEN_STATES
    assert set(OrderState) - OPEN_STATES == {OrderState.PLACED, OrderState.DECLINED, OrderState.CANCELLED}


def test_an_order_that_was_charged_or_has_ended_is_never_open_again() -> None:
    for (_, event), after in MOVES.items():
        assert (event is OrderEvent.APPROVED) == (after is OrderState.PLACED)
