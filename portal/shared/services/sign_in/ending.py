"""Ending all sign-ins of somebody else: when a device was lost, or somebody is in who should not be."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import sign_ins
from portal.shared.records.people import Person, person_with_email
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services import activity
from portal.shared.services.sign_in import telling

LONGEST_REASON = 300


def end_all_of(session: Session, person_id: int, by: int | None, reason: str, now: datetime) -> int:
    """End every sign-in of a person, tell them by mail why, and keep who did it; gives how many were open.

    A sign-in that waits for its second factor ends, too. Where none was open nothing is written. `by` is none for
    the operator's command.
    """
    open_now = {one.id for one in sign_ins.sessions_of(session, person_id, now)}
    gone = session.scalars(
        sa.delete(SignInSession).where(SignInSession.person_id == person_id).returning(SignInSession.id)
    ).all()
    ended = len(open_now.intersection(gone))
    if ended:
        reason = reason.strip()[:LONGEST_REASON]
        activity.record_personal(
            session, person_id, by, "signed-out-by-us", {"sessions": ended, "note": reason}, now
        )
        telling.tell(session, session.get_one(Person, person_id), "signed-out-by-us", now, what=reason)
    return ended


def end_by_address(session: Session, email: str, reason: str, now: datetime) -> int | None:
    """The same for whoever has this address of mail; nothing when nobody has it."""
    person = person_with_email(session, email)
    return None if person is None else end_all_of(session, person.id, None, reason, now)


def everybody_signed_in(session: Session) -> list[int]:
    """Who has a sign-in, by number."""
    return list(
        session.scalars(sa.select(SignInSession.person_id).distinct().order_by(SignInSession.person_id))
    )
