"""How often a secret may be tried: counted in the database, so that all workers count together."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import (
    ADDRESS_WINDOW,
    EMAIL_WINDOW,
    FAILURES_FROM_ONE_ADDRESS,
    FAILURES_OF_ONE_EMAIL,
)
from portal.shared.records import sign_ins
from portal.shared.records.people import plain_email
from portal.shared.records.sign_ins import SignInAttempt
from portal.shared.services.sign_in.digests import digest, network


class TransactionMaker(Protocol):
    """What opens a writing transaction."""

    def write(self) -> AbstractContextManager[Session]:
        """A transaction that commits when the block ends well."""
        ...


class Kind(StrEnum):
    """What is tried; a right password does not forgive wrong codes."""

    PASSWORD = "password"  # noqa: S105  # the word itself
    CODE = "code"
    RESET = "reset"
    ORGANISATION = "organisation"


def take(session: Session, kind: Kind, email: str, address: str, now: datetime) -> bool:
    """Count an attempt before its outcome is known; False when there were too many, and then nothing is counted.

    Attempts at the same moment take turns, so that they cannot slip through together.
    """
    key, line = _key(kind, email), network(address)
    sign_ins.take_turns(session, key)
    if (
        sign_ins.failures_for_email(session, key, now - EMAIL_WINDOW) >= FAILURES_OF_ONE_EMAIL
        or sign_ins.failures_from_address(session, line, now - ADDRESS_WINDOW) >= FAILURES_FROM_ONE_ADDRESS
    ):
        return False
    session.add(SignInAttempt(email_digest=key, address=line, at=now))
    session.flush()
    return True


def forgive(session: Session, kind: Kind, email: str) -> None:
    """Forget the failures of somebody who got it right."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.email_digest == _key(kind, email)))


def sweep(session: Session, now: datetime) -> None:
    """Forget attempts that no window counts any more."""
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at <= now - ADDRESS_WINDOW))


def _key(kind: Kind, email: str) -> str:
    plain = plain_email(email)
    return digest(plain if kind is Kind.PASSWORD else f"{kind}\n{plain}")
