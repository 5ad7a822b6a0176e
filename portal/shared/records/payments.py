"""Payment methods on file (a token, never a card number) and payments received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.records.base import Base
from portal.shared.records.plain_rows import plain_rows

OPEN_STATES_SQL = "state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN_STATES)))


class CardRequest(Base):
    """A person was sent to the processor's own page to type a card for this account."""

    __tablename__ = "card_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    processor_reference: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    # The invoice that a card typed there pays, and how much of it: such a card is used once and not kept.
    pays_invoice_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"), default=None)
    pays_minor: Mapped[int | None] = mapped_column(default=None)
    at: Mapped[datetime]


class PaymentMethod(Base):
    """A card or a bank account on file: the processor's token and what may be shown of it."""

    __tablename__ = "payment_methods"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.UniqueConstraint("account_id", "token"),
        sa.Index(
            "uq_payment_methods_account_id_default",
            "account_id",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
        sa.Index("ix_payment_methods_expiry_year", "expiry_year", "expiry_month"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    # A card, or an account at a bank that may be debited.
    kind: Mapped[str] = mapped_column(default="card")
    token: Mapped[str]
    brand: Mapped[str]
    last4: Mapped[str]
    expiry_month: Mapped[int | None]  # a bank account has no expiry
    expiry_year: Mapped[int | None]
    is_default: Mapped[bool]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Payment(Base):
    """Money received: by card for an order or an invoice, or recorded when a transfer or cheque came in."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "order_id"], ["orders.account_id", "orders.id"]),
        sa.UniqueConstraint("account_id", "order_id"),
        sa.UniqueConstraint("attempt_id"),
        sa.CheckConstraint("kind IN ('card', 'transfer', 'cheque', 'direct_debit')", name="kind"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index("ix_payments_account_id_at", "account_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    kind: Mapped[str] = mapped_column(default="card")
    order_id: Mapped[int | None] = mapped_column(default=None)
    attempt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_attempts.id"), default=None)
    payment_method_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_methods.id"), default=None)
    processor_reference: Mapped[str] = mapped_column(default="")
    # What stands on a transfer or a cheque, the day it came in, and who recorded it.
    reference: Mapped[str] = mapped_column(default="")
    received_on: Mapped[date | None] = mapped_column(default=None)
    recorded_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    idempotency_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    currency: Mapped[str]
    amount_minor: Mapped[int]
    at: Mapped[datetime]


class Refund(Base):
    """Money that went back to a customer, of one payment. Appended, never edited."""

    __tablename__ = "refunds"
    __table_args__ = (
        sa.UniqueConstraint("idempotency_key"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index("ix_refunds_account_id_at", "account_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    idempotency_key: Mapped[str]
    processor_reference: Mapped[str] = mapped_column(default="")
    currency: Mapped[str]
    amount_minor: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    given_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    at: Mapped[datetime]


class ProcessorEvent(Base):
    """A message of the processor that was taken in, by the processor's own number, so that it counts once."""

    __tablename__ = "processor_events"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    at: Mapped[datetime]


class PaymentAttempt(Base):
    """A card is charged for one invoice, in whole or in part: the same states as an order's charge."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "idempotency_key"),
        sa.ForeignKeyConstraint(["account_id", "invoice_id"], ["invoices.account_id", "invoices.id"]),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        # One at a time for an account: two could pay the same rest twice.
        sa.Index(
            "uq_payment_attempts_account_id_open",
            "account_id",
            unique=True,
            sqlite_where=sa.text(OPEN_STATES_SQL),
            postgresql_where=sa.text(OPEN_STATES_SQL),
        ),
        sa.Index("ix_payment_attempts_next_check_at", "next_check_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    invoice_id: Mapped[int]
    idempotency_key: Mapped[str]
    state: Mapped[OrderState]
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    currency: Mapped[str]
    amount_minor: Mapped[int]
    # A card on file, or the token of one that was typed for this payment alone.
    payment_method_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payment_methods.id"), default=None)
    card_token: Mapped[str] = mapped_column(default="")
    card_label: Mapped[str] = mapped_column(default="")
    processor_reference: Mapped[str | None] = mapped_column(default=None)
    decline_reason: Mapped[str | None] = mapped_column(default=None)
    confirmation_path: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    next_check_at: Mapped[datetime | None] = mapped_column(default=None)
    checks: Mapped[int] = mapped_column(default=0)


_ON_FILE = (
    sa.select(PaymentMethod)
    .where(PaymentMethod.account_id == sa.bindparam("account_id"), PaymentMethod.removed_at.is_(None))
    .order_by(PaymentMethod.is_default.desc(), PaymentMethod.id.desc())
)


_KIND = sa.select(PaymentMethod.kind).where(PaymentMethod.id == sa.bindparam("method_id"))


def methods_of(session: Session, account_id: int) -> Sequence[PaymentMethod]:
    """Which payment methods are on file, the default one first?"""
    return session.scalars(_ON_FILE, {"account_id": account_id}).all()


def shown_methods(session: Session, account_id: int) -> Sequence[Any]:
    """`methods_of` for pages that show them: the rows with the table's columns, which nobody changes."""
    return plain_rows(session, _ON_FILE, {"account_id": account_id})


def kind_of_method(session: Session, method_id: int | None) -> str:
    """Of which kind is what was charged? What was typed for one payment and not kept is a card."""
    found = plain_rows(session, _KIND, {"method_id": method_id}) if method_id is not None else ()
    return found[0].kind if found else MethodKind.CARD


def has_had_card(session: Session, account_id: int, token: str) -> bool:
    """Is a card with this token on file, or was it until it was removed?"""
    question = sa.select(PaymentMethod.id).where(
        PaymentMethod.account_id == account_id, PaymentMethod.token == token
    )
    return session.scalars(question).one_or_none() is not None


def card_request(session: Session, processor_reference: str) -> CardRequest | None:
    """For which account was this page of the processor opened?"""
    question = sa.select(CardRequest).where(CardRequest.processor_reference == processor_reference)
    return session.scalars(question).one_or_none()


def attempt_by_key(session: Session, account_id: int, key: str) -> PaymentAttempt | None:
    """Was a payment already tried with this idempotency key?"""
    question = sa.select(PaymentAttempt).where(
        PaymentAttempt.account_id == account_id, PaymentAttempt.idempotency_key == key
    )
    return session.scalars(question).one_or_none()


def attempt_by_reference(session: Session, account_id: int, reference: str) -> PaymentAttempt | None:
    """Which attempt of this account has this reference? Another account's is none."""
    question = sa.select(PaymentAttempt).where(
        PaymentAttempt.account_id == account_id, PaymentAttempt.reference == reference
    )
    return session.scalars(question).one_or_none()


def any_attempt(session: Session, reference: str) -> PaymentAttempt | None:
    """Which attempt has this reference, whosever it is? For the processor's messages only."""
    question = sa.select(PaymentAttempt).where(PaymentAttempt.reference == reference)
    return session.scalars(question).one_or_none()


_ATTEMPT_ON_ITS_WAY = sa.select(PaymentAttempt).where(
    PaymentAttempt.account_id == sa.bindparam("account_id"), PaymentAttempt.state.in_(OPEN_STATES)
)


def open_attempt_of(session: Session, account_id: int) -> PaymentAttempt | None:
    """Is a payment of this account still on its way?"""
    return session.scalars(_ATTEMPT_ON_ITS_WAY, {"account_id": account_id}).one_or_none()


def attempts_due_for_check(session: Session, now: datetime, limit: int = 100) -> Sequence[str]:
    """Which attempts, by reference, should be asked about at the processor now?"""
    question = (
        sa.select(PaymentAttempt.reference)
        .where(PaymentAttempt.next_check_at.is_not(None), PaymentAttempt.next_check_at <= now)
        .order_by(PaymentAttempt.next_check_at)
        .limit(limit)
    )
    return session.scalars(question).all()
