"""What tax registries said of VAT numbers: kept for good, because an auditor asks for it years later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class VatCheck(Base):
    """One consultation: the number as it was asked, what was said and when; a `reference` proves it."""

    __tablename__ = "vat_checks"
    __table_args__ = (
        sa.CheckConstraint("state IN ('valid', 'invalid', 'no_answer')", name="state"),
        sa.Index("ix_vat_checks_account_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    country: Mapped[str]
    number: Mapped[str]
    state: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def vat_checks_of(session: Session, account_id: int) -> Sequence[VatCheck]:
    """What did registries say of the numbers of an account, the newest first?"""
    question = sa.select(VatCheck).where(VatCheck.account_id == account_id).order_by(VatCheck.id.desc())
    return session.scalars(question).all()
