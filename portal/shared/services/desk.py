"""The workplace of our own people: which accounts are theirs."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.people import Person

MOST = 200


@dataclass(frozen=True, slots=True)
class AccountAtDesk:
    """One line of a portfolio."""

    id: int
    name: str
    type: str
    currency: str
    rep: str


def portfolio(session: Session, person_id: int, staff_role: str) -> list[AccountAtDesk]:
    """The accounts of a representative; a manager sees every corporate account, Customer Care every online one."""
    question = (
        sa.select(Account, Person.name)
        .outerjoin(Person, Person.id == Account.rep_id)
        .order_by(Account.name, Account.id)
        .limit(MOST)
    )
    if staff_role == "rep":
        question = question.where(Account.rep_id == person_id)
    else:
        question = question.where(Account.type == ("corporate" if staff_role == "manager" else "online"))
    return [
        AccountAtDesk(account.id, account.name, account.type, account.currency, rep or "")
        for account, rep in session.execute(question)
    ]
