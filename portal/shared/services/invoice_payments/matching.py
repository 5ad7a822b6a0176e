"""Which invoices money is meant for: by what the customer wrote on it, else the one that was due first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money
from portal.shared.domain.payment_references import PaymentReference, references_in
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import StillOpen
from portal.shared.records.open_invoices import (
    OpenInvoice,
    accounts_with_series,
    open_invoices_of,
    open_invoices_of_all,
)
from portal.shared.services.desk import Staff, is_of
from portal.shared.services.desk.urgent import MOST_URGENT, looks_after_everybody

LONGEST_REFERENCE = 140  # what a line of a transfer holds


@dataclass(frozen=True, slots=True)
class Due:
    """An open invoice as the desk lists it. `days_overdue` is 0 until the day after it was due."""

    account_id: int
    account: str
    name: str
    reference: str
    due_on: date
    days_overdue: int
    total: Money
    open: Money


@dataclass(frozen=True, slots=True)
class Found:
    """An account that a reference names, and the open invoice it names, or none."""

    account_id: int
    account: str
    named: str
    due: Due | None


@dataclass(frozen=True, slots=True)
class Overdue:
    """Invoices that should have been paid before today, the oldest first. `more`: there are too many to show all."""

    dues: list[Due]
    more: bool


def overdue(session: Session, staff: Staff, now: datetime, most: int = MOST_URGENT) -> Overdue:
    """The overdue invoices of somebody's accounts; of everybody's, the `most` that were due first."""
    which, limit = is_of(staff), None
    if looks_after_everybody(staff):
        which, limit = sa.and_(which, StillOpen.account_type == "online"), most + 1
    tomorrow = now.date() + timedelta(days=1)  # somewhere it is tomorrow already
    rows = open_invoices_of_all(session, which, due_before=tomorrow, limit=limit)
    dues = [_due(account, row, now) for account, row in rows]
    return Overdue([due for due in dues[: limit and most] if due.days_overdue > 0], more=len(rows) == limit)


def open_of(session: Session, account_id: int, now: datetime) -> list[Due]:
    """What is open of one account, the oldest due first."""
    account = session.get_one(Account, account_id)
    return [_due(account, row, now) for row in open_invoices_of(session, account_id)]


def find_by_reference(session: Session, staff: Staff, text: str, now: datetime) -> list[Found]:
    """What a line of a bank statement names among somebody's accounts; paid invoices are named without a `due`."""
    references = references_in(text[:LONGEST_REFERENCE])
    accounts = accounts_with_series(session, {one.series for one in references}, is_of(staff))
    found = []
    for reference in references:
        account = accounts.get(reference.series)
        if account is None or (reference.number or 0) > account.last_invoice_number:
            continue
        dues = {due.name: due for due in open_of(session, account.id, now)}
        named = reference.invoice_name or reference.text
        found.append(Found(account.id, account.name, named, dues.get(reference.invoice_name or "")))
    return found


def meant_for(session: Session, account: Account, text: str) -> list[int]:
    """The open invoices a reference means: those it names; without any, all of the account, the oldest due first."""
    rows = open_invoices_of(session, account.id)
    named = {
        one.invoice_name for one in references_in(text) if one.series == account.invoice_series and one.number
    }
    chosen = [row for row in rows if row.invoice.name in named]
    return [row.invoice.id for row in (chosen if named else rows)]


def account_at_desk(session: Session, staff: Staff, account_id: int) -> Account:
    """An account that is somebody's to work on.

    Raises:
        LookupError: it is not.
    """
    account = session.scalars(sa.select(Account).where(Account.id == account_id, is_of(staff))).one_or_none()
    if account is None:
        raise LookupError(account_id)
    return account


def _due(account: Account, row: OpenInvoice, now: datetime) -> Due:
    invoice = row.invoice
    days = (local_day(now, account.time_zone) - invoice.due_on).days
    return Due(
        account_id=account.id,
        account=account.name,
        name=invoice.name,
        reference=PaymentReference(account.invoice_series, invoice.number).text,
        due_on=invoice.due_on,
        days_overdue=max(0, days),
        total=Money(invoice.total_minor, invoice.currency),
        open=Money(row.rest_minor, invoice.currency),
    )
