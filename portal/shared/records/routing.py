"""What the account router decided, kept so that "why did this person land here?" has an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.subscriptions import SubscriptionRow


class RoutingDecision(Base):
    """One decision: who asked for which task and was led to which page, for which reason. A log, never edited."""

    __tablename__ = "routing_decisions"
    __table_args__ = (
        sa.Index("ix_routing_decisions_person_id_at", "person_id", "at"),
        sa.Index("ix_routing_decisions_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("accounts.id", ondelete="CASCADE"), index=True, default=None
    )
    task: Mapped[str]  # empty when the link named no task we know
    endpoint: Mapped[str]
    reason: Mapped[str]


def accounts_with_subscriptions(
    session: Session, account_ids: Sequence[int]
) -> Sequence[tuple[Account, SubscriptionRow | None]]:
    """What do these accounts hold? A row a subscription; an account without one has a single row with none."""
    question = (
        sa.select(Account, SubscriptionRow)
        .outerjoin(
            SubscriptionRow,
            sa.and_(SubscriptionRow.account_id == Account.id, sa.not_(SubscriptionRow.waiting)),
        )
        .where(Account.id.in_(account_ids))
        .order_by(Account.id, SubscriptionRow.id)
    )
    return [(account, held) for account, held in session.execute(question)]


def names_of_subscriptions(
    session: Session, account_id: int, subscription_ids: Sequence[int]
) -> Sequence[tuple[SubscriptionRow, Product, Plan]]:
    """What are these subscriptions of an account called?"""
    question = (
        sa.select(SubscriptionRow, Product, Plan)
        .join(Product, Product.code == SubscriptionRow.product)
        .join(Plan, Plan.id == SubscriptionRow.plan_id)
        .where(SubscriptionRow.account_id == account_id, SubscriptionRow.id.in_(subscription_ids))
        .order_by(Product.position, SubscriptionRow.id)
    )
    return [(held, product, plan) for held, product, plan in session.execute(question)]


def decisions_about(session: Session, person_id: int, limit: int = 50) -> Sequence[RoutingDecision]:
    """Where was this person led lately, and why? The newest first."""
    question = sa.select(RoutingDecision).where(RoutingDecision.person_id == person_id)
    newest = question.order_by(RoutingDecision.at.desc(), RoutingDecision.id.desc())
    return session.scalars(newest.limit(limit)).all()
