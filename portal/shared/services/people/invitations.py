"""Inviting somebody to an account by mail: sent, sent again, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.routing.visitor import Role
from portal.shared.records import invitations as records
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.invitations import Invitation
from portal.shared.records.people import Person, plain_email
from portal.shared.services import activity, notifications
from portal.shared.services.people import contacts, roster
from portal.shared.services.sign_in.digests import digest, new_secret

LIVES = timedelta(days=7)
MOST_A_DAY, WINDOW = 50, timedelta(days=1)


class Invited(StrEnum):
    """What became of the wish to invite somebody."""

    SENT = "sent"
    IS_ALREADY = "is-already"
    INVITED_ALREADY = "invited-already"
    NOT_YOURS_TO_GIVE = "not-yours-to-give"
    NOT_POSSIBLE = "not-possible"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to invite, as what, and in which language to write."""

    name: str
    email: str
    role: Role
    language: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation nobody has answered yet."""

    id: int
    name: str
    email: str
    role: Role
    invited_by: str
    sent_at: datetime
    expires_at: datetime
    run_out: bool


def waiting(session: Session, account_id: int, now: datetime) -> list[Waiting]:
    """Who is invited and has not answered, oldest first."""
    return [
        Waiting(
            row.id,
            row.name,
            row.email,
            Role(row.role),
            by,
            row.sent_at,
            row.expires_at,
            row.expires_at <= now,
        )
        for row, by in records.open_invitations(session, account_id)
    ]


def invite(session: Session, account_id: int, actor_id: int, wish: Wish, now: datetime) -> Invited:
    """Send an invitation, whoever the address belongs to: the page tells nothing about people we know."""
    account = lock_account(session, account_id)
    email = plain_email(wish.email)
    refused = _refused(session, account, actor_id, wish.role, email, now)
    if refused is not None:
        return refused
    token = new_secret()
    row = Invitation(
        account_id=account_id,
        name=wish.name.strip(),
        email=email,
        role=str(wish.role),
        language=wish.language,
        invited_by=actor_id,
        invited_at=now,
        sent_at=now,
        times_sent=1,
        token_digest=digest(token),
        expires_at=now + LIVES,
    )
    session.add(row)
    session.flush()
    _mail(session, account, row, session.get_one(Person, actor_id), token, now)
    told = {"email": email, "role": str(wish.role)}
    activity.record(session, account_id, actor_id, "person-invited", told, now)
    return Invited.SENT


def send_again(
    session: Session, account_id: int, actor_id: int, invitation_id: int, now: datetime
) -> Invited:
    """Write once more, with a new link for another week; the old one opens nothing any more.

    Raises:
        LookupError: this account has no such open invitation.
    """
    account = lock_account(session, account_id)
    row = _found(session, account_id, invitation_id)
    if Role(row.role) not in roster.gives(session, account_id, actor_id):
        return Invited.NOT_YOURS_TO_GIVE
    if _too_many(session, account_id, now):
        return Invited.TOO_MANY
    token = new_secret()
    row.token_digest, row.sent_at, row.expires_at = digest(token), now, now + LIVES
    row.times_sent += 1
    row.invited_by = actor_id
    session.flush()
    _mail(session, account, row, session.get_one(Person, actor_id), token, now)
    told = {"email": row.email, "role": row.role}
    activity.record(session, account_id, actor_id, "invitation-sent-again", told, now)
    return Invited.SENT


def withdraw(session: Session, account_id: int, actor_id: int, invitation_id: int, now: datetime) -> bool:
    """Take an invitation back; its link opens nothing any more. False: it is not this person's to take back.

    Taking back what was taken back changes nothing.

    Raises:
        LookupError: this account has no such invitation, or it was accepted.
    """
    lock_account(session, account_id)
    row = records.invitation_of(session, account_id, invitation_id)
    if row is None or row.accepted_at is not None:
        raise LookupError(invitation_id)
    if Role(row.role) not in roster.gives(session, account_id, actor_id):
        return False
    if row.withdrawn_at is not None:
        return True
    row.withdrawn_at = now
    session.flush()
    told = {"email": row.email, "role": row.role}
    activity.record(session, account_id, actor_id, "invitation-withdrawn", told, now)
    return True


def _refused(
    session: Session, account: Account, actor_id: int, role: Role, email: str, now: datetime
) -> Invited | None:
    if role not in roster.gives(session, account.id, actor_id):
        return Invited.NOT_YOURS_TO_GIVE
    person = contacts.known(session, email)
    if person is not None:
        if person.id == actor_id or role in roster.roles_of(session, account.id, person.id):
            return Invited.IS_ALREADY
        if person.staff_role is not None or person.disabled_at is not None:
            return Invited.NOT_POSSIBLE
    if records.open_invitation(session, account.id, email, str(role)) is not None:
        return Invited.INVITED_ALREADY
    return Invited.TOO_MANY if _too_many(session, account.id, now) else None


def _too_many(session: Session, account_id: int, now: datetime) -> bool:
    return records.invitations_since(session, account_id, now - WINDOW) >= MOST_A_DAY


def _found(session: Session, account_id: int, invitation_id: int) -> Invitation:
    row = records.invitation_of(session, account_id, invitation_id)
    if row is None or not row.is_open:
        raise LookupError(invitation_id)
    return row


def _mail(
    session: Session, account: Account, row: Invitation, actor: Person, token: str, now: datetime
) -> None:
    payload = {
        "name": row.name,
        "account": account.name,
        "who": actor.name,
        "role": row.role,
        "token": token,
        "until": (now + LIVES).date().isoformat(),
    }
    key = f"invitation:{row.id}:{row.times_sent}"
    notifications.enqueue_mail(session, "invitation", row.email, row.language, payload, key, now)
