"""Accepting an invitation: once, by the person it was sent to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.routing.visitor import Role
from portal.shared.records import invitations as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.invitations import Invitation
from portal.shared.records.people import Person
from portal.shared.services import activity
from portal.shared.services.people import contacts, roster
from portal.shared.services.people.contacts import needs_password
from portal.shared.services.sign_in.digests import digest
from portal.shared.services.sign_in.password_links import first_link


class Stale(StrEnum):
    """Why an invitation opens nothing."""

    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    RUN_OUT = "run-out"


class CannotAcceptError(ValueError):
    """The invitation is not for this person, or opens nothing any more."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the invited person reads. `needs_password`: nobody can sign in with this address yet."""

    name: str
    email: str
    role: Role
    account: str
    account_type: str
    invited_by: str
    needs_password: bool
    stale: Stale | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Who is now of the account. `password_token` opens the page of the first password, where one is needed."""

    person_id: int
    account_id: int
    password_token: str | None


def shown(session: Session, token: str, now: datetime) -> Shown | None:
    """What stands in an invitation; none when there never was such a link."""
    row = records.invitation_with_token(session, digest(token))
    if row is None:
        return None
    account = session.get_one(Account, row.account_id)
    return Shown(
        name=row.name,
        email=row.email,
        role=Role(row.role),
        account=account.name,
        account_type=account.type,
        invited_by=session.get_one(Person, row.invited_by).name,
        needs_password=needs_password(session, contacts.known(session, row.email)),
        stale=_stale(session, row, now),
    )


def accept(session: Session, token: str, person_id: int | None, name: str, now: datetime) -> Accepted:
    """Become what the invitation says, once. `person_id` is who is signed in, none for somebody without a password.

    Raises:
        CannotAcceptError: the link opens nothing, or is somebody else's, or its person has to sign in first.
    """
    row = records.invitation_with_token(session, digest(token))
    if row is None:
        raise CannotAcceptError(Stale.UNKNOWN)
    account = lock_account(session, row.account_id)
    session.refresh(row)
    stale = _stale(session, row, now)
    if stale is not None:
        raise CannotAcceptError(stale)
    person = contacts.known(session, row.email)
    if person is not None and (person.disabled_at is not None or person.staff_role is not None):
        raise CannotAcceptError(row.email)
    first_password = needs_password(session, person)
    if (person_id is None) != first_password or (person is not None and person_id not in (None, person.id)):
        raise CannotAcceptError(row.email)
    if person is None:
        person = contacts.find_or_add(session, name or row.name, row.email)
        person.language = row.language
    contacts.add_role(session, person.id, account.id, row.role, now)
    row.accepted_at, row.accepted_by = now, person.id
    session.flush()
    told = {"person": person.id, "person_name": person.name, "role": row.role, "invited_by": row.invited_by}
    activity.record(session, account.id, person.id, "invitation-accepted", told, now)
    joined = roster.member(session, account.id, person.id)
    roster.tell_contacts_of_person(session, account, joined, joined.roles, (person.id,), now)
    return Accepted(person.id, account.id, first_link(session, person.id, now) if first_password else None)


def _stale(session: Session, row: Invitation, now: datetime) -> Stale | None:
    if row.accepted_at is not None:
        return Stale.ACCEPTED
    # Who may not give the role any more has not given it.
    if row.withdrawn_at is not None or Role(row.role) not in roster.gives(
        session, row.account_id, row.invited_by
    ):
        return Stale.WITHDRAWN
    return Stale.RUN_OUT if row.expires_at <= now else None
