"""Requests as both sides see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.changes import Wanted
from portal.shared.domain.requests import UNANSWERED, RequestKind, RequestState
from portal.shared.domain.wishes import OtherProduct, Wish, from_plain
from portal.shared.records import requests as records
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import desk
from portal.shared.services.desk.urgent import looks_after_everybody

_Row = TypeVar("_Row", Account, SubscriptionRow, Person)

MOST = 100


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as both sides see it. `seen` is the last step of its history (0: none since it was made)."""

    id: int
    account_id: int
    account_name: str
    account_type: str
    number: int
    kind: RequestKind
    state: RequestState
    product: str
    wish: Wish
    note: str
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    owner: str
    owner_id: int | None
    answer: str
    answered_at: datetime | None
    seen: int

    @property
    def is_unanswered(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in UNANSWERED

    @property
    def wanted(self) -> Wanted:
        """The terms a request for a lower plan asks for."""
        assert isinstance(self.wish, Wanted), "only a lower plan is a change of terms"
        return self.wish


@dataclass(frozen=True, slots=True)
class StepView:
    """One thing that has happened to a request, and who did it."""

    event: str
    person: str
    by_staff: bool
    text: str
    at: datetime


def of_account(session: Session, account_id: int) -> list[RequestView]:
    """What an account asked for, newest first."""
    return _views(session, records.requests_of(session, account_id))


def page_of_account(
    session: Session, account_id: int, before: int | None, size: int
) -> tuple[list[RequestView], int | None]:
    """A page of what an account asked for, newest first, and from where older ones follow."""
    rows = records.requests_before(session, account_id, before, size + 1)
    return _views(session, rows[:size]), rows[size - 1].number if len(rows) > size else None


def one_of_account(session: Session, account_id: int, number: int) -> RequestView | None:
    """One request of an account, by its number."""
    request = records.request_of(session, account_id, number)
    return _views(session, [request])[0] if request else None


def waiting(session: Session) -> list[RequestView]:
    """What waits for an answer, oldest first, whosever it is."""
    return _views(session, records.open_requests(session))


def queue(
    session: Session,
    staff: desk.Staff,
    *,
    kind: RequestKind | None = None,
    state: RequestState | None = None,
    limit: int = MOST,
) -> list[RequestView]:
    """The requests of somebody's accounts: their own first, then the oldest; without a state, what waits."""
    states = UNANSWERED if state is None else {state}
    everybodys = "online" if looks_after_everybody(staff) else None
    found = records.queue_of(session, desk.is_of(staff), staff.person_id, states, kind, limit, everybodys)
    return _views(session, found)


def one(session: Session, request_id: int) -> RequestView | None:
    """One request, whosever it is; for staff."""
    request = records.request_by_id(session, request_id)
    return _views(session, [request])[0] if request else None


def history(session: Session, request_id: int) -> list[StepView]:
    """Everything that has happened to a request since it was made, in order."""
    return [
        StepView(step.event, person.name, person.staff_role is not None, step.text, step.at)
        for step, person in records.steps_of(session, request_id)
    ]


def _views(session: Session, rows: Sequence[records.Request]) -> list[RequestView]:
    accounts = _by_id(session, Account, (row.account_id for row in rows))
    subscriptions = _by_id(session, SubscriptionRow, (row.subscription_id for row in rows))
    persons = _by_id(session, Person, (key for row in rows for key in (row.created_by, row.owner_id)))
    seen = records.last_steps(session, [row.id for row in rows])
    views = []
    for row in rows:
        wish = from_plain(row.kind, row.wanted, row.subscription_id)
        product = subscriptions[row.subscription_id].product if row.subscription_id is not None else ""
        account = accounts[row.account_id]
        views.append(
            RequestView(
                id=row.id,
                account_id=row.account_id,
                account_name=account.name,
                account_type=account.type,
                number=row.number,
                kind=row.kind,
                state=row.state,
                product=wish.product if isinstance(wish, OtherProduct) else product,
                wish=wish,
                note=row.note,
                asked_by=persons[row.created_by].name,
                asked_by_id=row.created_by,
                asked_at=row.created_at,
                owner=persons[row.owner_id].name if row.owner_id else "",
                owner_id=row.owner_id,
                # What is prepared for an order that is not placed yet is nobody's to read.
                answer=row.answer if row.answered_at else "",
                answered_at=row.answered_at,
                seen=seen.get(row.id, 0),
            )
        )
    return views


def _by_id(session: Session, table: type[_Row], ids: Iterable[int | None]) -> dict[int, _Row]:
    """Rows of a table by their id, in one statement."""
    found = session.scalars(sa.select(table).where(table.id.in_({key for key in ids if key is not None})))
    return {row.id: row for row in found}
