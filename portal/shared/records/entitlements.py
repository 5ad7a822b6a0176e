"""Who may use what: one statement over seats, subscriptions, accounts and the catalogue; columns, no objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.external_ids import ProductAccount, ProductPerson
from portal.shared.records.people import Person, plain_email
from portal.shared.records.subscriptions import Seat, SubscriptionRow

_WORTH = (
    Account.name.label("account_name"),
    Account.currency,
    Account.time_zone,
    Account.expired_on,
    SubscriptionRow.id,
    SubscriptionRow.account_id,
    SubscriptionRow.product,
    SubscriptionRow.plan_id,
    SubscriptionRow.seats,
    SubscriptionRow.frequency,
    SubscriptionRow.unit_minor,
    SubscriptionRow.period_start,
    SubscriptionRow.period_end,
    SubscriptionRow.trial_end,
    SubscriptionRow.pending_cancellation,
    SubscriptionRow.past_due_since,
    SubscriptionRow.ended_on,
    SubscriptionRow.contract_end,
    Plan.code.label("plan"),
    Product.features,
)


def seats_held_by(
    session: Session, email: str, *, account_id: int | None, product: str | None
) -> Sequence[Any]:
    """Which seats does somebody hold, with all that decides what they are worth; of one account or product only?"""
    return _seats(session, _held().where(Person.email == plain_email(email)), account_id, product)


def seats_held_by_called(
    session: Session, product: str, external_id: str, *, account_id: int | None
) -> Sequence[Any]:
    """The same of whom a product calls so."""
    called = sa.and_(ProductPerson.person_id == Person.id, ProductPerson.product == product)
    question = _held().join(ProductPerson, called).where(ProductPerson.external_id == external_id)
    return _seats(session, question, account_id, product)


def subscriptions_of_called(session: Session, product: str, external_id: str) -> Sequence[Any]:
    """Which subscriptions of a product does the account have that it calls so, and how many seats are held?"""
    held = sa.select(sa.func.count()).where(Seat.subscription_id == SubscriptionRow.id).scalar_subquery()
    mine = sa.and_(
        SubscriptionRow.account_id == Account.id,
        SubscriptionRow.product == product,
        sa.not_(SubscriptionRow.waiting),
    )
    question = (
        sa.select(*_WORTH, held.label("held"))
        .select_from(ProductAccount)
        .join(Account, Account.id == ProductAccount.account_id)
        .join(SubscriptionRow, mine)
        .join(Plan, Plan.id == SubscriptionRow.plan_id)
        .join(Product, Product.code == SubscriptionRow.product)
        .where(ProductAccount.product == product, ProductAccount.external_id == external_id)
        .order_by(SubscriptionRow.id)
    )
    return session.execute(question).all()


def _held() -> sa.Select[Any]:
    return (
        sa.select(Person.id.label("person_id"), Person.disabled_at, Seat.assigned_at, *_WORTH)
        .select_from(Person)
        .join(Seat, Seat.person_id == Person.id)
        .join(SubscriptionRow, SubscriptionRow.id == Seat.subscription_id)
        .join(Account, Account.id == SubscriptionRow.account_id)
        .join(Plan, Plan.id == SubscriptionRow.plan_id)
        .join(Product, Product.code == SubscriptionRow.product)
        .order_by(SubscriptionRow.product, SubscriptionRow.id)
    )


def _seats(
    session: Session, question: sa.Select[Any], account_id: int | None, product: str | None
) -> Sequence[Any]:
    if account_id is not None:
        question = question.where(SubscriptionRow.account_id == account_id)
    if product is not None:
        question = question.where(SubscriptionRow.product == product)
    return session.execute(question).all()
