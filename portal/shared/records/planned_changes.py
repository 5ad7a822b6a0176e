"""Changes of a subscription that are planned ahead: carried out by one of its renewals, then gone from here."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class PlannedChange(Base):
    """Another plan or number of seats from the first renewal on or after a day. What is none stays as it is then.

    A subscription has one at most; what became of it stands in the activity.
    """

    __tablename__ = "planned_changes"
    __table_args__ = (
        sa.UniqueConstraint("subscription_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.CheckConstraint("plan_id IS NOT NULL OR seats IS NOT NULL", name="something"),
        sa.CheckConstraint("seats > 0", name="seats_positive"),
        sa.Index("ix_planned_changes_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("plans.id"), default=None)
    seats: Mapped[int | None] = mapped_column(default=None)
    from_day: Mapped[date]
    planned_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    planned_at: Mapped[datetime]


def planned_changes_of(session: Session, account_id: int) -> dict[int, PlannedChange]:
    """Which changes are planned for an account, by subscription?"""
    question = sa.select(PlannedChange).where(PlannedChange.account_id == account_id)
    return {row.subscription_id: row for row in session.scalars(question.order_by(PlannedChange.id))}


def planned_change_of(session: Session, account_id: int, subscription_id: int) -> PlannedChange | None:
    """Which change is planned for a subscription of this account, if one is?"""
    question = sa.select(PlannedChange).where(
        PlannedChange.account_id == account_id, PlannedChange.subscription_id == subscription_id
    )
    return session.scalars(question).one_or_none()
