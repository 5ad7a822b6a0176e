"""Exemptions from tax: a document, the days it holds, and who checked it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.plain_rows import rows_of
from portal.shared.records.signs import ACCOUNT, may_have, sign

# Days before the last one on which somebody is told, so that the next document comes in time.
EXEMPTION_NOTICE_DAYS = 30


class TaxExemption(Base):
    """An account pays no tax from a day to a day (both inside), by a document that staff have seen."""

    __tablename__ = "tax_exemptions"
    __table_args__ = (
        sa.CheckConstraint("valid_to >= valid_from", name="valid_forward"),
        sa.Index("ix_tax_exemptions_account_id", "account_id", "valid_to"),
        sa.Index("ix_tax_exemptions_valid_to", "valid_to"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    document: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    added_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


_ON_A_DAY = (
    sa.select(TaxExemption)
    .where(
        TaxExemption.account_id == sa.bindparam("account_id"),
        TaxExemption.valid_from <= sa.bindparam("day"),
        TaxExemption.valid_to >= sa.bindparam("day"),
        TaxExemption.ended_at.is_(None),
    )
    .order_by(TaxExemption.id.desc())
    .limit(1)
)

_SIGN = sign("exemption", TaxExemption.account_id == ACCOUNT, TaxExemption.ended_at.is_(None))


def exemption_on(session: Session, account_id: int, day: date) -> TaxExemption | None:
    """Which exemption holds for an account on a day, if one does?"""
    if not may_have(session, account_id, _SIGN):
        return None
    return next(iter(rows_of(session, _ON_A_DAY, {"account_id": account_id, "day": day})), None)


def exemptions_between(session: Session, account_id: int, first: date, last: date) -> Sequence[TaxExemption]:
    """Which exemptions of an account hold on any day of a span (both days inside)?"""
    question = (
        sa.select(TaxExemption)
        .where(
            TaxExemption.account_id == account_id,
            TaxExemption.ended_at.is_(None),
            TaxExemption.valid_from <= last,
            TaxExemption.valid_to >= first,
        )
        .order_by(TaxExemption.valid_from)
    )
    return session.scalars(question).all()


def accounts_with_exemptions_ending(session: Session, first: date, last: date) -> Sequence[int]:
    """Which accounts have an exemption whose last day lies in a span (both days inside)?"""
    question = (
        sa.select(TaxExemption.account_id)
        .where(TaxExemption.ended_at.is_(None), TaxExemption.valid_to.between(first, last))
        .distinct()
        .order_by(TaxExemption.account_id)
    )
    return session.scalars(question).all()
