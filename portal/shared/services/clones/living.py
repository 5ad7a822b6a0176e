"""Moving the clock of a clone: every period that ends on the way is renewed as real ones are; nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.rehearsals import Note, Rehearsals
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services.clones.making import opened
from portal.shared.services.rehearsal import LONGEST_DAYS, Refused, morning_of, next_renewal
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.renewing import Outcome, renew_account

__all__ = ["Document", "Note", "Refused", "Rehearsals", "Scene", "move", "opened", "scene"]


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the clone wrote."""

    name: str
    issued_on: date
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What one sees of a clone: its clock, its next renewal (none: nothing renews), what it wrote, mails it kept."""

    now: datetime
    time_zone: str
    renewal_on: date | None
    renewal_at: datetime | None
    documents: Sequence[Document]
    mails: int


def scene(rehearsals: Rehearsals, note: Note) -> Scene:
    """What one sees of a clone."""
    with opened(rehearsals, note.account_id) as database, database.read() as session:
        account = session.get_one(Account, note.account_id)
        ahead = next_renewal(session, account, note.now)
        question = sa.select(Invoice).where(Invoice.id > note.after_invoice).order_by(Invoice.id)
        return Scene(
            now=note.now,
            time_zone=account.time_zone,
            renewal_on=ahead.on if ahead else None,
            renewal_at=ahead.instant if ahead else None,
            documents=[
                Document(row.name, row.issued_on, row.total_minor, row.currency)
                for row in session.scalars(question)
            ],
            mails=session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) or 0,
        )


def move(rehearsals: Rehearsals, note: Note, until: datetime, seller: SellerTaxes) -> Note | Refused:
    """Move the clock of a clone forward, and renew and end what falls into the days between; says why it is not moved.

    What is charged stays open: there is no card in a clone, and no processor to ask.
    """
    if until < note.now:
        return Refused.BACKWARD
    if until - note.now > timedelta(days=LONGEST_DAYS):
        return Refused.TOO_FAR
    with opened(rehearsals, note.account_id) as database:
        _live(database, note.account_id, until, seller)
    moved = replace(note, clock=until.isoformat())
    rehearsals.keep(moved)
    return moved


def _live(database: Database, account_id: int, until: datetime, seller: SellerTaxes) -> None:
    """Go from one end of a period to the next, as the worker would on these mornings."""
    seen: set[tuple[int, date]] = set()
    while True:
        with database.read() as session:
            account = session.get_one(Account, account_id)
            due = _ends(session, account) - seen
            zone = account.time_zone
        day = min((day for _, day in due if day <= local_day(until, zone)), default=None)
        if day is None:
            return
        outcomes: list[Outcome] = list(
            renew_account(database, account_id, seller, min(until, morning_of(day, zone)))
        )
        if not any(isinstance(one, Renewed) for one in outcomes):
            # Held by a purchase order, past due, or over: it is not looked at again.
            seen |= {(number, end) for number, end in due if end == day}


def _ends(session: Session, account: Account) -> set[tuple[int, date]]:
    """When the periods and the service of what runs end, by subscription."""
    found: set[tuple[int, date]] = set()
    for row in subscriptions_of(session, account.id):
        found |= {(row.id, day) for day in _days(row)}
    return found


def _days(row: SubscriptionRow) -> set[date]:
    if row.ended_on is not None or row.period_end is None:
        return set()
    ending = row.pending_cancellation and row.contract_end is not None
    return {row.period_end, row.contract_end} if ending and row.contract_end else {row.period_end}
