"""What the desk asks about one account beside what its own pages ask."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.payments import Payment
from portal.shared.records.people import Membership, Person


def people_with_roles(session: Session, account_id: int) -> Sequence[tuple[Person, str]]:
    """Who manages something of an account, and as what, by name? Holding a seat is no management."""
    question = (
        sa.select(Person, Membership.role)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.account_id == account_id, Membership.role != "seat_holder")
        .order_by(Person.name, Person.id, Membership.role)
    )
    return [(person, role) for person, role in session.execute(question)]


def latest_payments(session: Session, account_id: int, limit: int) -> Sequence[Payment]:
    """What came in last, the newest first?"""
    question = (
        sa.select(Payment)
        .where(Payment.account_id == account_id)
        .order_by(Payment.at.desc(), Payment.id.desc())
        .limit(limit)
    )
    return session.scalars(question).all()
