"""Where somebody is signed in: the list of their devices, and ending what they do not know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import is_idle
from portal.shared.records import sign_ins
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services import activity
from portal.shared.services.sign_in.signing_in import SignedIn


@dataclass(frozen=True, slots=True)
class Device:
    """One open sign-in, as its person may recognise it."""

    id: int
    device: str
    network: str
    how: str
    second_factor: str | None
    signed_in_at: datetime
    seen_at: datetime
    this: bool


def devices_of(session: Session, who: SignedIn, now: datetime) -> list[Device]:
    """Where a person is signed in, this device first."""
    staff = who.staff_role is not None
    found = [
        Device(
            one.id,
            one.device,
            one.network,
            one.how,
            one.second_factor,
            one.created_at,
            now if one.id == who.session_id else one.seen_at,
            one.id == who.session_id,
        )
        for one in sign_ins.sessions_of(session, who.person_id, now)
        if not is_idle(one.seen_at, now, staff=staff)
    ]
    return sorted(found, key=lambda one: not one.this)


def end_one(session: Session, who: SignedIn, session_id: int, now: datetime) -> bool:
    """End one of the person's own sessions; False when there is none with this number."""
    gone = session.execute(
        sa.delete(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.person_id == who.person_id)
        .returning(SignInSession.id)
    ).first()
    if gone is None:
        return False
    activity.record_personal(session, who.person_id, who.person_id, "session-ended", {}, now)
    return True


def end_others(session: Session, who: SignedIn, now: datetime) -> int:
    """End every session of the person but this one; gives how many."""
    gone = session.execute(
        sa.delete(SignInSession)
        .where(SignInSession.person_id == who.person_id, SignInSession.id != who.session_id)
        .returning(SignInSession.id)
    ).all()
    if gone:
        ended = {"sessions": len(gone)}
        activity.record_personal(session, who.person_id, who.person_id, "sessions-ended", ended, now)
    return len(gone)
