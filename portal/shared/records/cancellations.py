"""What people say when they cancel; asked once, and they may skip it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.shared.records.base import Base


class CancellationAnswer(Base):
    """Why a subscription was cancelled, in a word of ours and in words of theirs."""

    __tablename__ = "cancellation_answers"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.Index("ix_cancellation_answers_account_id", "account_id", "subscription_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
