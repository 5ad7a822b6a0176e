"""Our own people looking at an account as its billing contact does: with a reason, for a while, and never unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.shared.domain.routing.visitor import Role, Visitor
from portal.shared.domain.viewing import LONGEST, ReasonProblem, reason_problem
from portal.shared.records import viewings as records
from portal.shared.records.accounts import account_by_id, lock_account
from portal.shared.records.database import Database
from portal.shared.records.viewings import Viewing
from portal.shared.services import activity
from portal.shared.services.arriving import routing
from portal.shared.services.desk.staff import Staff, works_on


@dataclass(frozen=True, slots=True)
class Look:
    """A look that runs: at which account, why, since when and until when."""

    id: int
    account_id: int
    account_name: str
    reason: str
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class SeenBy:
    """Who looks at an account right now, for its own people."""

    name: str
    reason: str
    since: datetime
    until: datetime


class NotTheirsError(ValueError):
    """The account is not theirs to look at."""


def start(
    session: Session, staff: Staff, account_id: int, reason: str, token: str, now: datetime
) -> ReasonProblem | None:
    """Begin to look, in the sign-in with this secret; a look that runs ends. Or say what is wrong with the reason.

    Raises:
        NotTheirsError: the account is not theirs.
    """
    problem = reason_problem(reason)
    if problem is not None:
        return problem
    if not works_on(session, staff, account_id):
        raise NotTheirsError(account_id)
    stop(session, staff.person_id, now)
    lock_account(session, account_id)
    tidy, until = " ".join(reason.split()), now + LONGEST
    session.add(
        Viewing(
            account_id=account_id,
            staff_id=staff.person_id,
            sign_in=_fingerprint(token),
            reason=tidy,
            started_at=now,
            ends_at=until,
        )
    )
    session.flush()
    detail = {"reason": tidy, "until": until.isoformat()}
    activity.record(session, account_id, staff.person_id, "viewing-started", detail, now)
    return None


def stop(session: Session, staff_id: int, now: datetime) -> int | None:
    """End the look of a person; gives the account, none if nothing ran."""
    found = records.running_of(session, staff_id)
    if found is None:
        return None
    _end(session, found, min(now, found.ends_at), staff_id if now < found.ends_at else None)
    return found.account_id


def end_run_out(database: Database, now: datetime) -> int:
    """End what ran out by itself; says how many."""
    with database.write() as session:
        over = records.run_out(session, now)
        for one in over:
            _end(session, one, one.ends_at, None)
        return len(over)


def running(session: Session, staff: Staff, token: str, now: datetime) -> Look | None:
    """The look of this sign-in, while it lasts and while the account is theirs."""
    found = records.running_of(session, staff.person_id)
    if found is None or found.ends_at <= now or found.sign_in != _fingerprint(token):
        return None
    account = account_by_id(session, found.account_id)
    if account is None or not works_on(session, staff, found.account_id):
        return None
    return Look(found.id, found.account_id, account.name, found.reason, found.started_at, found.ends_at)


def visitor_for(
    session: Session, look: Look, now: datetime, asked_later: Callable[[], Session] | None = None
) -> Visitor:
    """Whom the guard of the customer's pages sees: somebody with the rights of a billing contact of this account."""
    return routing.visitor_as(session, look.account_id, Role.BILLING_CONTACT, now, asked_later)


def seen_by(session: Session, account_id: int, now: datetime) -> list[SeenBy]:
    """Who looks at an account right now."""
    found = records.running_at(session, account_id, now)
    return [SeenBy(name, one.reason, one.started_at, one.ends_at) for one, name in found]


def count_page(database: Database, look: Look) -> None:
    """Keep that one more page was looked at, apart from what the page reads; a busy database loses the count."""
    try:
        with database.write() as session:
            records.count_page(session, look.id)
    except SQLAlchemyError:
        return


def _end(session: Session, viewing: Viewing, at: datetime, staff_id: int | None) -> None:
    lock_account(session, viewing.account_id)
    viewing.ended_at = at
    detail = {
        "staff": viewing.staff_id,
        "pages": viewing.pages,
        "since": viewing.started_at.isoformat(),
    }
    activity.record(session, viewing.account_id, staff_id, "viewing-ended", detail, at)


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
