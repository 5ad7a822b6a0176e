"""Asking to be forgotten, and taking it back: the person themselves, or one of our own people in their name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.erasure import GRACE, leads_nowhere
from portal.shared.records.people import Person, person_with_email
from portal.shared.records.privacy import Erasure, open_erasure_of
from portal.shared.services import activity, notifications
from portal.shared.services.privacy.obstacles import Hindrance, hindrances

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asks about their data."""

    person_id: int
    name: str
    email: str


def with_address(session: Session, email: str) -> Asker | None:
    """The customer's person with this address of mail; our own people are none here, and nor are the erased."""
    return _asker(person_with_email(session, email))


def asker(session: Session, person_id: int) -> Asker | None:
    """The same by their number."""
    return _asker(session.get(Person, person_id))


def _asker(person: Person | None) -> Asker | None:
    if person is None or person.staff_role is not None or leads_nowhere(person.email):
        return None
    return Asker(person.id, person.name, person.email)


def due_at(session: Session, person_id: int) -> datetime | None:
    """When a person will be forgotten, if they asked for it and did not take it back."""
    wish = open_erasure_of(session, person_id)
    return wish.due_at if wish is not None else None


def ask_to_erase(
    session: Session, person_id: int, asked_by: int, reason: str, now: datetime
) -> list[Hindrance]:
    """Keep the wish to be forgotten after the days of grace, and tell the person; or say what must be settled first.

    A second wish while one is open changes nothing. `reason` is what one of our own people gives.
    """
    person = _locked(session, person_id)
    in_the_way = hindrances(session, person_id, now)
    if in_the_way or open_erasure_of(session, person_id) is not None:
        return in_the_way
    wish = Erasure(
        person_id=person_id,
        asked_by=asked_by,
        reason=reason.strip()[:LONGEST_REASON],
        asked_at=now,
        due_at=now + GRACE,
    )
    session.add(wish)
    session.flush()
    detail = {"due": wish.due_at.isoformat()}
    activity.record_personal(session, person_id, asked_by, "erasure-asked", detail, now)
    _tell(session, "erasure-asked", person, wish, now)
    return []


def take_back(session: Session, person_id: int, by: int, now: datetime) -> bool:
    """Let somebody stay known after all; False when there is nothing to take back."""
    person = _locked(session, person_id)
    wish = open_erasure_of(session, person_id)
    if wish is None:
        return False
    wish.taken_back_at = now
    activity.record_personal(session, person_id, by, "erasure-taken-back", {}, now)
    _tell(session, "erasure-taken-back", person, wish, now)
    return True


def _locked(session: Session, person_id: int) -> Person:
    """The person, whose row is held, so that two presses of a button are one wish."""
    return session.scalars(sa.select(Person).where(Person.id == person_id).with_for_update()).one()


def _tell(session: Session, kind: str, person: Person, wish: Erasure, now: datetime) -> None:
    payload = {"name": person.name, "due": wish.due_at.date().isoformat(), "by_staff": bool(wish.reason)}
    notifications.enqueue_mail(
        session, kind, person.email, person.language or "en", payload, f"{kind}:{wish.id}", now
    )
