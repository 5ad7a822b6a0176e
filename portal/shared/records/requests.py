"""Requests: things only staff can do, asked for in the app."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.requests import UNANSWERED, RequestKind, RequestState
from portal.shared.records.base import Base


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


def request_of(session: Session, account_id: int, number: int) -> Request | None:
    """Which request of this account has this number?"""
    question = sa.select(Request).where(Request.account_id == account_id, Request.number == number)
    return session.scalars(question).one_or_none()


def request_by_id(session: Session, request_id: int) -> Request | None:
    """Which request has this id? For staff only."""
    return session.get(Request, request_id)


def open_requests(session: Session, limit: int = 100) -> Sequence[Request]:
    """What waits for Customer Care, oldest first?"""
    question = (
        sa.select(Request).where(Request.state.in_(UNANSWERED)).order_by(Request.created_at).limit(limit)
    )
    return session.scalars(question).all()


def open_request_for(
    session: Session, account_id: int, subscription_id: int, kind: RequestKind
) -> Request | None:
    """Was this already asked for, and is it not yet answered?"""
    question = sa.select(Request).where(
        Request.account_id == account_id,
        Request.subscription_id == subscription_id,
        Request.kind == kind,
        Request.state.in_(UNANSWERED),
    )
    return session.scalars(question.order_by(Request.id).limit(1)).first()
