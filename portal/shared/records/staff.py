"""Our own people among all that can sign in."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.people import Person


def team_of(session: Session, manager_id: int) -> Sequence[Person]:
    """Who of our own people looks after the accounts of a team: its representatives, and the manager, by name?

    Those who left are among them, because their accounts may still be theirs.
    """
    question = (
        sa.select(Person)
        .where(
            sa.or_(
                sa.and_(Person.manager_id == manager_id, Person.staff_role == "rep"),
                sa.and_(Person.id == manager_id, Person.staff_role == "manager"),
            )
        )
        .order_by(Person.name, Person.id)
    )
    return session.scalars(question).all()
