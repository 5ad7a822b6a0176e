"""Subscriptions and the seats of their people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.domain.calendar import Frequency
from portal.shared.records.base import Base
from portal.shared.records.catalog import Plan
from portal.shared.records.database import ReadSession
from portal.shared.records.people import Person
from portal.shared.records.plain_rows import plain_rows, rows_of


class SubscriptionRow(Base):
    """An account's standing agreement for one product, or its trial (no frequency, price or period then)."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.CheckConstraint("seats > 0", name="seats_positive"),
        sa.CheckConstraint(
            "(frequency IS NULL) = (unit_minor IS NULL) AND (frequency IS NULL) = (period_start IS NULL) "
            "AND (frequency IS NULL) = (period_end IS NULL)",
            name="terms_whole",
        ),
        sa.CheckConstraint("period_end > period_start", name="period_forward"),
        sa.CheckConstraint(
            "CASE WHEN waiting THEN frequency IS NULL AND trial_end IS NULL "
            "ELSE frequency IS NOT NULL OR trial_end IS NOT NULL END",
            name="bought_or_tried",
        ),
        # What regular work looks for in all accounts: periods and trials that end.
        sa.Index(
            "ix_subscriptions_period_end",
            "period_end",
            "account_id",
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        ),
        sa.Index(
            "ix_subscriptions_trial_end",
            "trial_end",
            "account_id",
            sqlite_where=sa.text("frequency IS NULL"),
            postgresql_where=sa.text("frequency IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    product: Mapped[str] = mapped_column(sa.ForeignKey("products.code"))
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id"))
    seats: Mapped[int]
    frequency: Mapped[Frequency | None] = mapped_column(default=None)
    unit_minor: Mapped[int | None] = mapped_column(default=None)
    anchor: Mapped[date | None] = mapped_column(default=None)
    period_start: Mapped[date | None] = mapped_column(default=None)
    period_end: Mapped[date | None] = mapped_column(default=None)
    trial_end: Mapped[date | None] = mapped_column(default=None)
    pending_cancellation: Mapped[bool] = mapped_column(default=False)
    past_due_since: Mapped[date | None] = mapped_column(default=None)
    ended_on: Mapped[date | None] = mapped_column(default=None)
    # The service order end date of a contract with a term: the first day without it.
    contract_end: Mapped[date | None] = mapped_column(default=None)
    # A product that is only in the cart: the order that buys it ends the waiting, removing it from the cart the row.
    waiting: Mapped[bool] = mapped_column(default=False)


class Seat(Base):
    """The right of one person to use the product of a subscription."""

    __tablename__ = "seats"
    __table_args__ = (
        sa.UniqueConstraint("subscription_id", "person_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.Index("ix_seats_account_id_subscription_id", "account_id", "subscription_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    assigned_at: Mapped[datetime]


_WITH_WAITING = (
    sa.select(SubscriptionRow)
    .where(SubscriptionRow.account_id == sa.bindparam("account_id"))
    .order_by(SubscriptionRow.id)
)
_OF_ACCOUNTS = (
    sa.select(SubscriptionRow)
    .where(SubscriptionRow.account_id.in_(sa.bindparam("account_ids", expanding=True)))
    .order_by(SubscriptionRow.id)
)
_ONE = _WITH_WAITING.where(SubscriptionRow.id == sa.bindparam("subscription_id"))
_SOME = _WITH_WAITING.where(SubscriptionRow.id.in_(sa.bindparam("subscription_ids", expanding=True)))
_HELD = (
    sa.select(Seat.subscription_id, sa.func.count())
    .where(Seat.account_id == sa.bindparam("account_id"))
    .group_by(Seat.subscription_id)
)
_HELD_OF_SOME = _HELD.where(Seat.subscription_id.in_(sa.bindparam("subscription_ids", expanding=True)))
_HELD_OF_ONE = sa.select(sa.func.count()).where(
    Seat.account_id == sa.bindparam("account_id"), Seat.subscription_id == sa.bindparam("subscription_id")
)
_KEPT = "subscriptions"
_SEATS = sa.select(Seat.subscription_id, Seat.id).where(
    Seat.account_id == sa.bindparam("account_id"),
    Seat.subscription_id.in_(sa.bindparam("subscription_ids", expanding=True)),
)


def subscriptions_of(
    session: Session, account_id: int, *, with_waiting: bool = False
) -> Sequence[SubscriptionRow]:
    """Which subscriptions does an account have? Those that only wait in the cart are left out unless asked for."""
    rows = _kept(session, account_id)
    if rows is None:
        rows = rows_of(session, _WITH_WAITING, {"account_id": account_id})
        _keep(session, account_id, rows)
    return rows if with_waiting else [one for one in rows if not one.waiting]


def subscriptions_of_accounts(
    session: Session, account_ids: Collection[int]
) -> Mapping[int, Sequence[SubscriptionRow]]:
    """Which subscriptions does each of these accounts have, without those that only wait in the cart? One statement."""
    if len(account_ids) > 1:
        found: dict[int, list[SubscriptionRow]] = {one: [] for one in account_ids}
        for row in rows_of(session, _OF_ACCOUNTS, {"account_ids": tuple(account_ids)}):
            found[row.account_id].append(row)
        for account_id, rows in found.items():
            _keep(session, account_id, rows)
    return {one: subscriptions_of(session, one) for one in account_ids}


def _keep(session: Session, account_id: int, rows: Sequence[SubscriptionRow]) -> None:
    """Let a reading session, whose snapshot does not change, answer from memory when asked about the account again."""
    if isinstance(session, ReadSession):
        session.info.setdefault(_KEPT, {})[account_id] = rows


def _kept(session: Session, account_id: int) -> Sequence[SubscriptionRow] | None:
    found: Sequence[SubscriptionRow] | None = session.info.get(_KEPT, {}).get(account_id)
    return found


def subscriptions_after(
    session: Session, account_id: int, after: int | None, limit: int
) -> Sequence[SubscriptionRow]:
    """Which subscriptions does an account have, in their order, from behind a number on?"""
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account_id, SubscriptionRow.id > (after or 0)
    )
    question = question.where(sa.not_(SubscriptionRow.waiting))
    return session.scalars(question.order_by(SubscriptionRow.id).limit(limit)).all()


def subscription_of(session: Session, account_id: int, subscription_id: int) -> SubscriptionRow | None:
    """Which subscription of this account has this id? Another account's is none."""
    rows = _kept(session, account_id)
    if rows is None:
        rows = rows_of(session, _ONE, {"account_id": account_id, "subscription_id": subscription_id})
    return next((one for one in rows if one.id == subscription_id), None)


def some_subscriptions(
    session: Session, account_id: int, subscription_ids: Collection[int]
) -> Sequence[SubscriptionRow]:
    """Which of these are subscriptions of the account, those that only wait in the cart among them?"""
    if len(subscription_ids) == 1:
        found = [subscription_of(session, account_id, one) for one in subscription_ids]
        return [one for one in found if one is not None]
    rows = _kept(session, account_id)
    if rows is None and subscription_ids:
        of = {"account_id": account_id, "subscription_ids": tuple(sorted(subscription_ids))}
        return rows_of(session, _SOME, of)
    return [one for one in rows or () if one.id in subscription_ids]


def seats_of_person(session: Session, person_id: int) -> Sequence[Any]:
    """Which seats does somebody hold, in which accounts and of which products?"""
    question = (
        sa.select(Seat.account_id, Seat.subscription_id, SubscriptionRow.product)
        .join(SubscriptionRow, SubscriptionRow.id == Seat.subscription_id)
        .where(Seat.person_id == person_id)
        .order_by(Seat.id)
    )
    return session.execute(question).all()


def seats_held(session: Session, account_id: int) -> dict[int, int]:
    """How many people hold a seat, for each subscription of an account?"""
    return dict(plain_rows(session, _HELD, {"account_id": account_id}))


def seats_held_of(session: Session, account_id: int, subscription_id: int) -> int:
    """How many people hold a seat of this subscription of an account?"""
    of = {"account_id": account_id, "subscription_id": subscription_id}
    ((count,),) = plain_rows(session, _HELD_OF_ONE, of)
    return int(count)


def seats_held_of_some(session: Session, account_id: int, subscription_ids: Sequence[int]) -> dict[int, int]:
    """How many people hold a seat, for each of these subscriptions of an account?"""
    of = {"account_id": account_id, "subscription_ids": tuple(subscription_ids)}
    return dict(plain_rows(session, _HELD_OF_SOME, of))


def seat_ids(session: Session, account_id: int, subscription_id: int) -> frozenset[int]:
    """Which seats of a subscription are held by somebody?"""
    question = sa.select(Seat.id).where(
        Seat.account_id == account_id, Seat.subscription_id == subscription_id
    )
    return frozenset(session.scalars(question))


def is_seat_of(session: Session, account_id: int, seat_id: int) -> bool:
    """Is this a seat of the account?"""
    question = sa.select(Seat.id).where(Seat.account_id == account_id, Seat.id == seat_id)
    return session.scalar(question) is not None


def seat_ids_by_subscription(
    session: Session, account_id: int, subscription_ids: Iterable[int]
) -> dict[int, frozenset[int]]:
    """Which seats are held by somebody, for each of these subscriptions of an account that has any?"""
    held: defaultdict[int, set[int]] = defaultdict(set)
    of = {"account_id": account_id, "subscription_ids": tuple(subscription_ids)}
    for subscription_id, seat_id in plain_rows(session, _SEATS, of):
        held[subscription_id].add(seat_id)
    return {subscription_id: frozenset(seats) for subscription_id, seats in held.items()}


def seats_of(session: Session, account_id: int, subscription_id: int) -> Sequence[tuple[Seat, Person]]:
    """Who holds a seat of a subscription, by name?"""
    question = (
        sa.select(Seat, Person)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.account_id == account_id, Seat.subscription_id == subscription_id)
        .order_by(Person.name, Person.email)
    )
    return [(seat, person) for seat, person in session.execute(question)]


def running_on_plans(session: Session) -> Sequence[tuple[str, str, int, int]]:
    """Which plans do subscriptions run on: product, plan, how many, and the most seats one of them has?"""
    question = (
        sa.select(Plan.product, Plan.code, sa.func.count(), sa.func.max(SubscriptionRow.seats))
        .join(Plan, Plan.id == SubscriptionRow.plan_id)
        .where(SubscriptionRow.ended_on.is_(None), sa.not_(SubscriptionRow.waiting))
        .group_by(Plan.product, Plan.code)
    )
    return [(product, plan, number, most) for product, plan, number, most in session.execute(question)]
