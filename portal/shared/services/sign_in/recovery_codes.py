"""Recovery codes: ten words of chance for the day the device is lost; shown once, kept as fingerprints."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.people import Person
from portal.shared.records.second_factors import RecoveryCode
from portal.shared.services import activity
from portal.shared.services.sign_in import telling
from portal.shared.services.sign_in.digests import digest

HOW_MANY, GROUPS, GROUP = 10, 4, 4
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that are mistaken for another


def make(session: Session, person_id: int, now: datetime) -> list[str]:
    """Ten new codes (79 bits each, as in `k7qp-3m2x-9b4t-z6ra`); those before are dead."""
    _forget(session, person_id)
    codes = [_one() for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(person_id=person_id, code_hash=_kept(code)) for code in codes)
    session.flush()
    person = session.get_one(Person, person_id)
    activity.record_personal(session, person_id, person_id, "recovery-codes-made", {}, now)
    telling.tell(session, person, "recovery-codes-made", now)
    return codes


def take(session: Session, person_id: int, typed: str, now: datetime) -> bool:
    """Whether this is an unused code of the person; then it is used up, and the person is told."""
    used = session.execute(
        sa.delete(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash == _kept(typed))
        .returning(RecoveryCode.id)
    ).first()
    if used is None:
        return False
    activity.record_personal(session, person_id, person_id, "recovery-code-used", {}, now)
    telling.tell(session, session.get_one(Person, person_id), "recovery-code-used", now)
    return True


def _forget(session: Session, person_id: int) -> None:
    session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _one() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(GROUPS * GROUP))
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def _kept(typed: str) -> str:
    return digest("".join(one for one in typed.casefold() if one.isalnum()))
