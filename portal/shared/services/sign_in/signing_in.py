"""Signing in and out: who somebody is, for how long, and what is still asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import LIFETIME, WAITING, is_idle
from portal.shared.records import people, second_factors, sign_ins
from portal.shared.records.accounts import Account, keep_at_hand
from portal.shared.records.people import Membership, Person
from portal.shared.records.plain_rows import columns_of, plain_rows, row_of
from portal.shared.records.sign_ins import SignInSession
from portal.shared.services.sign_in import throttle
from portal.shared.services.sign_in.digests import digest, neighbourhood, new_secret
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.throttle import Kind, TransactionMaker

__all__ = ["LIFETIME", "Answer", "SignInResult", "SignedIn", "TransactionMaker"]

How = Literal["password", "passkey", "organisation"]
SecondFactor = Literal["code", "passkey", "recovery"]
LONGEST_DEVICE = 300
# Who must come through another door: gives its name, or nothing. An organisation may ask for its own provider.
OtherDoor = Callable[[Session, int], "str | None"]


class Answer(StrEnum):
    """What became of a sign-in; a wrong password and an unknown person are the same."""

    WELCOME = "welcome"
    SECOND_FACTOR = "second_factor"
    OTHER_DOOR = "other_door"
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class SignInResult:
    """The answer; with WELCOME and SECOND_FACTOR the secret for the browser, with OTHER_DOOR its name.

    `person_id` is who it is, once their secret was right.
    """

    answer: Answer
    token: str | None = None
    door: str | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """What is known of where a request comes from: the browser's own words, and the address of its network."""

    device: str = ""
    address: str = ""


NO_BROWSER = Browser()
_log = structlog.stdlib.get_logger("portal.sign_in")


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
    # Of the session: its number, when the person was last seen and last showed who they are, and whether by two means.
    session_id: int
    seen_at: datetime
    proven_at: datetime
    two_factors: bool


def no_other_door(session: Session, person_id: int) -> str | None:
    """Everybody may come in here."""
    return None


def sign_in(
    transactions: TransactionMaker,
    passwords: Passwords,
    *,
    email: str,
    password: str,
    browser: Browser,
    now: datetime,
    instead_of: str | None = None,
    other_door: OtherDoor = no_other_door,
) -> SignInResult:
    """Check a password and open a session; one that waits when a second factor is still asked for.

    Drives two short transactions, because the check takes long and must not hold the database: the first counts
    the attempt before its outcome is known (so that parallel attempts cannot slip through together), the second
    opens the session, ends the one it takes the place of, and forgets the failures of this person.
    """
    with transactions.write() as session:
        if not throttle.take(session, Kind.PASSWORD, email, browser.address, now):
            return SignInResult(Answer.TOO_MANY)
        person = people.person_with_email(session, email)
        kept = person.password_hash if person and person.disabled_at is None else None
    if not passwords.fits(password, kept) or person is None:
        return SignInResult(Answer.WRONG)
    with transactions.write() as session:
        throttle.forgive(session, Kind.PASSWORD, email)
        door = other_door(session, person.id)
        if door is not None:
            return SignInResult(Answer.OTHER_DOOR, door=door, person_id=person.id)
        if instead_of is not None:
            sign_out(session, instead_of)
        token = open_session(session, person.id, now, browser=browser)
        asked = waits(session, token, now)
        answer = Answer.SECOND_FACTOR if asked else Answer.WELCOME
        return SignInResult(answer, token, person_id=person.id)


def open_session(
    session: Session,
    person_id: int,
    now: datetime,
    *,
    how: How = "password",
    second_factor: SecondFactor | None = None,
    browser: Browser = NO_BROWSER,
) -> str:
    """Open a session for a person whose identity is proven; gives the secret for the browser.

    Without `second_factor` it waits for one where the person has one: after a password always, after the
    organisation's own provider only for our own people. A passkey proves possession and person at once.
    """
    sweep(session, now)
    found = session.get_one(Person, person_id)
    if how == "passkey":
        second_factor = second_factor or "passkey"
    asked = how == "password" or found.staff_role is not None
    still_waits = asked and second_factor is None and second_factors.has_second_factor(session, person_id)
    accounts = session.scalars(
        sa.select(Membership.account_id).where(Membership.person_id == person_id).distinct()
    )
    only = list(accounts)
    token = new_secret()
    session.add(
        SignInSession(
            token_hash=digest(token),
            person_id=person_id,
            account_id=only[0] if len(only) == 1 else None,
            created_at=now,
            expires_at=now + (WAITING if still_waits else LIFETIME),
            seen_at=now,
            proven_at=now,
            how=how,
            second_factor=second_factor,
            waits=still_waits,
            device=browser.device[:LONGEST_DEVICE],
            network=neighbourhood(browser.address),
        )
    )
    session.flush()
    return token


