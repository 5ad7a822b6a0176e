"""Quotes: a representative's priced proposals, or what a contact put together from the contract's own prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.quotes import PriceKind, QuoteState
from portal.shared.records.accounts import Account
from portal.shared.records.base import Base


class Quote(Base):
    """A quote. Once it is sent its items, summary and digest stay as they are; only its state moves on."""

    __tablename__ = "quotes"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.UniqueConstraint("account_id", "number"),
        sa.CheckConstraint("validity_days BETWEEN 1 AND 90", name="validity_days"),
        sa.CheckConstraint("term_months > 0", name="term_months"),
        # Nobody approves their own quote, whatever the code says.
        sa.CheckConstraint("approved_by <> author_id", name="approved_by_another"),
        sa.CheckConstraint(
            "(state IN ('draft', 'awaiting_approval', 'withdrawn', 'replaced')) OR summary IS NOT NULL",
            name="sent_with_summary",
        ),
        sa.ForeignKeyConstraint(["account_id", "replaces_id"], ["quotes.account_id", "quotes.id"]),
        sa.Index("ix_quotes_account_id_state", "account_id", "state"),
        sa.Index("ix_quotes_state_valid_until", "state", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    number: Mapped[int]
    state: Mapped[QuoteState] = mapped_column(default=QuoteState.DRAFT)
    # Our own employee, or the contact who added seats to a contract.
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    by_customer: Mapped[bool] = mapped_column(default=False)
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    approval_note: Mapped[str] = mapped_column(default="")
    replaces_id: Mapped[int | None] = mapped_column(index=True, default=None)
    validity_days: Mapped[int]
    valid_until: Mapped[date | None] = mapped_column(default=None)
    term_months: Mapped[int | None] = mapped_column(default=None)
    note: Mapped[str] = mapped_column(default="")
    # What was sent: computed for this first day of service and frozen.
    starts_on: Mapped[date | None] = mapped_column(default=None)
    summary: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    digest: Mapped[str] = mapped_column(default="")
    # What the person who is accepting chose so far: payment, purchase order, admin contact.
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(default=None)


class QuoteItem(Base):
    """Wanted terms of one subscription at a price for this customer, both as wished and as it came out."""

    __tablename__ = "quote_items"
    __table_args__ = (
        sa.UniqueConstraint("quote_id", "subscription_id"),
        sa.ForeignKeyConstraint(["account_id", "quote_id"], ["quotes.account_id", "quotes.id"]),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.CheckConstraint("seats > 0", name="seats_positive"),
        sa.CheckConstraint("unit_minor > 0 AND list_minor > 0", name="prices_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    quote_id: Mapped[int]
    subscription_id: Mapped[int]
    position: Mapped[int]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id"))
    seats: Mapped[int]
    frequency: Mapped[Frequency]
    keeps_date: Mapped[bool]
    release: Mapped[list[Any]] = mapped_column(default=list)
    price_kind: Mapped[PriceKind]
    price_value: Mapped[int]
    list_minor: Mapped[int]
    unit_minor: Mapped[int]


def quotes_of(session: Session, account_id: int) -> Sequence[Quote]:
    """Which quotes does an account have, the newest first?"""
    question = sa.select(Quote).where(Quote.account_id == account_id).order_by(Quote.number.desc())
    return session.scalars(question).all()


def quotes_shown_to(session: Session, account_id: int, before: int | None, limit: int) -> Sequence[Quote]:
    """Which quotes were sent to an account, the newest first, from below a number on?"""
    question = sa.select(Quote).where(Quote.account_id == account_id, Quote.sent_at.is_not(None))
    if before is not None:
        question = question.where(Quote.number < before)
    return session.scalars(question.order_by(Quote.number.desc()).limit(limit)).all()


def quote_by_number(session: Session, account_id: int, number: int) -> Quote | None:
    """Which quote of this account has this number? Another account's is none."""
    question = sa.select(Quote).where(Quote.account_id == account_id, Quote.number == number)
    return session.scalars(question).one_or_none()


def quote_by_id(session: Session, quote_id: int) -> Quote | None:
    """Which quote has this id? For staff, and for the order it became."""
    return session.get(Quote, quote_id)


def items_of(session: Session, quote_ids: Iterable[int]) -> Sequence[QuoteItem]:
    """What do these quotes propose, in their order?"""
    question = (
        sa.select(QuoteItem)
        .where(QuoteItem.quote_id.in_(list(quote_ids)))
        .order_by(QuoteItem.quote_id, QuoteItem.position)
    )
    return session.scalars(question).all()


def is_quoted(session: Session, account_id: int, subscription_id: int) -> bool:
    """Is a quote of this account about this subscription, whatever became of the quote?"""
    question = sa.exists().where(
        QuoteItem.account_id == account_id, QuoteItem.subscription_id == subscription_id
    )
    return bool(session.scalar(sa.select(question)))


def sent_in_place_of(session: Session, quote_id: int) -> Sequence[Quote]:
    """Which open quotes took the place of this one, at once or over others in between?"""
    found: list[Quote] = []
    before = {quote_id}
    while before:
        question = sa.select(Quote).where(Quote.replaces_id.in_(before)).order_by(Quote.id)
        rows = session.scalars(question).all()
        found += [row for row in rows if row.state is QuoteState.SENT]
        before = {row.id for row in rows}
    return found


def sent_quotes_of_all(session: Session, account_ids: Iterable[int]) -> Sequence[tuple[Account, Quote]]:
    """Which quotes were sent to these accounts and have no answer? Some may be past their day."""
    question = (
        sa.select(Account, Quote)
        .join(Quote, Quote.account_id == Account.id)
        .where(Account.id.in_(list(account_ids)), Quote.state == QuoteState.SENT)
        .order_by(Quote.id)
    )
    return [(account, quote) for account, quote in session.execute(question)]


def sent_quotes_of(session: Session, account_id: int) -> Sequence[Quote]:
    """Which quotes did an account get and not answer, oldest first? Some may be past their day."""
    question = (
        sa.select(Quote)
        .where(Quote.account_id == account_id, Quote.state == QuoteState.SENT)
        .order_by(Quote.number)
    )
    return session.scalars(question).all()
