"""What the account router decided, kept so that "why did this person land here?" has an answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.accounts import Account
from portal.shared.records.base import Base
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.people import Membership, Person
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
    product: Mapped[str] = mapped_column(default="", server_default="")  # empty when it named none
    endpoint: Mapped[str]
    reason: Mapped[str]


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


def decided_just_now(session: Session, like: RoutingDecision, since: datetime) -> bool:
    """Was the very same decided about the same person since then?"""
    question = sa.select(RoutingDecision.id).where(
        RoutingDecision.person_id == like.person_id,
        RoutingDecision.at > since,
        RoutingDecision.at <= like.at,
        RoutingDecision.account_id.is_not_distinct_from(like.account_id),
        RoutingDecision.task == like.task,
        RoutingDecision.product == like.product,
        RoutingDecision.endpoint == like.endpoint,
        RoutingDecision.reason == like.reason,
    )
    return session.scalar(question.limit(1)) is not None


def forget_decisions(session: Session, before: datetime) -> None:
    """Let go of decisions from before an instant."""
    session.execute(sa.delete(RoutingDecision).where(RoutingDecision.at < before))


def decisions(
    session: Session,
    about: sa.ColumnElement[bool],
    *,
    without_account: bool,
    search: str,
    before: int | None,
    limit: int,
) -> Sequence[tuple[RoutingDecision, Person, Account | None]]:
    """Who was led where, and why? The newest first, with the account that was meant.

    `about` says of which accounts; a decision without one belongs to the accounts of its person, and with
    `without_account` those of people who serve none are among them. `search` is a part of a mail address or of a name.
    """
    # Asked of each decision, newest first: a list of everybody's accounts would be made before the first is looked at.
    serves = (
        sa.exists()
        .where(Membership.person_id == RoutingDecision.person_id, Account.id == Membership.account_id, about)
        .correlate(RoutingDecision)
    )
    theirs = [
        sa.and_(RoutingDecision.account_id.is_not(None), about),
        sa.and_(RoutingDecision.account_id.is_(None), serves),
    ]
    if without_account:
        serves_none = sa.not_(sa.exists().where(Membership.person_id == Person.id))
        theirs.append(sa.and_(RoutingDecision.account_id.is_(None), Person.staff_role.is_(None), serves_none))
    question = (
        sa.select(RoutingDecision, Person, Account)
        .join(Person, Person.id == RoutingDecision.person_id)
        .outerjoin(Account, Account.id == RoutingDecision.account_id)
        .where(sa.or_(*theirs))
        .order_by(RoutingDecision.id.desc())
        .limit(limit)
    )
    if search:
        looked_in = (Person.email, Person.name, Account.name)
        question = question.where(sa.or_(*(one.icontains(search, autoescape=True) for one in looked_in)))
    if before is not None:
        question = question.where(RoutingDecision.id < before)
    return [(row, person, account) for row, person, account in session.execute(question)]
