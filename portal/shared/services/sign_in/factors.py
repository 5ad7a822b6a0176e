"""The second factors of a person: what there is, passing one, taking one away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import second_factors, sign_ins
from portal.shared.records.people import Person
from portal.shared.records.second_factors import OneTimeCodes, Passkey, RecoveryCode
from portal.shared.services import activity
from portal.shared.services.sign_in import (
    devices,
    one_time_codes,
    passkeys,
    recovery_codes,
    signing_in,
    telling,
    throttle,
)
from portal.shared.services.sign_in.digests import digest
from portal.shared.services.sign_in.one_time_codes import DIGITS, CodeBook
from portal.shared.services.sign_in.passkeys import Site
from portal.shared.services.sign_in.signing_in import Answer, SecondFactor, SignedIn, SignInResult
from portal.shared.services.sign_in.throttle import Kind


@dataclass(frozen=True, slots=True)
class KeptPasskey:
    """A passkey as its person knows it."""

    id: int
    name: str
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """What a person has besides a password: since when an app, which passkeys, how many recovery codes are left."""

    codes_since: datetime | None
    passkeys: tuple[KeptPasskey, ...]
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Whether a sign-in can be asked for a second factor."""
        return self.codes_since is not None or bool(self.passkeys)

    @property
    def is_single(self) -> bool:
        """Whether there is one alone."""
        return (self.codes_since is not None) + len(self.passkeys) == 1


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody whose password was right and who still has to show a second factor."""

    person_id: int
    email: str
    factors: Factors


def factors_of(session: Session, person_id: int) -> Factors:
    """What second factors a person has."""
    codes = session.get(OneTimeCodes, person_id)
    return Factors(
        codes.created_at if codes else None,
        tuple(
            KeptPasskey(one.id, one.name, one.created_at, one.used_at)
            for one in second_factors.passkeys_of(session, person_id)
        ),
        second_factors.recovery_codes_left(session, person_id),
    )


def waiting(session: Session, token: str, now: datetime) -> Waiting | None:
    """Who waits behind this secret for the second factor."""
    found = sign_ins.session_with(session, digest(token), now)
    if found is None or not found.waits:
        return None
    person = session.get_one(Person, found.person_id)
    return Waiting(person.id, person.email, factors_of(session, person.id))


def pass_with_code(
    session: Session, book: CodeBook, token: str, typed: str, address: str, now: datetime
) -> SignInResult:
    """Let a session go on after a one-time code or a recovery code; each try is counted before it is looked at.

    Serves who waits after the password, and who is asked again later. One transaction: nothing slow happens in it.
    """
    found = sign_ins.session_with(session, digest(token), now)
    if found is None:
        return SignInResult(Answer.WRONG)
    person = session.get_one(Person, found.person_id)
    if not throttle.take(session, Kind.CODE, person.email, address, now):
        return SignInResult(Answer.TOO_MANY)
    factor = _code_shown(session, book, person.id, typed, now)
    if factor is None:
        return SignInResult(Answer.WRONG)
    throttle.forgive(session, Kind.CODE, person.email)
    fresh = signing_in.raise_trust(session, token, now, factor)
    return SignInResult(Answer.WELCOME, fresh) if fresh else SignInResult(Answer.WRONG)


def pass_with_passkey(session: Session, site: Site, token: str, answer: str, now: datetime) -> str | None:
    """Let a session go on after a passkey of the same person; gives its new secret."""
    found = sign_ins.session_with(session, digest(token), now)
    person_id = passkeys.take(session, site, answer, now)
    if found is None or person_id is None or person_id != found.person_id:
        return None
    return signing_in.raise_trust(session, token, now, "passkey")


def after_adding(
    session: Session, who: SignedIn, token: str, factor: SecondFactor, now: datetime
) -> tuple[str | None, bool]:
    """What follows on a new factor: this session gets a new secret; gives it, and whether the factor is the first.

    With the first one every other session of the person ends, for it was opened by the password alone.
    """
    first = factors_of(session, who.person_id).is_single
    if first:
        devices.end_others(session, who, now)
    return signing_in.raise_trust(session, token, now, factor), first


def remove_codes(session: Session, person_id: int, now: datetime) -> bool:
    """Take the app away; False when it is the last factor of one of our own people, or there is none."""
    if not _may_lose_one(session, person_id):
        return False
    gone = session.execute(
        sa.delete(OneTimeCodes).where(OneTimeCodes.person_id == person_id).returning(OneTimeCodes.person_id)
    ).first()
    if gone is None:
        return False
    _tidy(session, person_id)
    activity.record_personal(session, person_id, person_id, "one-time-codes-removed", {}, now)
    telling.tell(session, session.get_one(Person, person_id), "one-time-codes-removed", now)
    return True


def remove_passkey(session: Session, person_id: int, passkey_id: int, now: datetime) -> bool:
    """Take a passkey of the person away; False when it is the last factor of one of our own people, or not there."""
    kept = session.get(Passkey, passkey_id)
    if kept is None or kept.person_id != person_id or not _may_lose_one(session, person_id):
        return False
    name = kept.name
    session.delete(kept)
    session.flush()
    _tidy(session, person_id)
    activity.record_personal(session, person_id, person_id, "passkey-removed", {"text": name}, now)
    telling.tell(session, session.get_one(Person, person_id), "passkey-removed", now, what=name)
    return True


def _may_lose_one(session: Session, person_id: int) -> bool:
    """Two who take away the last but one at the same moment take turns at the person's row."""
    person = session.scalars(sa.select(Person).where(Person.id == person_id).with_for_update()).one()
    return person.staff_role is None or not factors_of(session, person_id).is_single


def _tidy(session: Session, person_id: int) -> None:
    """Recovery codes stand for a factor; without any they are worth nothing."""
    if not second_factors.has_second_factor(session, person_id):
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _code_shown(
    session: Session, book: CodeBook, person_id: int, typed: str, now: datetime
) -> SecondFactor | None:
    plain = "".join(typed.split())
    if len(plain) == DIGITS and plain.isascii() and plain.isdigit():
        return "code" if one_time_codes.take(session, book, person_id, plain, now) else None
    return "recovery" if recovery_codes.take(session, person_id, plain, now) else None
