"""One thing happens to a request: its state moves, its history grows, and whoever asked is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.requests import IllegalRequestMoveError, RequestEvent, RequestState, move
from portal.shared.records import requests as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.orders import open_order_of
from portal.shared.records.requests import Request, RequestStep
from portal.shared.services import activity, notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.requests.errors import (
    AlreadyAnsweredError,
    ChangedMeanwhileError,
    OnItsWayError,
    TakenByColleagueError,
)

# What the account's activity calls each of them; an answer is one, whether it is yes or no.
_ACTIONS = {
    RequestEvent.RENEW: "request-made",
    RequestEvent.TAKE: "request-taken",
    RequestEvent.HAND_BACK: "request-handed-back",
    RequestEvent.NOTE: "request-noted",
    RequestEvent.CARRY_OUT: "request-answered",
    RequestEvent.DECLINE: "request-answered",
    RequestEvent.WITHDRAW: "request-withdrawn",
}


def locked(session: Session, request_id: int) -> tuple[Request, Account]:
    """A request and its account, whose row is locked.

    Raises:
        LookupError: there is no such request.
    """
    request = records.request_by_id(session, request_id)
    if request is None:
        raise LookupError(request_id)
    account = lock_account(session, request.account_id)
    session.refresh(request)
    return request, account


def for_staff(session: Session, request_id: int, staff_id: int, seen: int | None) -> tuple[Request, Account]:
    """A request, locked, that a member of our staff may answer as they saw it.

    `seen` is the last step that was looked at (0: none); without it, whatever happened meanwhile is no obstacle.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
    """
    request, account = locked(session, request_id)
    still_open(request)
    mine(request, staff_id)
    unchanged(session, request, seen)
    return request, account


def still_open(request: Request) -> None:
    """Nothing happens to a request that has ended.

    Raises:
        AlreadyAnsweredError: it has.
    """
    if not request.is_unanswered:
        raise AlreadyAnsweredError(request.number, request.state)


def mine(request: Request, staff_id: int) -> None:
    """A request that was taken is answered by who took it.

    Raises:
        TakenByColleagueError: that is somebody else.
    """
    if request.state is RequestState.TAKEN and request.owner_id != staff_id:
        raise TakenByColleagueError(request.number)


def unchanged(session: Session, request: Request, seen: int | None) -> None:
    """Nobody acts upon a request they have not seen as it is.

    Raises:
        ChangedMeanwhileError: something has happened to it since step `seen`.
    """
    if seen is not None and records.last_steps(session, [request.id]).get(request.id, 0) != seen:
        raise ChangedMeanwhileError(request.number)


def not_on_its_way(session: Session, request: Request) -> None:
    """The answer to a request whose order waits for the bank is what the bank says.

    Raises:
        OnItsWayError: there is such an order.
    """
    order = open_order_of(session, request.account_id)
    if order is not None and order.request_id == request.id:
        raise OnItsWayError(request.number)


def happen(
    session: Session, request: Request, event: RequestEvent, person_id: int, text: str, now: datetime
) -> RequestStep:
    """Move a request along its table of states and append what happened to its history and to the activity.

    Raises:
        AlreadyAnsweredError: the table has no such move.
    """
    try:
        request.state = move(request.state, event)
    except IllegalRequestMoveError as refused:
        raise AlreadyAnsweredError(request.number, refused.state) from None
    step = RequestStep(request_id=request.id, event=str(event), person_id=person_id, text=text, at=now)
    session.add(step)
    session.flush()
    detail = {"number": request.number, "kind": str(request.kind), "state": str(request.state)}
    activity.record(session, request.account_id, person_id, _ACTIONS[event], detail, now)
    return step


def tell(
    session: Session,
    request: Request,
    account: Account,
    mail: str,
    told: dict[str, Any],
    key: str,
    now: datetime,
) -> None:
    """Write a mail about a request to whoever asked."""
    reader = people.recipient(session, request.created_by, account.language)
    payload = {
        "name": reader.name,
        "number": request.number,
        "kind": str(request.kind),
        "account": account.name,
        "account_type": account.type,
        **told,
    }
    notifications.enqueue_mail(session, mail, reader.email, reader.language, payload, key, now)
