"""Who may use what: one statement over seats, subscriptions, accounts and the catalogue; columns, no objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.people import Person, plain_email
from portal.shared.records.subscriptions import Seat, SubscriptionRow


def seats_held_by(
    session: Session, email: str, *, account_id: int | None, product: str | None
) -> Sequence[Any]:
    """Which seats does somebody hold, with all that decides what they are worth; of one account or product only?"""
    question = (
        sa.select(
            Person.id.label("person_id"),
            Person.disabled_at,
            Seat.assigned_at,
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
        .select_from(Person)
        .join(Seat, Seat.person_id == Person.id)
        .join(SubscriptionRow, SubscriptionRow.id == Seat.subscription_id)
        .join(Account, Account.id == SubscriptionRow.account_id)
        .join(Plan, Plan.id == SubscriptionRow.plan_id)
        .join(Product, Product.code == SubscriptionRow.product)
        .where(Person.email == plain_email(email))
        .order_by(SubscriptionRow.product, SubscriptionRow.id)
    )
    if account_id is not None:
        question = question.where(SubscriptionRow.account_id == account_id)
    if product is not None:
        question = question.where(SubscriptionRow.product == product)
    return session.execute(question).all()
