"""Requests: what only staff can do, and the life of a request as one table of legal moves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RequestKind(StrEnum):
    """What can be asked for; each kind is worked on at one desk."""

    LOWER_PLAN = "lower-plan"
    BILLING_CONTACT = "billing-contact"
    DISPUTE = "dispute"
    FREQUENCY = "frequency"
    OTHER_PRODUCT = "other-product"
    COUNTRY = "country"
    CANCELLATION = "cancellation"
    ACCOUNT_TYPE = "account-type"
    OTHER = "other"


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RequestEvent(StrEnum):
    """What can happen to a request."""

    RENEW = "renew"
    TAKE = "take"
    HAND_BACK = "hand_back"
    NOTE = "note"
    CARRY_OUT = "carry_out"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class IllegalRequestMoveError(ValueError):
    """The request cannot make this move from where it stands; `state` says where that is."""

    def __init__(self, state: RequestState, event: RequestEvent) -> None:
        super().__init__(f"{event} is no move of a request that is {state}")
        self.state = state


_S, _E = RequestState, RequestEvent

UNANSWERED = frozenset({_S.OPEN, _S.TAKEN})

# What accounts of each type ask for; the rest they do themselves.
_ASKED_FOR: Mapping[str, frozenset[RequestKind]] = {
    "online": frozenset(
        {
            RequestKind.LOWER_PLAN,
            RequestKind.BILLING_CONTACT,
            RequestKind.DISPUTE,
            RequestKind.ACCOUNT_TYPE,
            RequestKind.OTHER,
        }
    ),
    "corporate": frozenset(set(RequestKind) - {RequestKind.LOWER_PLAN}),
}


def may_be_asked(kind: RequestKind, account_type: str) -> bool:
    """Whether accounts of a type ask for this."""
    return kind in _ASKED_FOR[account_type]


MOVES: Mapping[tuple[RequestState, RequestEvent], RequestState] = {
    (_S.OPEN, _E.RENEW): _S.OPEN,
    (_S.OPEN, _E.TAKE): _S.TAKEN,
    (_S.OPEN, _E.NOTE): _S.OPEN,
    (_S.OPEN, _E.CARRY_OUT): _S.DONE,
    (_S.OPEN, _E.DECLINE): _S.DECLINED,
    (_S.OPEN, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.TAKEN, _E.RENEW): _S.TAKEN,
    (_S.TAKEN, _E.TAKE): _S.TAKEN,
    (_S.TAKEN, _E.HAND_BACK): _S.OPEN,
    (_S.TAKEN, _E.NOTE): _S.TAKEN,
    (_S.TAKEN, _E.CARRY_OUT): _S.DONE,
    (_S.TAKEN, _E.DECLINE): _S.DECLINED,
    (_S.TAKEN, _E.WITHDRAW): _S.WITHDRAWN,
}


def move(state: RequestState, event: RequestEvent) -> RequestState:
    """The state that follows.

    Raises:
        IllegalRequestMoveError: the table has no such move; a request that was answered never moves again.
    """
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalRequestMoveError(state, event) from None
