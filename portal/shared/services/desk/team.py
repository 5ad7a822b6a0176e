"""A manager's team: who works in it, with which accounts, and moving an account to somebody else of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.attention import Waiting
from portal.shared.domain.calendar import local_day
from portal.shared.records import portfolio as records
from portal.shared.records import staff as people
from portal.shared.records.accounts import lock_account
from portal.shared.records.people import Person
from portal.shared.services import activity
from portal.shared.services.desk.signals import what_waits
from portal.shared.services.desk.staff import Staff, is_of, works_on
from portal.shared.services.people.contact_mails import tell_contacts


class NotInTheTeamError(LookupError):
    """The account or the person is not the manager's to move."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the team."""

    id: int
    name: str
    email: str
    phone: str
    works_here: bool


@dataclass(frozen=True, slots=True)
class TeamAccount:
    """An account of the team, with the kinds of things that wait there."""

    id: int
    name: str
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody of the team with their accounts; nobody: the accounts without a representative."""

    colleague: Colleague | None
    accounts: tuple[TeamAccount, ...]

    @property
    def attention(self) -> int:
        """At how many of the accounts something waits."""
        return sum(bool(account.waiting) for account in self.accounts)


def colleagues(session: Session, manager: Staff) -> list[Colleague]:
    """Who looks after the accounts of the team: its representatives and the manager, by name."""
    return [_colleague(row) for row in people.team_of(session, manager.person_id)]


def colleague(session: Session, manager: Staff, person_id: int) -> Colleague | None:
    """Somebody of the team, by id; anybody else is nobody."""
    return next((one for one in colleagues(session, manager) if one.id == person_id), None)


def team(session: Session, manager: Staff, now: datetime) -> list[Desk]:
    """The accounts that nobody looks after, then everybody of the team by name; who has no account comes last."""
    which = is_of(manager)
    waits = what_waits(session, manager, which, now)
    sorted_out: dict[int | None, list[TeamAccount]] = {}
    for line in sorted(records.lines_of(session, which), key=lambda line: (line.name, line.id)):
        found = tuple(signal.kind for signal in waits.of(line, local_day(now, line.time_zone)))
        sorted_out.setdefault(line.rep_id, []).append(TeamAccount(line.id, line.name, found))
    desks = [
        Desk(one, tuple(sorted_out.get(one.id, ())))
        for one in colleagues(session, manager)
        if one.works_here or one.id in sorted_out
    ]
    nobodys = tuple(sorted_out.get(None, ()))
    desks.sort(key=lambda desk: not desk.accounts)
    return [Desk(None, nobodys), *desks] if nobodys else desks


def move_account(
    session: Session, manager: Staff, account_id: int, rep_id: int, now: datetime
) -> Colleague | None:
    """Give an account to somebody else of the team and tell its billing contacts; nothing, if it is theirs already.

    Raises:
        NotInTheTeamError: the account is not the team's, or the person does not belong to it.
    """
    there = colleague(session, manager, rep_id)
    account = lock_account(session, account_id)
    if (
        manager.role != "manager"
        or there is None
        or not there.works_here
        or not works_on(session, manager, account_id)
    ):
        raise NotInTheTeamError(account_id)
    if account.rep_id == there.id:
        return None
    before = session.get(Person, account.rep_id) if account.rep_id is not None else None
    account.rep_id = there.id
    detail = {"old_person": before.id if before else None, "new_person": there.id}
    activity.record(session, account_id, manager.person_id, "representative-changed", detail, now)
    told = {
        "rep": there.name,
        "rep_email": there.email,
        "rep_phone": there.phone,
        "before": before.name if before else "",
    }
    about = f"{account_id}:{there.id}:{now.isoformat()}"
    tell_contacts(session, account, "representative-changed", about, told, now)
    return there


def _colleague(row: Person) -> Colleague:
    return Colleague(row.id, row.name, row.email, row.phone or "", row.disabled_at is None)
