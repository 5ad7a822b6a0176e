"""The life of an order: one table of legal moves (design of the three phases: `docs/architecture.md`)."""

from __future__ import annotations

from enum import StrEnum


class OrderState(StrEnum):
    """Where a placed order stands."""

    STARTED = "started"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    CHECKING = "checking"
    PLACED = "placed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class OrderEvent(StrEnum):
    """What the card processor, or the person, said."""

    APPROVED = "approved"
    DECLINED = "declined"
    NEEDS_CONFIRMATION = "needs_confirmation"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"


class IllegalMoveError(ValueError):
    """The order cannot make this move from where it stands."""


_S, _E = OrderState, OrderEvent

OPEN_STATES = frozenset({_S.STARTED, _S.AWAITING_CONFIRMATION, _S.CHECKING})

MOVES: dict[tuple[OrderState, OrderEvent], OrderState] = {
    (_S.STARTED, _E.APPROVED): _S.PLACED,
    (_S.STARTED, _E.DECLINED): _S.DECLINED,
    (_S.STARTED, _E.NEEDS_CONFIRMATION): _S.AWAITING_CONFIRMATION,
    (_S.STARTED, _E.NO_ANSWER): _S.CHECKING,
    (_S.STARTED, _E.CANCELLED): _S.CANCELLED,
    (_S.AWAITING_CONFIRMATION, _E.APPROVED): _S.PLACED,
    (_S.AWAITING_CONFIRMATION, _E.DECLINED): _S.DECLINED,
    (_S.AWAITING_CONFIRMATION, _E.NEEDS_CONFIRMATION): _S.AWAITING_CONFIRMATION,
    # The bank's page was already opened, so silence now means no more than "not confirmed yet".
    (_S.AWAITING_CONFIRMATION, _E.NO_ANSWER): _S.AWAITING_CONFIRMATION,
    (_S.AWAITING_CONFIRMATION, _E.CANCELLED): _S.CANCELLED,
    (_S.CHECKING, _E.APPROVED): _S.PLACED,
    (_S.CHECKING, _E.DECLINED): _S.DECLINED,
    (_S.CHECKING, _E.NEEDS_CONFIRMATION): _S.AWAITING_CONFIRMATION,
    (_S.CHECKING, _E.NO_ANSWER): _S.CHECKING,
    (_S.CHECKING, _E.CANCELLED): _S.CANCELLED,
}


def move(state: OrderState, event: OrderEvent) -> OrderState:
    """The state that follows.

    Raises:
        IllegalMoveError: the table has no such move; an order that ended never moves again.
    """
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalMoveError(f"{event} is no move of an order that is {state}") from None
