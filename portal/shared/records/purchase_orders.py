"""Purchase orders of corporate accounts, and what was billed on each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.invoices import Invoice


class PurchaseOrderRow(Base):
    """A customer's own order number, with the days it is valid (both inside) and what it authorises, with tax."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.UniqueConstraint("account_id", "number"),
        sa.CheckConstraint("valid_to >= valid_from", name="valid_forward"),
        sa.CheckConstraint("authorised_minor > 0", name="authorised_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    number: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None] = mapped_column(default=None)
    authorised_minor: Mapped[int | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    created_at: Mapped[datetime]


def purchase_orders_of(session: Session, account_id: int) -> Sequence[PurchaseOrderRow]:
    """Which purchase orders does an account have, the newest first?"""
    question = (
        sa.select(PurchaseOrderRow)
        .where(PurchaseOrderRow.account_id == account_id)
        .order_by(
            PurchaseOrderRow.closed_at.is_not(None), PurchaseOrderRow.valid_from.desc(), PurchaseOrderRow.id
        )
    )
    return session.scalars(question).all()


def purchase_order_of(session: Session, account_id: int, purchase_order_id: int) -> PurchaseOrderRow | None:
    """Which purchase order of this account has this id? Another account's is none."""
    question = sa.select(PurchaseOrderRow).where(
        PurchaseOrderRow.account_id == account_id, PurchaseOrderRow.id == purchase_order_id
    )
    return session.scalars(question).one_or_none()


def billed_on(session: Session, account_id: int) -> dict[int, int]:
    """How much was billed on each purchase order of an account, with tax and less credit notes, in minor units?"""
    question = (
        sa.select(Invoice.purchase_order_id, sa.func.sum(Invoice.total_minor))
        .where(Invoice.account_id == account_id, Invoice.purchase_order_id.is_not(None))
        .group_by(Invoice.purchase_order_id)
    )
    return {key: int(total) for key, total in session.execute(question) if key is not None}


def documents_on(session: Session, account_id: int, purchase_order_id: int) -> Sequence[Invoice]:
    """Which invoices and credit notes were written on a purchase order, the newest first?"""
    question = (
        sa.select(Invoice)
        .where(Invoice.account_id == account_id, Invoice.purchase_order_id == purchase_order_id)
        .order_by(Invoice.id.desc())
    )
    return session.scalars(question).all()


def open_and_limited(session: Session) -> Sequence[PurchaseOrderRow]:
    """Which open purchase orders of all accounts can run out, by day or by amount?"""
    question = (
        sa.select(PurchaseOrderRow)
        .where(
            PurchaseOrderRow.closed_at.is_(None),
            sa.or_(PurchaseOrderRow.valid_to.is_not(None), PurchaseOrderRow.authorised_minor.is_not(None)),
        )
        .order_by(PurchaseOrderRow.account_id, PurchaseOrderRow.id)
    )
    return session.scalars(question).all()
