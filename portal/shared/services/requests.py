"""Requests: what only staff can do, asked for on the spot, with a number, a state and an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Wanted
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.domain.terms import WantedTerms
from portal.shared.records import requests as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.orders import open_order_of
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import activity, notifications, people
from portal.shared.services.subscriptions import row_of

_Row = TypeVar("_Row", Account, SubscriptionRow, Person)


class OnItsWayError(ValueError):
    """The order of the request waits for the bank; its outcome is the answer."""


class AlreadyAnsweredError(ValueError):
    """The request has an answer; it cannot get another."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as both sides see it."""

    id: int
    account_id: int
    account_name: str
    number: int
    kind: str
    state: str
    product: str
    wanted: Wanted
    asked_by: str
    asked_at: datetime
    owner: str
    answer: str
    answered_at: datetime | None


def ask_for_lower_plan(session: Session, account_id: int, want: Wanted, person_id: int, now: datetime) -> int:
    """Ask Customer Care for a lower plan and return the request's number; asking again renews the open request.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, want.subscription_id)
    terms = want.terms
    wanted = {
        "plan_id": terms.plan_id,
        "seats": terms.seats,
        "frequency": str(terms.frequency),
        "release": sorted(want.release),
    }
    request = records.open_request_for(session, account_id, row.id, RequestKind.LOWER_PLAN)
    if request is None:
        account.last_request_number += 1
        request = records.Request(
            account_id=account_id,
            number=account.last_request_number,
            kind=RequestKind.LOWER_PLAN,
            subscription_id=row.id,
            wanted=wanted,
            created_by=person_id,
            created_at=now,
        )
        session.add(request)
    else:
        request.wanted = wanted
    session.flush()
    activity.record(session, account_id, person_id, "request-made", {"number": request.number, **wanted}, now)
    writer = people.recipient(session, person_id, account.language)
    notifications.enqueue_mail(
        session,
        "request-made",
        writer.email,
        writer.language,
        {"name": writer.name, "number": request.number, "product": row.product, "account": account.name},
        f"request-made:{request.id}",
        now,
    )
    return request.number


def decline(session: Session, request_id: int, staff_id: int, answer: str, now: datetime) -> None:
    """Answer a request with no.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has an answer.
        OnItsWayError: its order waits for the bank, which may still approve.
    """
    request = records.request_by_id(session, request_id)
    if request is None:
        raise LookupError(request_id)
    lock_account(session, request.account_id)
    order = open_order_of(session, request.account_id)
    if order is not None and order.request_id == request_id:
        raise OnItsWayError(request.number)
    _answer(session, request_id, staff_id, RequestState.DECLINED, answer, now)


def check_unanswered(session: Session, account_id: int, request_id: int) -> records.Request:
    """The request of this account, which can still be answered.

    Raises:
        LookupError: this account has no such request.
        AlreadyAnsweredError: it has an answer.
    """
    request = records.request_by_id(session, request_id)
    if request is None or request.account_id != account_id:
        raise LookupError(request_id)
    if request.answered_at is not None:
        raise AlreadyAnsweredError(request.number)
    return request


def prepare_answer(session: Session, account_id: int, request_id: int, staff_id: int, answer: str) -> None:
    """Keep who carries a request out, and what they say, until its order takes effect. Nobody is told before.

    Raises:
        LookupError: this account has no such request.
        AlreadyAnsweredError: it has an answer.
    """
    request = check_unanswered(session, account_id, request_id)
    request.owner_id, request.answer = staff_id, answer


def carried_out(session: Session, request_id: int, staff_id: int, now: datetime) -> None:
    """Answer a request in the transaction of its order, with the answer that was prepared."""
    request = records.request_by_id(session, request_id)
    if request is not None and request.answered_at is None:
        _answer(session, request_id, staff_id, RequestState.DONE, request.answer, now)


def of_account(session: Session, account_id: int) -> list[RequestView]:
    """What an account asked for, newest first."""
    return _views(session, records.requests_of(session, account_id))


def one_of_account(session: Session, account_id: int, number: int) -> RequestView | None:
    """One request of an account, by its number."""
    request = records.request_of(session, account_id, number)
    return _views(session, [request])[0] if request else None


def waiting(session: Session) -> list[RequestView]:
    """What waits for Customer Care, oldest first."""
    return _views(session, records.open_requests(session))


def one(session: Session, request_id: int) -> RequestView | None:
    """One request, whosever it is; for staff."""
    request = records.request_by_id(session, request_id)
    return _views(session, [request])[0] if request else None


def _answer(
    session: Session, request_id: int, staff_id: int, state: RequestState, answer: str, now: datetime
) -> None:
    request = records.request_by_id(session, request_id)
    if request is None:
        raise LookupError(request_id)
    account = lock_account(session, request.account_id)
    session.refresh(request)
    if request.answered_at is not None:
        raise AlreadyAnsweredError(request.number)
    request.state = state
    request.owner_id = staff_id
    request.answer = answer
    request.answered_at = now
    detail = {"number": request.number, "state": state}
    activity.record(session, request.account_id, staff_id, "request-answered", detail, now)
    reader = people.recipient(session, request.created_by, account.language)
    notifications.enqueue_mail(
        session,
        "request-answered",
        reader.email,
        reader.language,
        {
            "name": reader.name,
            "number": request.number,
            "state": state,
            "answer": answer,
            "account": account.name,
        },
        f"request-answered:{request.id}",
        now,
    )


def _views(session: Session, rows: Sequence[records.Request]) -> list[RequestView]:
    accounts = _by_id(session, Account, (row.account_id for row in rows))
    subscriptions = _by_id(session, SubscriptionRow, (row.subscription_id for row in rows))
    persons = _by_id(session, Person, (key for row in rows for key in (row.created_by, row.owner_id)))
    views = []
    for row in rows:
        assert row.subscription_id is not None, "every kind of request so far is about a subscription"
        subscription = subscriptions[row.subscription_id]
        wanted = row.wanted
        terms = WantedTerms(wanted["plan_id"], wanted["seats"], Frequency(wanted["frequency"]))
        views.append(
            RequestView(
                id=row.id,
                account_id=row.account_id,
                account_name=accounts[row.account_id].name,
                number=row.number,
                kind=row.kind,
                state=row.state,
                product=subscription.product,
                wanted=Wanted(subscription.id, terms, frozenset(wanted["release"])),
                asked_by=persons[row.created_by].name,
                asked_at=row.created_at,
                owner=persons[row.owner_id].name if row.owner_id else "",
                answer=row.answer,
                answered_at=row.answered_at,
            )
        )
    return views


def _by_id(session: Session, table: type[_Row], ids: Iterable[int | None]) -> dict[int, _Row]:
    """Rows of a table by their id, in one statement."""
    found = session.scalars(sa.select(table).where(table.id.in_({key for key in ids if key is not None})))
    return {row.id: row for row in found}
