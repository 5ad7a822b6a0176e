"""Who is what for an account, and the changes of that, with everybody told who has to know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.people.roles import GIVEN_HERE, Refused, manageable, refusal
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.approvals import limit_of, limits_of
from portal.shared.records.people import Membership, Person
from portal.shared.services import activity, notifications
from portal.shared.services.people import contacts


class UnknownMemberError(LookupError):
    """This person is nothing for this account, but perhaps a holder of a seat."""


class RoleRefusedError(ValueError):
    """The change of roles is against the rules; `why` says which."""

    def __init__(self, why: Refused) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of an account. `roles` without the seats they hold; `since` is none for what is older than we count."""

    person_id: int
    name: str
    email: str
    roles: tuple[Role, ...]
    since: datetime | None
    holds_seat: bool
    enabled: bool


def members(session: Session, account_id: int) -> list[Member]:
    """Everybody who is something besides a holder of a seat, billing contacts first; one statement."""
    found: dict[int, tuple[Person, list[Membership]]] = {}
    question = (
        sa.select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.account_id == account_id)
        .order_by(Person.name, Person.id)
    )
    for person, row in session.execute(question):
        found.setdefault(person.id, (person, []))[1].append(row)
    shown = [_member(person, rows) for person, rows in found.values()]
    return sorted((one for one in shown if one.roles), key=lambda one: GIVEN_HERE.index(one.roles[0]))


def member(session: Session, account_id: int, person_id: int) -> Member:
    """One of them.

    Raises:
        UnknownMemberError: this person is nothing for this account but a holder of a seat.
    """
    found = next((one for one in members(session, account_id) if one.person_id == person_id), None)
    if found is None:
        raise UnknownMemberError(person_id)
    return found


def roles_of(session: Session, account_id: int, person_id: int) -> frozenset[Role]:
    """What a person is for an account, as the database says now."""
    question = sa.select(Membership.role).where(
        Membership.account_id == account_id, Membership.person_id == person_id
    )
    return frozenset(Role(role) for role in session.scalars(question))


def gives(session: Session, account_id: int, person_id: int) -> frozenset[Role]:
    """The roles that a person may give to others of an account, and take from them."""
    limited = limit_of(session, account_id, person_id) is not None
    return manageable(roles_of(session, account_id, person_id), limited=limited)


def change_roles(
    session: Session,
    account_id: int,
    actor_id: int,
    person_id: int,
    wanted: Collection[Role],
    now: datetime,
) -> bool:
    """Give a person exactly these of the roles that the actor manages; what else they are stays. False: nothing to do.

    Who changes their own roles can only give some up: pass what is left.

    Raises:
        UnknownMemberError: this person is nothing for this account but a holder of a seat.
        RoleRefusedError: the rules are against it.
    """
    account = lock_account(session, account_id)
    person = member(session, account_id, person_id)
    own = roles_of(session, account_id, actor_id)
    themselves = actor_id == person_id
    before = frozenset(person.roles)
    limits = limits_of(session, account_id)
    limited = actor_id in limits
    mine = manageable(own, limited=limited)
    touched = (before | mine) if themselves else mine
    after = (before - touched) | frozenset(wanted)
    contacting = [one.person_id for one in contacts.billing_contacts(session, account_id, "")]
    others = [one for one in contacting if one != person_id and one not in limits]
    why = refusal(own, before, after, themselves=themselves, other_contacts=len(others), limited=limited)
    if why is not None:
        raise RoleRefusedError(why)
    if before == after:
        return False
    _write(session, account_id, person_id, before, after, now)
    told = {"person": person_id, "person_name": person.name, "old": _names(before), "new": _names(after)}
    activity.record(session, account_id, actor_id, "role-changed", told, now)
    actor = session.get_one(Person, actor_id)
    if not themselves:
        _tell_them(session, account, session.get_one(Person, person_id), after, actor, now)
    tell_contacts_of_person(session, account, person, after, (actor_id, person_id), now)
    return True


def remove(session: Session, account_id: int, actor_id: int, person_id: int, now: datetime) -> None:
    """Take every role from a person that the actor manages; from oneself: leave the account. Seats stay.

    Raises:
        UnknownMemberError: this person is nothing for this account but a holder of a seat.
        RoleRefusedError: the rules are against it, as for the last billing contact.
    """
    if not change_roles(session, account_id, actor_id, person_id, (), now):
        raise RoleRefusedError(Refused.NOT_YOURS_TO_TAKE)


def tell_contacts_of_person(
    session: Session,
    account: Account,
    person: Member,
    roles: Iterable[Role],
    but: Collection[int],
    now: datetime,
) -> None:
    """Mail every billing contact what somebody is now; those in `but` know it already."""
    names = _names(roles)
    for reader in contacts.billing_contacts(session, account.id, account.language):
        if reader.person_id in but:
            continue
        payload = {"name": reader.name, "account": account.name, "who": person.name, "roles": names}
        key = f"people-changed:{account.id}:{person.person_id}:{now.isoformat()}:{reader.person_id}"
        notifications.enqueue_mail(
            session, "people-changed", reader.email, reader.language, payload, key, now
        )


def _tell_them(
    session: Session, account: Account, person: Person, roles: Iterable[Role], actor: Person, now: datetime
) -> None:
    if person.disabled_at is not None:
        return
    payload = {"name": person.name, "account": account.name, "who": actor.name, "roles": _names(roles)}
    key = f"roles-changed:{account.id}:{person.id}:{now.isoformat()}"
    language = person.language or account.language
    notifications.enqueue_mail(session, "roles-changed", person.email, language, payload, key, now)


def _write(
    session: Session,
    account_id: int,
    person_id: int,
    before: Collection[Role],
    after: Collection[Role],
    now: datetime,
) -> None:
    for role in sorted(set(after) - set(before)):
        contacts.add_role(session, person_id, account_id, str(role), now)
    taken = [str(role) for role in set(before) - set(after)]
    if taken:
        session.execute(
            sa.delete(Membership).where(
                Membership.account_id == account_id,
                Membership.person_id == person_id,
                Membership.role.in_(taken),
            )
        )


def _member(person: Person, rows: Iterable[Membership]) -> Member:
    held = {Role(row.role): row.since for row in rows}
    roles = tuple(role for role in GIVEN_HERE if role in held)
    known = [since for role in roles if (since := held[role]) is not None]
    return Member(
        person_id=person.id,
        name=person.name,
        email=person.email,
        roles=roles,
        since=min(known) if known and len(known) == len(roles) else None,
        holds_seat=Role.SEAT_HOLDER in held,
        enabled=person.disabled_at is None,
    )


def _names(roles: Iterable[Role]) -> list[str]:
    kept = set(roles)
    return [str(role) for role in GIVEN_HERE if role in kept]