def sweep(session: Session, now: datetime) -> None:
    """Forget what ran out."""
    session.execute(sa.delete(SignInSession).where(SignInSession.expires_at <= now))
    throttle.sweep(session, now)


def raise_trust(
    session: Session, token: str, now: datetime, second_factor: SecondFactor | None = None
) -> str | None:
    """Let a session go on after its person showed who they are; gives its new secret, and the old one is dead.

    With a second factor one that waited opens; nothing when the session is gone.
    """
    found = sign_ins.session_with(session, digest(token), now)
    if found is None or (found.waits and second_factor is None):
        return None
    fresh = new_secret()
    if found.waits:
        found.waits, found.expires_at = False, now + LIFETIME
    found.token_hash, found.proven_at, found.seen_at = digest(fresh), now, now
    found.second_factor = second_factor or found.second_factor
    session.flush()
    return fresh


def waits(session: Session, token: str, now: datetime) -> bool:
    """Whether the sign-in with this secret still waits for the second factor."""
    found = sign_ins.session_with(session, digest(token), now)
    return found is not None and found.waits


_WHO = (
    sa.select(
        SignInSession.id.label("session_id"),
        SignInSession.account_id.label("chosen"),
        SignInSession.seen_at,
        SignInSession.proven_at,
        SignInSession.second_factor,
        Person.id.label("person_id"),
        Person.name,
        Person.email,
        Person.language,
        Person.staff_role,
        Membership.role,
        *columns_of(Account),  # the guard asks about them next
    )
    .select_from(SignInSession)
    .join(Person, Person.id == SignInSession.person_id)
    .outerjoin(Membership, Membership.person_id == Person.id)
    .outerjoin(Account, Account.id == Membership.account_id)
    .where(
        SignInSession.token_hash == sa.bindparam("token_hash"),
        SignInSession.expires_at > sa.bindparam("now"),
        SignInSession.waits.is_(False),
        Person.disabled_at.is_(None),
    )
    .order_by(Account.name, Account.id)
)


def signed_in(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Who holds this secret? Nobody, when the session ran out or was ended, or the person is disabled.

    One statement: person, session and memberships together.
    """
    rows = plain_rows(session, _WHO, {"token_hash": digest(token), "now": now})
    if not rows:
        return None
    first = rows[0]
    if is_idle(first.seen_at, now, staff=first.staff_role is not None):
        return None
    accounts: dict[int, tuple[str, str, set[str]]] = {}
    for row in rows:
        account = row_of(Account, row[-len(columns_of(Account)) :])
        if account.id is not None:
            keep_at_hand(session, account)
            accounts.setdefault(account.id, (account.name, account.type, set()))[2].add(row.role)
    memberships = tuple(
        AccountMembership(account_id, name, kind, frozenset(roles))
        for account_id, (name, kind, roles) in accounts.items()
    )
    return SignedIn(
        person_id=first.person_id,
        name=first.name,
        email=first.email,
        language=first.language,
        staff_role=first.staff_role,
        account_id=first.chosen
        if first.chosen in accounts
        else None,  # one no longer served is no choice any more
        memberships=memberships,
        session_id=first.session_id,
        seen_at=first.seen_at,
        proven_at=first.proven_at,
        two_factors=first.second_factor is not None,
    )


def note_seen(transactions: TransactionMaker, token: str, now: datetime) -> None:
    """Write down that somebody is there, in a short transaction of its own; the caller asks for it once in a while.

    Pages are looked at with GET, which changes nothing: no page acts upon this but the limit for idle sign-ins. Where
    the database cannot take it the page is shown all the same.
    """
    try:
        with transactions.write() as session:
            session.execute(
                sa.update(SignInSession).where(SignInSession.token_hash == digest(token)).values(seen_at=now)
            )
    except SQLAlchemyError as error:
        _log.warning("that somebody was seen was not recorded", why=type(error).__name__)


def choose_account(session: Session, token: str, account_id: int, now: datetime) -> bool:
    """Make one of the person's own accounts the current one; False when it is not one of them."""
    found = sign_ins.session_with(session, digest(token), now)
    if found is None or found.waits:
        return False
    serves = sa.select(Membership.id).where(
        Membership.person_id == found.person_id, Membership.account_id == account_id
    )
    if session.scalar(serves.limit(1)) is None:
        return False
    found.account_id = account_id
    people.keep_last_account(session, found.person_id, account_id)
    return True


def sign_out(session: Session, token: str) -> None:
    """End a session: a copy of its cookie opens nothing any more."""
    session.execute(sa.delete(SignInSession).where(SignInSession.token_hash == digest(token)))


def end_sessions_of(session: Session, person_id: int) -> None:
    """End every session of a person, as after a change of password or when the person is disabled."""
    session.execute(sa.delete(SignInSession).where(SignInSession.person_id == person_id))


def choose_language(session: Session, person_id: int, language: str) -> None:
    """Keep the language a person chose."""
    session.execute(sa.update(Person).where(Person.id == person_id).values(language=language))
