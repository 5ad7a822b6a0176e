"""Who works at the desk, and which accounts are theirs."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.people import Person


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody of our own people, and what they are for us: rep, manager or care."""

    person_id: int
    name: str
    role: str


def works_on(session: Session, staff: Staff, account_id: int) -> bool:
    """Whether an account is somebody's to work on."""
    return bool(session.scalar(sa.select(sa.exists().where(Account.id == account_id, is_of(staff)))))


def is_of(staff: Staff) -> sa.ColumnElement[bool]:
    """Which accounts are somebody's, as a condition for questions about accounts.

    A representative has their own, a manager those of the team and those without a representative, and Customer Care
    every online account.
    """
    if staff.role == "rep":
        return sa.and_(Account.type == "corporate", Account.rep_id == staff.person_id)
    if staff.role == "manager":
        team = sa.select(Person.id).where(Person.manager_id == staff.person_id)
        return sa.and_(
            Account.type == "corporate",
            sa.or_(Account.rep_id.is_(None), Account.rep_id == staff.person_id, Account.rep_id.in_(team)),
        )
    return Account.type == "online" if staff.role == "care" else sa.false()
