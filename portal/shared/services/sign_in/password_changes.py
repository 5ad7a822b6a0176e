"""A new password: by somebody who knows the old one, or by the link of a mail. Every way ends all open sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.sign_in.limits import RESET_LINK
from portal.shared.domain.sign_in.passwords import PasswordProblem, problem_of
from portal.shared.records import people, sign_ins
from portal.shared.records.people import Person, plain_email
from portal.shared.records.sign_ins import PasswordLink, PasswordRequest
from portal.shared.services import activity, notifications
from portal.shared.services.catalog.reading import names
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.sign_in import password_links, signing_in, telling, throttle
from portal.shared.services.sign_in.digests import digest
from portal.shared.services.sign_in.leaked import is_leaked
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.services.sign_in.signing_in import NO_BROWSER, Browser, SignedIn
from portal.shared.services.sign_in.throttle import Kind, TransactionMaker

# The task that writes the mail somebody asked for, by the number of their question.
SEND_LINK = "send-password-link"
LONGEST_EMAIL = 254


class Proof(StrEnum):
    """Whether somebody showed that they know their password."""

    RIGHT = "right"
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a wish for a new password: what is wrong with it, or the browser's new secret."""

    proof: Proof
    problem: PasswordProblem | None = None
    token: str | None = None


@dataclass(frozen=True, slots=True)
class LinkOwner:
    """Whom a link lets choose a password."""

    person_id: int
    name: str
    email: str
    first: bool


def prove(
    transactions: TransactionMaker,
    passwords: Passwords,
    who: SignedIn,
    password: str,
    address: str,
    now: datetime,
) -> Proof:
    """Check the password of somebody who is signed in; counted together with the tries at the door."""
    with transactions.write() as session:
        if not throttle.take(session, Kind.PASSWORD, who.email, address, now):
            return Proof.TOO_MANY
        kept = session.get_one(Person, who.person_id).password_hash
    if not passwords.fits(password, kept):
        return Proof.WRONG
    with transactions.write() as session:
        throttle.forgive(session, Kind.PASSWORD, who.email)
    return Proof.RIGHT


def has_password(session: Session, person_id: int) -> bool:
    """Whether somebody has a password at all; who comes through their organisation may have none."""
    return session.get_one(Person, person_id).password_hash is not None


def state_of(session: Session, person_id: int) -> tuple[bool, datetime | None]:
    """Whether somebody has a password, and since when it is this one, where that is known."""
    person = session.get_one(Person, person_id)
    return person.password_hash is not None, person.password_changed_at


def change(
    transactions: TransactionMaker,
    passwords: Passwords,
    who: SignedIn,
    old: str,
    new: str,
    now: datetime,
    *,
    browser: Browser = NO_BROWSER,
) -> Changed:
    """Give somebody who knows the old password a new one; only this browser stays signed in, with a new secret."""
    with transactions.write() as session:
        problem = _judged(session, passwords, new, (who.name, who.email))
    if problem is not None:
        return Changed(Proof.RIGHT, problem)
    proof = prove(transactions, passwords, who, old, browser.address, now)
    if proof is not Proof.RIGHT:
        return Changed(proof)
    made = passwords.hash(new)
    with transactions.write() as session:
        this = sign_ins.session_by_number(session, who.session_id)
        how, factor = (this.how, this.second_factor) if this else ("password", None)
        _set(session, session.get_one(Person, who.person_id), made, now)
        token = signing_in.open_session(
            session,
            who.person_id,
            now,
            how=how,  # type: ignore[arg-type]  # kept by a constraint
            second_factor=factor,  # type: ignore[arg-type]
            browser=browser,
        )
        if who.account_id is not None:
            signing_in.choose_account(session, token, who.account_id, now)
    return Changed(Proof.RIGHT, token=token)


