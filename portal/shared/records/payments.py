"""Payment methods on file (a token, never a card number) and payments received."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class CardRequest(Base):
    """A person was sent to the processor's own page to type a card for this account."""

    __tablename__ = "card_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    processor_reference: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    at: Mapped[datetime]


class PaymentMethod(Base):
    """A card on file: the processor's token and what may be shown of the card."""

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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    token: Mapped[str]
    brand: Mapped[str]
    last4: Mapped[str]
    expiry_month: Mapped[int]
    expiry_year: Mapped[int]
    is_default: Mapped[bool]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class Payment(Base):
    """Money received for an order."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "order_id"], ["orders.account_id", "orders.id"]),
        sa.UniqueConstraint("account_id", "order_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    order_id: Mapped[int]
    payment_method_id: Mapped[int] = mapped_column(sa.ForeignKey("payment_methods.id"))
    processor_reference: Mapped[str]
    currency: Mapped[str]
    amount_minor: Mapped[int]
    at: Mapped[datetime]


def methods_of(session: Session, account_id: int) -> Sequence[PaymentMethod]:
    """Which payment methods are on file, the default one first?"""
    question = (
        sa.select(PaymentMethod)
        .where(PaymentMethod.account_id == account_id, PaymentMethod.removed_at.is_(None))
        .order_by(PaymentMethod.is_default.desc(), PaymentMethod.id.desc())
    )
    return session.scalars(question).all()


def card_request(session: Session, processor_reference: str) -> CardRequest | None:
    """For which account was this page of the processor opened?"""
    question = sa.select(CardRequest).where(CardRequest.processor_reference == processor_reference)
    return session.scalars(question).one_or_none()
