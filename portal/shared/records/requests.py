"""Requests: things only staff can do, asked for in the app."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.requests import UNANSWERED, RequestKind, RequestState
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.people import Person

_WAITS = "state IN ('open', 'taken')"


class Request(Base):
    """A numbered wish with a state, an owner and an answer."""

    __tablename__ = "requests"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "number"),
        sa.CheckConstraint("state IN ('open', 'taken', 'done', 'declined', 'withdrawn')", name="state"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.Index("ix_requests_state", "state", "created_at"),
        sa.Index(
            "ix_requests_account_type_created_at",
            "account_type",
            "created_at",
            "id",
            sqlite_where=sa.text(_WAITS),
            postgresql_where=sa.text(_WAITS),
        ),
        sa.Index(
            "ix_requests_owner_id",
            "owner_id",
            "created_at",
            "id",
            sqlite_where=sa.text(_WAITS),
            postgresql_where=sa.text(_WAITS),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    number: Mapped[int]
    kind: Mapped[RequestKind]
    state: Mapped[RequestState] = mapped_column(default=RequestState.OPEN)
    subscription_id: Mapped[int | None] = mapped_column(default=None)
    wanted: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(default="")
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    # The account's, so that each desk finds what waits there; the database keeps it (migration 0020).
    account_type: Mapped[str | None] = mapped_column(default=None)

    @property
    def is_unanswered(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in UNANSWERED


class RequestStep(Base):
    """One thing that happened to a request, as its customer reads it. Appended, never edited."""

    __tablename__ = "request_steps"
    __table_args__ = (sa.Index("ix_request_steps_request_id", "request_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("requests.id"))
    event: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def requests_of(session: Session, account_id: int) -> Sequence[Request]:
    """What did an account ask for, newest first?"""
    question = sa.select(Request).where(Request.account_id == account_id).order_by(Request.number.desc())
    return session.scalars(question).all()


def requests_before(session: Session, account_id: int, before: int | None, limit: int) -> Sequence[Request]:
    """What did an account ask for, newest first, from below a number on?"""
    question = sa.select(Request).where(Request.account_id == account_id)
    if before is not None:
        question = question.where(Request.number < before)
    return session.scalars(question.order_by(Request.number.desc()).limit(limit)).all()


def request_of(session: Session, account_id: int, number: int) -> Request | None:
    """Which request of this account has this number?"""
    question = sa.select(Request).where(Request.account_id == account_id, Request.number == number)
    return session.scalars(question).one_or_none()


def request_by_id(session: Session, request_id: int) -> Request | None:
    """Which request has this id? For staff only."""
    return session.get(Request, request_id)


def open_requests(session: Session, limit: int = 100) -> Sequence[Request]:
    """What waits for an answer, oldest first?"""
    question = (
        sa.select(Request).where(Request.state.in_(UNANSWERED)).order_by(Request.created_at).limit(limit)
    )
    return session.scalars(question).all()


def queue_of(
    session: Session,
    accounts: sa.ColumnElement[bool],
    first_owner: int,
    states: Collection[RequestState],
    kind: RequestKind | None,
    limit: int,
    account_type: str | None = None,
) -> Sequence[Request]:
    """Which requests of these accounts stand there, those of one owner first, then the oldest?

    `account_type`: these are all accounts of a type, so that the oldest are found from the front of an index.
    """
    question = sa.select(Request).join(Account, Account.id == Request.account_id).where(accounts)
    if kind is not None:
        question = question.where(Request.kind == kind)
    question = question.order_by(Request.created_at, Request.id)
    mine = Request.owner_id == first_owner
    others = sa.func.coalesce(Request.owner_id, 0) != first_owner
    if set(states) != UNANSWERED:
        mine, others = sa.and_(mine, Request.state.in_(states)), sa.and_(others, Request.state.in_(states))
    else:
        # In the words of the indexes of what waits, without which SQLite would not look there; few accounts are
        # asked one by one instead, in words that no index knows.
        waits = sa.text(f"requests.{_WAITS}")
        mine = sa.and_(mine, waits)
        if account_type is None:
            others = sa.and_(others, sa.text("requests.state || '' IN ('open', 'taken')"))
        else:
            others = sa.and_(others, waits, Request.account_type == account_type)
    own = session.scalars(question.where(mine).limit(limit)).all()
    return [*own, *session.scalars(question.where(others).limit(limit - len(own)))]


def open_requests_of(session: Session, account_id: int, kind: RequestKind) -> Sequence[Request]:
    """What did an account ask for of this kind that is not yet answered, oldest first?"""
    question = sa.select(Request).where(
        Request.account_id == account_id, Request.kind == kind, Request.state.in_(UNANSWERED)
    )
    return session.scalars(question.order_by(Request.id)).all()


def steps_of(session: Session, request_id: int) -> Sequence[tuple[RequestStep, Person]]:
    """What has happened to a request, in order, and who did it?"""
    question = (
        sa.select(RequestStep, Person)
        .join(Person, Person.id == RequestStep.person_id)
        .where(RequestStep.request_id == request_id)
        .order_by(RequestStep.id)
    )
    return [(step, person) for step, person in session.execute(question)]


def last_steps(session: Session, request_ids: Iterable[int]) -> dict[int, int]:
    """Which was the last step of each of these requests, if it has one?"""
    question = (
        sa.select(RequestStep.request_id, sa.func.max(RequestStep.id))
        .where(RequestStep.request_id.in_(list(request_ids)))
        .group_by(RequestStep.request_id)
    )
    return {request_id: int(step) for request_id, step in session.execute(question)}
