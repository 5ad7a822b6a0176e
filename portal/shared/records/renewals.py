"""Renewals that happened, and the collection of what they charge."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class Renewal(Base):
    """A subscription went into a new billing period: once for each, whatever is repeated. Appended, never edited."""

    __tablename__ = "renewals"
    __table_args__ = (
        sa.UniqueConstraint("subscription_id", "period_start"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.ForeignKeyConstraint(["account_id", "invoice_id"], ["invoices.account_id", "invoices.id"]),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    invoice_id: Mapped[int]
    period_start: Mapped[date]
    at: Mapped[datetime]


class Collection(Base):
    """An invoice whose amount is asked for by itself: how often it was tried, and when it is tried next."""

    __tablename__ = "collections"
    __table_args__ = (
        sa.UniqueConstraint("invoice_id"),
        sa.ForeignKeyConstraint(["account_id", "invoice_id"], ["invoices.account_id", "invoices.id"]),
        sa.CheckConstraint("state IN ('waiting', 'paid', 'given_up')", name="state"),
        sa.Index("ix_collections_next_try_on", "state", "next_try_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    invoice_id: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    next_try_on: Mapped[date | None] = mapped_column(default=None)
    last_reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


def collection_of(session: Session, account_id: int, invoice_id: int) -> Collection | None:
    """How is an invoice being collected, if it is?"""
    question = sa.select(Collection).where(
        Collection.account_id == account_id, Collection.invoice_id == invoice_id
    )
    return session.scalars(question).one_or_none()


def collections_of(session: Session, account_id: int) -> Sequence[Collection]:
    """What is being collected from an account, oldest first?"""
    question = (
        sa.select(Collection)
        .where(Collection.account_id == account_id, Collection.state == "waiting")
        .order_by(Collection.due_on, Collection.id)
    )
    return session.scalars(question).all()
