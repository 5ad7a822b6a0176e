"""What staff does with requests: take them, hand them back, write to the customer, and answer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.requests import RequestEvent, RequestKind, RequestState
from portal.shared.records import requests as records
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.requests import Request
from portal.shared.services.requests.errors import OtherWorkError
from portal.shared.services.requests.moving import (
    for_staff,
    happen,
    locked,
    mine,
    not_on_its_way,
    still_open,
    tell,
    unchanged,
)

# What is done by a service of its own: an order, the change of a contact, a credit note, the move of an account.
CARRIED_OUT_ELSEWHERE = frozenset(
    {RequestKind.LOWER_PLAN, RequestKind.BILLING_CONTACT, RequestKind.DISPUTE, RequestKind.ACCOUNT_TYPE}
)


def take(session: Session, request_id: int, staff_id: int, now: datetime, *, seen: int | None = None) -> None:
    """Become the owner of a request, also of one that a colleague has. Taking what one has is nothing new.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        ChangedMeanwhileError: somebody else was faster.
    """
    request, account = locked(session, request_id)
    still_open(request)
    if request.state is RequestState.TAKEN and request.owner_id == staff_id:
        return
    unchanged(session, request, seen)
    happen(session, request, RequestEvent.TAKE, staff_id, "", now)
    request.owner_id = staff_id
    owner = session.get_one(Person, staff_id).name
    # Somebody who hands a request back and takes it again has nothing new to tell.
    key = f"request-taken:{request.id}:{staff_id}"
    tell(session, request, account, "request-taken", {"owner": owner}, key, now)


def hand_back(
    session: Session, request_id: int, staff_id: int, now: datetime, *, seen: int | None = None
) -> None:
    """Give a request back to the desk; one that waits there already stays there.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
        OnItsWayError: its order waits for the bank.
    """
    request, _ = locked(session, request_id)
    still_open(request)
    if request.state is RequestState.OPEN:
        return
    mine(request, staff_id)
    unchanged(session, request, seen)
    not_on_its_way(session, request)
    happen(session, request, RequestEvent.HAND_BACK, staff_id, "", now)
    request.owner_id = None


def note(
    session: Session, request_id: int, staff_id: int, text: str, now: datetime, *, seen: int | None = None
) -> None:
    """Write to the customer; the request stays where it is.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
    """
    request, account = for_staff(session, request_id, staff_id, seen)
    step = happen(session, request, RequestEvent.NOTE, staff_id, text, now)
    writer = session.get_one(Person, staff_id).name
    told = {"owner": writer, "answer": text}
    tell(session, request, account, "request-note", told, f"request-note:{step.id}", now)


def decline(
    session: Session, request_id: int, staff_id: int, answer: str, now: datetime, *, seen: int | None = None
) -> None:
    """Answer a request with no.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
        OnItsWayError: its order waits for the bank, which may still approve.
    """
    request, account = for_staff(session, request_id, staff_id, seen)
    not_on_its_way(session, request)
    answered(session, request, account, RequestEvent.DECLINE, staff_id, answer, now)


def carry_out(
    session: Session, request_id: int, staff_id: int, answer: str, now: datetime, *, seen: int | None = None
) -> None:
    """Answer a request with what was done: the written answer is all that the system knows of it.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
        OtherWorkError: requests of this kind are carried out by an order, a change of contact, or a credit note.
    """
    request, account = for_staff(session, request_id, staff_id, seen)
    if request.kind in CARRIED_OUT_ELSEWHERE:
        raise OtherWorkError(request.kind)
    answered(session, request, account, RequestEvent.CARRY_OUT, staff_id, answer, now)


def check_unanswered(session: Session, account_id: int, request_id: int) -> Request:
    """The request of this account, which can still be answered.

    Raises:
        LookupError: this account has no such request.
        AlreadyAnsweredError: it has ended.
    """
    request = records.request_by_id(session, request_id)
    if request is None or request.account_id != account_id:
        raise LookupError(request_id)
    still_open(request)
    return request


def prepare_answer(session: Session, account_id: int, request_id: int, staff_id: int, answer: str) -> None:
    """Keep what is said when a request's order takes effect. Nobody is told before.

    Raises:
        LookupError: this account has no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
    """
    request = check_unanswered(session, account_id, request_id)
    mine(request, staff_id)
    request.answer = answer


def carried_out(session: Session, request_id: int, staff_id: int, now: datetime) -> None:
    """Answer a request in the transaction of its order, with the answer that was prepared."""
    if records.request_by_id(session, request_id) is None:
        return
    request, account = locked(session, request_id)
    if request.is_unanswered:
        answered(session, request, account, RequestEvent.CARRY_OUT, staff_id, request.answer, now)


def answered(
    session: Session,
    request: Request,
    account: Account,
    event: RequestEvent,
    staff_id: int,
    answer: str,
    now: datetime,
    told: dict[str, str] | None = None,
) -> None:
    """End a request with an answer and one mail about it, which may tell more.

    Raises:
        AlreadyAnsweredError: it has ended.
    """
    happen(session, request, event, staff_id, answer, now)
    request.owner_id = staff_id
    request.answer = answer
    request.answered_at = now
    said = {"state": str(request.state), "answer": answer, **(told or {})}
    tell(session, request, account, "request-answered", said, f"request-answered:{request.id}", now)
