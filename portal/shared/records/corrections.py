"""Questions about what our own people corrected: credit notes, write-offs, refunds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement, written_off_invoices
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment, PaymentAttempt, PaymentMethod, Refund


class RefundAttempt(Base):
    """The card processor is asked to give money back: started until it has answered."""

    __tablename__ = "refund_attempts"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "idempotency_key"),
        sa.CheckConstraint("state IN ('started', 'given_back', 'refused')", name="state"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
        sa.Index("ix_refund_attempts_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payments.id"), index=True)
    idempotency_key: Mapped[str]
    state: Mapped[str] = mapped_column(default="started")
    currency: Mapped[str]
    amount_minor: Mapped[int]
    reason: Mapped[str]
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)


def refund_by_key(session: Session, account_id: int, key: str) -> RefundAttempt | None:
    """Was a refund already asked for with this idempotency key?"""
    question = sa.select(RefundAttempt).where(
        RefundAttempt.account_id == account_id, RefundAttempt.idempotency_key == key
    )
    return session.scalars(question).one_or_none()


def refund_called(session: Session, reference: str) -> RefundAttempt | None:
    """Which refund has this reference?"""
    return session.scalars(sa.select(RefundAttempt).where(RefundAttempt.reference == reference)).one_or_none()


def started_refunds(session: Session, before: datetime) -> Sequence[str]:
    """Which refunds were begun before an instant and have no answer yet?"""
    question = sa.select(RefundAttempt.reference).where(
        RefundAttempt.state == "started", RefundAttempt.created_at <= before
    )
    return session.scalars(question.order_by(RefundAttempt.id)).all()


def refunds_on_their_way(session: Session, account_id: int) -> int:
    """How much was taken from the balance for refunds that have no answer yet, in minor units?"""
    question = sa.select(sa.func.coalesce(sa.func.sum(RefundAttempt.amount_minor), 0)).where(
        RefundAttempt.account_id == account_id, RefundAttempt.state == "started"
    )
    return int(session.execute(question).scalar_one())


def taken_back(session: Session, payment_ids: Sequence[int]) -> dict[int, int]:
    """How much of payments went back or is on its way back, in minor units?"""
    question = (
        sa.select(RefundAttempt.payment_id, sa.func.sum(RefundAttempt.amount_minor))
        .where(RefundAttempt.payment_id.in_(list(payment_ids)), RefundAttempt.state != "refused")
        .group_by(RefundAttempt.payment_id)
    )
    return {payment_id: int(minor) for payment_id, minor in session.execute(question)}


def card_payments(session: Session, account_id: int) -> list[tuple[Payment, str, PaymentMethod | None]]:
    """Which payments came through the card processor, newest first, each with the key it was charged under?"""
    question = (
        sa.select(
            Payment, sa.func.coalesce(Order.reference, PaymentAttempt.reference).label("key"), PaymentMethod
        )
        .outerjoin(Order, Order.id == Payment.order_id)
        .outerjoin(PaymentAttempt, PaymentAttempt.id == Payment.attempt_id)
        .outerjoin(PaymentMethod, PaymentMethod.id == Payment.payment_method_id)
        .where(Payment.account_id == account_id, Payment.kind.in_(["card", "direct_debit"]))
        .order_by(Payment.id.desc())
    )
    return [(payment, key, method) for payment, key, method in session.execute(question) if key]


def outside_payments(session: Session, account_id: int, limit: int = 20) -> Sequence[Payment]:
    """Which payments came past the card processor, newest first?"""
    question = (
        sa.select(Payment)
        .where(Payment.account_id == account_id, Payment.kind.in_(["transfer", "cheque"]))
        .order_by(Payment.id.desc())
        .limit(limit)
    )
    return session.scalars(question).all()


def refunded_total(session: Session, account_id: int) -> int:
    """How much cash went back to a customer, in minor units?"""
    question = sa.select(sa.func.coalesce(sa.func.sum(Refund.amount_minor), 0)).where(
        Refund.account_id == account_id
    )
    return int(session.execute(question).scalar_one())


def written_off_total(session: Session, account_id: int) -> int:
    """How much of an account's invoices was written off, in minor units?"""
    question = sa.select(sa.func.coalesce(sa.func.sum(Settlement.amount_minor), 0)).where(
        Settlement.account_id == account_id, Settlement.source == "written_off"
    )
    return int(session.execute(question).scalar_one())


def is_written_off(session: Session, account_id: int, invoice_id: int) -> bool:
    """Was any of this invoice written off?"""
    question = written_off_invoices(account_id).where(Settlement.invoice_id == invoice_id).limit(1)
    return session.scalar(question) is not None


def corrected_minor(session: Session, account_id: int, invoice_id: int) -> int:
    """How much did credit notes of our own people give back of an invoice, with tax, in minor units?

    A document that charges lines again, without a tax that was not due, is nobody's decision and does not count.
    """
    again = sa.select(InvoiceLine.invoice_id).where(
        InvoiceLine.account_id == account_id, InvoiceLine.takes_place_of.is_not(None)
    )
    question = sa.select(sa.func.coalesce(sa.func.sum(-Invoice.total_minor), 0)).where(
        Invoice.account_id == account_id, Invoice.corrects_id == invoice_id, Invoice.id.not_in(again)
    )
    return int(session.execute(question).scalar_one())
