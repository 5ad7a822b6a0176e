"""People who get an account's invoices by mail and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.in_bulk import IDS, among


class InvoiceRecipient(Base):
    """A name and an address of mail. Not somebody who can sign in."""

    __tablename__ = "invoice_recipients"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "email"),
        sa.CheckConstraint("email = lower(email)", name="email_lower_case"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    name: Mapped[str]
    email: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    added_at: Mapped[datetime]


def invoice_recipients_of(session: Session, account_id: int) -> Sequence[InvoiceRecipient]:
    """Who gets an account's invoices by mail, by name?"""
    question = (
        sa.select(InvoiceRecipient)
        .where(InvoiceRecipient.account_id == account_id)
        .order_by(InvoiceRecipient.name, InvoiceRecipient.email)
    )
    return session.scalars(question).all()


def invoice_recipients_among(session: Session, account_ids: Sequence[int]) -> Sequence[InvoiceRecipient]:
    """Who gets the invoices of these accounts by mail, by name?"""
    question = (
        sa.select(InvoiceRecipient)
        .where(among(InvoiceRecipient.account_id))
        .order_by(InvoiceRecipient.name, InvoiceRecipient.email)
    )
    return session.scalars(question, {IDS: account_ids}).all()
