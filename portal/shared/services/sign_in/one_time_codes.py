"""One-time codes of an authenticator app (RFC 6238): six digits, every thirty seconds, each taken once."""

from __future__ import annotations

from datetime import datetime

import pyotp
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import second_factors
from portal.shared.records.people import Person
from portal.shared.records.second_factors import OneTimeCodes
from portal.shared.services import activity
from portal.shared.services.sign_in import telling
from portal.shared.services.sign_in.sealing import Seal

SECONDS, DIGITS = 30, 6
# A clock that is half a minute off still gets in.
_STEPS = (0, -1, 1)
# A secret of the demo cast is shown on a screen: it is marked, and only demo mode takes it.
_DEMO = "demo:"
PURPOSE = "one-time codes"


class CodeBook:
    """Reads and writes the secrets of one installation."""

    def __init__(self, seal: Seal, *, demo: bool = False) -> None:
        """`demo` says whether secrets of the demo cast are taken."""
        self._seal = seal
        self._demo = demo

    def new_secret(self) -> str:
        """A secret of 160 bits in base 32, to be shown as a picture and typed by hand."""
        return pyotp.random_base32()

    def close(self, secret: str) -> str:
        """A secret, sealed."""
        return self._seal.close(secret)

    def open(self, sealed: str) -> str | None:
        """A sealed secret again; nothing when it cannot be read."""
        if sealed.startswith(_DEMO):
            return sealed.removeprefix(_DEMO) if self._demo else None
        return self._seal.open(sealed)

    def shown(self, sealed: str, now: datetime) -> str | None:
        """The code of this moment, for a secret of the demo cast in demo mode and for no other."""
        secret = self.open(sealed) if sealed.startswith(_DEMO) else None
        return pyotp.TOTP(secret).at(now) if secret else None


def of_the_demo(secret: str) -> str:
    """A secret as the demo cast keeps it."""
    return _DEMO + secret


def address_for_apps(secret: str, email: str, seller: str) -> str:
    """What the picture holds (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=seller)


def fits(secret: str, typed: str, now: datetime) -> int | None:
    """The step whose code was typed, of the three around now; None when it is none of theirs."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // SECONDS
    for step in (present + one for one in _STEPS):
        if pyotp.utils.strings_equal(totp.generate_otp(step), typed):
            return step
    return None


def begin(session: Session, book: CodeBook, person_id: int, secret: str, typed: str, now: datetime) -> bool:
    """Keep a secret once its app has shown a right code; it takes the place of the one before."""
    step = fits(secret, typed, now)
    if step is None:
        return False
    session.execute(sa.delete(OneTimeCodes).where(OneTimeCodes.person_id == person_id))
    session.add(OneTimeCodes(person_id=person_id, secret=book.close(secret), last_step=step, created_at=now))
    session.flush()
    person = session.get_one(Person, person_id)
    activity.record_personal(session, person_id, person_id, "one-time-codes-added", {}, now)
    telling.tell(session, person, "one-time-codes-added", now)
    return True


def take(session: Session, book: CodeBook, person_id: int, typed: str, now: datetime) -> bool:
    """Whether this is a code of the person's app that was not used before; then it is used.

    The codes of the demo cast stand on the screen, so that they may be used again. A secret that was sealed under a
    former key of the installation is sealed anew.
    """
    kept = session.get(OneTimeCodes, person_id)
    secret = book.open(kept.secret) if kept else None
    step = fits(secret, typed, now) if secret else None
    if kept is None or secret is None or step is None:
        return False
    if kept.secret.startswith(_DEMO):
        return True
    if not second_factors.step_taken(session, person_id, step):
        return False
    kept.secret = book.close(secret)
    return True


def shown_in_demo(session: Session, book: CodeBook, person_id: int, now: datetime) -> str | None:
    """The code that a person of the demo cast would read off their app; None for everybody else."""
    kept = session.get(OneTimeCodes, person_id)
    return book.shown(kept.secret, now) if kept else None
