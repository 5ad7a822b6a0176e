"""What people did, appended in the transaction that did it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.shared.records.base import Base


class Activity(Base):
    """One entry: who did what for which account, with the values that changed."""

    __tablename__ = "activity"
    __table_args__ = (sa.Index("ix_activity_account_id_at", "account_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    action: Mapped[str]
    detail: Mapped[dict[str, Any]]
    at: Mapped[datetime]
