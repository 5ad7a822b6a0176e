"""Whom a mail goes to, and people who are known by their address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.shared.records.identity_providers import Identity
from portal.shared.records.in_bulk import IDS, among
from portal.shared.records.people import Membership, Person, person_with_email, plain_email
from portal.shared.records.plain_rows import plain_rows

_PERSON = sa.select(Person.name, Person.email, Person.language).where(Person.id == sa.bindparam("person_id"))


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person a mail goes to, in their own language."""

    person_id: int
    name: str
    email: str
    language: str


def recipient(session: Session, person_id: int, fallback_language: str) -> Recipient:
    """The person as a recipient; the account's language where they chose none."""
    ((name, email, language),) = plain_rows(session, _PERSON, {"person_id": person_id})
    return Recipient(person_id, name, email, language or fallback_language)


def billing_contacts(session: Session, account_id: int, fallback_language: str) -> list[Recipient]:
    """Everybody who manages the account's billing."""
    question = _CONTACTS.where(Membership.account_id == account_id)
    return [
        Recipient(number, name, email, language or fallback_language)
        for _, number, name, email, language in session.execute(question)
    ]


def billing_contacts_among(
    session: Session, fallback_languages: Mapping[int, str]
) -> Mapping[int, Sequence[Recipient]]:
    """The same for many accounts at once, each with its language."""
    found: dict[int, list[Recipient]] = defaultdict(list)
    asked = session.execute(_CONTACTS.where(among(Membership.account_id)), {IDS: list(fallback_languages)})
    for account_id, number, name, email, language in asked:
        found[account_id].append(Recipient(number, name, email, language or fallback_languages[account_id]))
    return found


_CONTACTS = (
    sa.select(Membership.account_id, Person.id, Person.name, Person.email, Person.language)
    .join(Person, Membership.person_id == Person.id)
    .where(Membership.role == "billing_contact", Person.disabled_at.is_(None))
    .order_by(Person.name)
)


class LastContactError(ValueError):
    """An account can never lose its last billing contact."""


def known(session: Session, email: str) -> Person | None:
    """The person with this address of mail, if we know one."""
    return person_with_email(session, email)


def find_or_add(session: Session, name: str, email: str) -> Person:
    """The person with this address of mail, known or new. A known person keeps their own name."""
    email = plain_email(email)
    person = person_with_email(session, email)
    if person is not None:
        return person
    person = Person(name=name.strip() or email.partition("@")[0], email=email)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # another account welcomed the same person at this moment
        known = person_with_email(session, email)
        if known is None:
            raise
        return known
    return person


def add_role(
    session: Session, person_id: int, account_id: int, role: str, since: datetime | None = None
) -> None:
    """Make a person something for an account, unless they are it already."""
    known = sa.select(Membership.id).where(
        Membership.person_id == person_id, Membership.account_id == account_id, Membership.role == role
    )
    if session.scalar(known) is None:
        session.add(Membership(person_id=person_id, account_id=account_id, role=role, since=since))
        session.flush()


def remove_contact(session: Session, person_id: int, account_id: int) -> None:
    """Take the role of a billing contact from a person, whose account is locked.

    Raises:
        LastContactError: nobody who can sign in would be left to manage the account's billing.
    """
    remaining = [one for one in billing_contacts(session, account_id, "") if one.person_id != person_id]
    if not remaining:
        raise LastContactError(account_id)
    session.execute(
        sa.delete(Membership).where(
            Membership.person_id == person_id,
            Membership.account_id == account_id,
            Membership.role == "billing_contact",
        )
    )


def needs_password(session: Session, person: Person | None) -> bool:
    """Nobody can sign in with this address yet: neither with a password nor through an organisation."""
    if person is None:
        return True
    linked = sa.select(sa.exists().where(Identity.person_id == person.id))
    return person.password_hash is None and person.staff_role is None and not session.scalar(linked)
