"""Purchase orders that run out: billing contacts are told once of each warning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from portal.shared.domain import purchase_orders as rules
from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import Warned
from portal.shared.records import purchase_orders as records
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.database import Database
from portal.shared.records.outbox import mail_exists
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.services import accounts, activity, notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.people.contacts import Recipient
from portal.shared.services.purchase_orders.reading import as_value

# What is told by mail: before the end comes, and when the amount is nearly or wholly used.
TOLD = frozenset({Warned.ENDS_IN_30_DAYS, Warned.ENDS_IN_7_DAYS, Warned.USED_80, Warned.USED_100})

_Due = list[tuple[PurchaseOrderRow, Warned, Money, list[Recipient]]]


def warn(database: Database, now: datetime) -> int:
    """Tell the billing contacts of every account whose purchase orders run out, and say how many mails were written.

    Who was told of a warning is not told again, until the last day or the amount it warned of is another one.
    """
    with database.read() as session:
        rows = groupby(records.open_and_limited(session), key=lambda row: row.account_id)
        waiting = [account_id for account_id, own in rows if _due(session, account_id, list(own), now)]
    return sum(_warn_account(database, account_id, now) for account_id in waiting)


def _warn_account(database: Database, account_id: int, now: datetime) -> int:
    with database.write() as session:
        account = lock_account(session, account_id)
        rows = [row for row in records.purchase_orders_of(session, account_id) if row.closed_at is None]
        due = _due(session, account_id, rows, now)
        for row, warned, used, readers in due:
            for reader in readers:
                _enqueue(session, account, row, warned, used, reader, now)
            detail = {"purchase_order": row.id, "number": row.number, "warning": warned}
            activity.record(session, account_id, None, "purchase-order-warned", detail, now)
        return sum(len(readers) for *_, readers in due)


def _due(session: Session, account_id: int, rows: Iterable[PurchaseOrderRow], now: datetime) -> _Due:
    """The warnings of today, each with who was not told yet; those that everybody knows are left out."""
    account = account_by_id(session, account_id)
    assert account is not None, "the rows point to their account"
    day = accounts.today(account, now)
    billed = records.billed_on(session, account_id)
    contacts = people.billing_contacts(session, account_id, account.language)
    found: _Due = []
    for row in rows:
        used = Money(billed.get(row.id, 0), account.currency)
        for warned in rules.warnings(as_value(row, account.currency), used, day):
            readers = [one for one in contacts if not mail_exists(session, _key(row, warned, one))]
            if warned in TOLD and readers:
                found.append((row, warned, used, readers))
    return found


def _enqueue(
    session: Session,
    account: Account,
    row: PurchaseOrderRow,
    warned: Warned,
    used: Money,
    reader: Recipient,
    now: datetime,
) -> None:
    notifications.enqueue_mail(
        session,
        "purchase-order-warning",
        reader.email,
        reader.language,
        {
            "name": reader.name,
            "account": account.name,
            "purchase_order": row.id,
            "number": row.number,
            "warning": warned,
            "valid_to": row.valid_to.isoformat() if row.valid_to else None,
            "authorised_minor": row.authorised_minor,
            "used_minor": used.minor,
            "currency": account.currency,
            "rule": account.purchase_order_rule,
        },
        _key(row, warned, reader),
        now,
    )


def _key(row: PurchaseOrderRow, warned: Warned, reader: Recipient) -> str:
    by_day = warned in {Warned.ENDS_IN_30_DAYS, Warned.ENDS_IN_7_DAYS}
    limit = row.valid_to if by_day else row.authorised_minor
    return f"purchase-order-warning:{row.id}:{warned}:{limit}:{reader.person_id}"
