"""Why somebody landed where they landed: the router's log, for whoever looks after the account (A7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.records import letters, routing
from portal.shared.records.database import Database
from portal.shared.services.desk.staff import Staff, is_of

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """One decision: who wanted what, and the page and the reason that were the answer; codes are the router's."""

    at: datetime
    person: str
    email: str
    account_id: int | None
    account: str | None
    time_zone: str
    task: str
    product: str
    endpoint: str
    reason: str


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Some of them, newest first; `older` is where the next ones begin, if there are any."""

    rows: tuple[Arrival, ...]
    older: int | None


def arrivals(session: Session, staff: Staff, search: str = "", before: int | None = None) -> Arrivals:
    """The latest decisions about people of one's own accounts, at most 50 from one older than `before` on.

    Who serves no account at all is Customer Care's to help.
    """
    found = routing.decisions(
        session,
        is_of(staff),
        without_account=staff.role == StaffRole.CARE,
        search=search.strip(),
        before=before,
        limit=A_PAGE + 1,
    )
    rows = tuple(
        Arrival(
            row.at,
            person.name,
            person.email,
            row.account_id,
            account.name if account else None,
            account.time_zone if account else "UTC",
            row.task,
            row.product,
            row.endpoint,
            row.reason,
        )
        for row, person, account in found[:A_PAGE]
    )
    return Arrivals(rows, found[A_PAGE - 1][0].id if len(found) > A_PAGE else None)


def forget(database: Database, now: datetime, days: int) -> None:
    """Let go of decisions, and of the count of letters to billing contacts, that are older than so many days."""
    with database.write() as session:
        routing.forget_decisions(session, now - timedelta(days=days))
        letters.forget_letters(session, now - timedelta(days=days))