def ask_for_link(session: Session, email: str, language: str, address: str, now: datetime) -> bool:
    """Keep the wish for a link; False when it was asked for too often.

    A worker looks whether anybody has this address, so that the answer takes as long for everybody.
    """
    if not throttle.take(session, Kind.RESET, email, address, now):
        return False
    session.execute(sa.delete(PasswordRequest).where(PasswordRequest.at <= now - RESET_LINK))
    wish = PasswordRequest(email=plain_email(email)[:LONGEST_EMAIL], language=language, at=now)
    session.add(wish)
    session.flush()
    enqueue(session, SEND_LINK, {"request_id": wish.id}, now, dedupe_key=request_key(wish.id))
    return True


def request_key(request_id: int) -> str:
    """The key by which a question is in the queue once."""
    return f"{SEND_LINK}:{request_id}"


def requests_waiting(session: Session) -> list[int]:
    """Which questions for a link nobody has answered yet, by number."""
    return list(session.scalars(sa.select(PasswordRequest.id).order_by(PasswordRequest.id)))


def answer_request(session: Session, request_id: int, now: datetime) -> None:
    """Write the mail with the link, if there is such a person; the question itself is forgotten."""
    wish = session.get(PasswordRequest, request_id)
    if wish is None:
        return
    session.delete(wish)
    person = people.person_with_email(session, wish.email)
    if person is None or person.disabled_at is not None:
        return
    token = password_links.reset_link(session, person.id, now)
    payload = {"name": person.name, "product": "", "secret_token": token}
    key = f"password-link:{digest(token)[:32]}"
    language = person.language or wish.language
    notifications.enqueue_mail(session, "password-link", person.email, language, payload, key, now)


def owner_of(session: Session, token: str, now: datetime) -> LinkOwner | None:
    """Whose link this is; nobody's when it ran out, was used, or a newer one was made."""
    link = sign_ins.link_with(session, digest(token), now)
    if link is None:
        return None
    person = session.get_one(Person, link.person_id)
    return LinkOwner(person.id, person.name, person.email, person.password_hash is None)


def set_by_link(
    transactions: TransactionMaker, passwords: Passwords, token: str, new: str, now: datetime
) -> PasswordProblem | LinkOwner | None:
    """Set the password of whoever has this link, once. Gives what is wrong with it, or None when the link is dead."""
    with transactions.write() as session:
        owner = owner_of(session, token, now)
        if owner is None:
            return None
        problem = _judged(session, passwords, new, (owner.name, owner.email))
    if problem is not None:
        return problem
    made = passwords.hash(new)
    with transactions.write() as session:
        taken = session.execute(
            sa.delete(PasswordLink)
            .where(PasswordLink.token_hash == digest(token), PasswordLink.expires_at > now)
            .returning(PasswordLink.person_id)
        ).first()
        person = session.get_one(Person, owner.person_id)
        if taken is None or person.disabled_at is not None:
            return None
        throttle.forgive(session, Kind.PASSWORD, person.email)
        _set(session, person, made, now)
    return owner


def _judged(
    session: Session, passwords: Passwords, new: str, about: tuple[str, ...]
) -> PasswordProblem | None:
    """What is wrong with a new password, given whose it is, who we are, what we sell, and what leaked elsewhere."""
    sold = [name for words in names(session).products.values() for name in words.values()]
    return problem_of(new, about, ours=(*passwords.ours, *sold), is_leaked=is_leaked)


def _set(session: Session, person: Person, made: str, now: datetime) -> None:
    """Keep the new hash, end every session and every link, and tell the person, whoever it was."""
    first = person.password_hash is None
    person.password_hash, person.password_changed_at = made, now
    signing_in.end_sessions_of(session, person.id)
    session.execute(sa.delete(PasswordLink).where(PasswordLink.person_id == person.id))
    action = "password-set" if first else "password-changed"
    activity.record_personal(session, person.id, person.id, action, {}, now)
    if not first:
        telling.tell(session, person, "password-changed", now)
    session.flush()
