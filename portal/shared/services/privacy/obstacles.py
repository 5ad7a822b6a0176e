"""What stands in the way of forgetting somebody, told so that they can settle it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.erasure import Obstacle
from portal.shared.domain.requests import UNANSWERED
from portal.shared.domain.subscriptions import standing
from portal.shared.records.accounts import Account
from portal.shared.records.claims import Claim
from portal.shared.records.invoices import unpaid_amounts
from portal.shared.records.orders import Order
from portal.shared.records.payments import OPEN_STATES_SQL, PaymentAttempt
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts
from portal.shared.services.people import contacts
from portal.shared.services.subscriptions.standing import as_value


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing to settle first: of which account, and the number or reference it has there."""

    obstacle: Obstacle
    account: str = ""
    about: str = ""


def hindrances(session: Session, person_id: int, now: datetime) -> list[Hindrance]:
    """Everything that must be settled before a person can be forgotten; nothing when nothing is in the way."""
    if session.get_one(Person, person_id).staff_role is not None:
        return [Hindrance(Obstacle.OUR_STAFF)]
    return [
        *_last_contact(session, person_id, now),
        *_open_requests(session, person_id),
        *_open_payments(session, person_id),
    ]


def _last_contact(session: Session, person_id: int, now: datetime) -> Iterator[Hindrance]:
    """Accounts that would be left with nobody, while something still runs or is owed there."""
    served = (
        sa.select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.person_id == person_id, Membership.role == "billing_contact")
        .order_by(Account.name, Account.id)
    )
    for account in session.scalars(served):
        others = [
            one for one in contacts.billing_contacts(session, account.id, "") if one.person_id != person_id
        ]
        if not others and (_runs(session, account, now) or any(unpaid_amounts(session, account.id).values())):
            yield Hindrance(Obstacle.LAST_CONTACT, account.name)


def _runs(session: Session, account: Account, now: datetime) -> bool:
    rows = session.scalars(
        sa.select(SubscriptionRow).where(
            SubscriptionRow.account_id == account.id, sa.not_(SubscriptionRow.waiting)
        )
    )
    today = accounts.today(account, now)
    return any(standing(as_value(row, account.currency), today).has_access for row in rows)


def _open_requests(session: Session, person_id: int) -> Iterator[Hindrance]:
    asked = (
        sa.select(Request.number, Account.name)
        .join(Account, Account.id == Request.account_id)
        .where(Request.created_by == person_id, Request.state.in_(UNANSWERED))
        .order_by(Account.name, Request.number)
    )
    for number, account in session.execute(asked):
        yield Hindrance(Obstacle.OPEN_REQUEST, account, f"#{number}")
    claimed = sa.select(Claim.number, Claim.organisation).where(
        Claim.claimant_id == person_id, Claim.state.in_(("unconfirmed", "waiting"))
    )
    for claim, organisation in session.execute(claimed.order_by(Claim.id)):
        yield Hindrance(Obstacle.OPEN_REQUEST, organisation, str(claim))


def _open_payments(session: Session, person_id: int) -> Iterator[Hindrance]:
    for table, whose in ((Order, Order.placed_by), (PaymentAttempt, PaymentAttempt.asked_by)):
        question = (
            sa.select(table.reference, Account.name)
            .join(Account, Account.id == table.account_id)
            .where(whose == person_id, sa.text(f"{table.__tablename__}.{OPEN_STATES_SQL}"))
            .order_by(table.account_id, table.id)
        )
        for reference, account in session.execute(question):
            yield Hindrance(Obstacle.OPEN_PAYMENT, account, reference)
