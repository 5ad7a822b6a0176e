"""Moves of accounts from one portal to the other: what was agreed before and after, and whether it was undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.signs import ACCOUNT, may_have, sign


class AccountMove(Base):
    """An account changed its type. Nothing of it is edited but that it was undone."""

    __tablename__ = "account_moves"
    __table_args__ = (
        sa.CheckConstraint("from_type <> to_type", name="to_another_type"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_by_somebody"),
        sa.Index("ix_account_moves_account_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    from_type: Mapped[str]
    to_type: Mapped[str]
    # What was agreed on each side: representative, days to pay, the rule beyond a purchase order.
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    # The fingerprint of what was shown and confirmed.
    digest: Mapped[str]
    # A document with a higher number was written after the move, which then cannot be undone.
    last_invoice_number: Mapped[int]
    moved_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    moved_at: Mapped[datetime]
    undone_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    undone_at: Mapped[datetime | None] = mapped_column(default=None)


_LAST = (
    sa.select(AccountMove)
    .where(AccountMove.account_id == sa.bindparam("account_id"))
    .order_by(AccountMove.id.desc())
    .limit(1)
)
_SIGN = sign("move", AccountMove.account_id == ACCOUNT)


def last_move_of(session: Session, account_id: int) -> AccountMove | None:
    """How did the account come to the portal it is in, if it was moved or moved back?"""
    if not may_have(session, account_id, _SIGN):
        return None
    return session.scalars(_LAST, {"account_id": account_id}).one_or_none()
