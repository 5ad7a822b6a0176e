"""Signing in and out: who somebody is, for how long, and how often a wrong password may be tried."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records import people
from portal.shared.records.accounts import Account
from portal.shared.records.people import Membership, Person, SignInAttempt, SignInSession
from portal.shared.services.sign_in.passwords import Passwords

LIFETIME = timedelta(hours=12)
FAILURES_OF_ONE_EMAIL, EMAIL_WINDOW = 5, timedelta(minutes=15)
FAILURES_FROM_ONE_ADDRESS, ADDRESS_WINDOW = 50, timedelta(hours=1)


class TransactionMaker(Protocol):
    """What opens a writing transaction."""

    def write(self) -> AbstractContextManager[Session]:
        """A transaction that commits when the block ends well."""
        ...


class Answer(StrEnum):
    """What became of a sign-in; a wrong password and an unknown person are the same."""

    WELCOME = "welcome"
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class SignInResult:
    """The answer, and with WELCOME the secret for the browser."""

    answer: Answer
    token: str | None = None


class AccountMembership(NamedTuple):
    """One account of a person, and what the person is for it."""

    account_id: int
    account_name: str
    account_type: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in: the person, the chosen account and all accounts, ordered by name."""

    person_id: int
    name: str
    email: str
    language: str | None
    staff_role: str | None
    account_id: int | None
    memberships: tuple[AccountMembership, ...]


def sign_in(
    transactions: TransactionMaker,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    address: str,
    now: datetime,
    instead_of: str | None = None,
) -> SignInResult:
    """Check a password and open a session.

    Drives two short transactions, because the check takes long and must not hold the database: the first counts
    the attempt before its outcome is known (so that parallel attempts cannot slip through together), the second
    opens the session, ends the one it takes the place of, and forgets the failures of this person.
    """
    digest = _digest(people.plain_email(email))
    with transactions.write() as session:
        people.take_turns(session, digest)
        if _too_many(session, digest, _network(address), now):
            return SignInResult(Answer.TOO_MANY)
        person = people.person_with_email(session, email)
        session.add(SignInAttempt(email_digest=digest, address=_network(address), at=now))
        kept = person.password_hash if person and person.disabled_at is None else None
    if not passwords.fits(password, kept) or person is None:
        return SignInResult(Answer.WRONG)
    with transactions.write() as session:
        session.execute(sa.delete(SignInAttempt).where(SignInAttempt.email_digest == digest))
        if instead_of is not None:
            sign_out(session, instead_of)
        return SignInResult(Answer.WELCOME, open_session(session, person.id, now))


def open_session(session: Session, person_id: int, now: datetime) -> str:
    """Open a session for a person whose identity is proven; gives the secret for the browser."""
    session.execute(sa.delete(SignInSession).where(SignInSession.expires_at <= now))
    session.execute(sa.delete(SignInAttempt).where(SignInAttempt.at <= now - ADDRESS_WINDOW))
    accounts = session.scalars(
        sa.select(Membership.account_id).where(Membership.person_id == person_id).distinct()
    )
    only = list(accounts)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInSession(
            token_hash=_digest(token),
            person_id=person_id,
            account_id=only[0] if len(only) == 1 else None,
            created_at=now,
            expires_at=now + LIFETIME,
        )
    )
    return token


def signed_in(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Who holds this secret? Nobody, when the session ran out or was ended, or the person is disabled.

    One statement: person, session and memberships together.
    """
    rows = session.execute(
        sa.select(Person, SignInSession.account_id, Account.id, Account.name, Account.type, Membership.role)
        .select_from(SignInSession)
        .join(Person, Person.id == SignInSession.person_id)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .outerjoin(Account, Account.id == Membership.account_id)
        .where(
            SignInSession.token_hash == _digest(token),
            SignInSession.expires_at > now,
            Person.disabled_at.is_(None),
        )
        .order_by(Account.name, Account.id)
    ).all()
    if not rows:
        return None
    person: Person = rows[0][0]
    accounts: dict[int, tuple[str, str, set[str]]] = {}
    for _, _, account_id, name, kind, role in rows:
        if account_id is not None:
            accounts.setdefault(account_id, (name, kind, set()))[2].add(role)
    memberships = tuple(
        AccountMembership(account_id, name, kind, frozenset(roles))
        for account_id, (name, kind, roles) in accounts.items()
    )
    chosen = rows[0][1] if rows[0][1] in accounts else None  # one no longer served is no choice any more
    return SignedIn(
        person_id=person.id,
        name=person.name,
        email=person.email,
        language=person.language,
        staff_role=person.staff_role,
        account_id=chosen,
        memberships=memberships,
    )


def choose_account(session: Session, token: str, account_id: int, now: datetime) -> bool:
    """Make one of the person's own accounts the current one; False when it is not one of them."""
    found = people.open_session(session, _digest(token), now)
    if found is None:
        return False
    serves = sa.select(Membership.id).where(
        Membership.person_id == found.person_id, Membership.account_id == account_id
    )
    if session.scalar(serves.limit(1)) is None:
        return False
    found.account_id = account_id
    return True


def sign_out(session: Session, token: str) -> None:
    """End a session: a copy of its cookie opens nothing any more."""
    session.execute(sa.delete(SignInSession).where(SignInSession.token_hash == _digest(token)))


def end_sessions_of(session: Session, person_id: int) -> None:
    """End every session of a person, as after a change of password or when the person is disabled."""
    session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person_id))


def choose_language(session: Session, person_id: int, language: str) -> None:
    """Keep the language a person chose."""
    session.execute(sa.update(Person).where(Person.id == person_id).values(language=language))


def _too_many(session: Session, email_digest: str, network: str, now: datetime) -> bool:
    return (
        people.failures_for_email(session, email_digest, now - EMAIL_WINDOW) >= FAILURES_OF_ONE_EMAIL
        or people.failures_from_address(session, network, now - ADDRESS_WINDOW) >= FAILURES_FROM_ONE_ADDRESS
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _network(address: str) -> str:
    """The address, or the /64 it lies in: one customer line has that many addresses of version 6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
