"""Ending sign-ins at the desk: of a customer's people, and of one's own team (docs/decisions/0052)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import sign_ins, staff
from portal.shared.records.people import Membership, Person
from portal.shared.services.desk.staff import Staff, works_on
from portal.shared.services.sign_in.ending import end_all_of

# Who opens or closes a way in must not be who sells to them: as for sign-in through the organisation.
ENDERS = frozenset({"manager", "care"})


@dataclass(frozen=True, slots=True)
class SignIns:
    """Somebody whose sign-ins may be ended: how many are open, and when one was used last."""

    person_id: int
    name: str
    email: str
    open: int
    seen_at: datetime | None


def of_account(
    session: Session, actor: Staff, account_id: int, person_id: int, now: datetime
) -> SignIns | None:
    """Somebody of an account that is the actor's to work on; anybody else is nobody."""
    if actor.role not in ENDERS or not works_on(session, actor, account_id):
        return None
    serves = sa.exists().where(Membership.person_id == Person.id, Membership.account_id == account_id)
    person = session.scalar(
        sa.select(Person).where(Person.id == person_id, Person.staff_role.is_(None), serves)
    )
    return _sign_ins(session, person, now) if person is not None else None


def of_colleague(session: Session, manager: Staff, person_id: int, now: datetime) -> SignIns | None:
    """Somebody else of the manager's team."""
    if manager.role != "manager" or person_id == manager.person_id:
        return None
    found = next((one for one in staff.team_of(session, manager.person_id) if one.id == person_id), None)
    return _sign_ins(session, found, now) if found is not None else None


def end(session: Session, actor: Staff, whose: SignIns, reason: str, now: datetime) -> int:
    """End them, tell the person by mail and keep the reason; gives how many were open."""
    return end_all_of(session, whose.person_id, actor.person_id, reason, now)


def _sign_ins(session: Session, person: Person, now: datetime) -> SignIns:
    found = sign_ins.sessions_of(session, person.id, now)
    seen_at = max((one.seen_at for one in found), default=None)
    return SignIns(person.id, person.name, person.email, len(found), seen_at)
