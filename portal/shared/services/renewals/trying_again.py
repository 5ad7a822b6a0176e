"""A good card on an overdue account settles it: what waits for its next try is tried at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.renewals import Collection, collections_of
from portal.shared.services import accounts
from portal.shared.services.renewals.collecting import Clock, Collected, collect


@dataclass(frozen=True, slots=True)
class CollectionView:
    """An invoice that is collected by itself: `state` is waiting, paid or given_up; `reason` why a try failed."""

    invoice: str
    open: Money
    due_on: date
    state: str
    reason: str
    next_try_on: date | None
    changed_at: datetime


def try_again(
    database: Database, processor: CardProcessor, clock: Clock, account_id: int
) -> Sequence[Collected]:
    """Try whatever waits to be collected from an account now, and say how it went; nothing waits: nothing is charged.

    Not inside of a transaction.
    """
    with database.read() as session:
        if not collections_of(session, account_id):
            return ()
    with database.write() as session:
        today = accounts.today(lock_account(session, account_id), clock())
        waiting = [one for one in collections_of(session, account_id) if one.next_try_on is not None]
        for one in waiting:
            assert one.next_try_on is not None, "only these were taken"
            one.next_try_on = min(one.next_try_on, today)
        ids = [one.id for one in waiting]
    tried = (collect(database, processor, clock, number) for number in ids)
    return tuple(one for one in tried if one is not None)


def overdue(session: Session, account_id: int) -> Sequence[CollectionView]:
    """What was tried in vain and waits for its next try, oldest first."""
    return [one for one in _views(session, account_id) if one.state == "waiting" and one.reason]


def changed_since(session: Session, account_id: int, moment: datetime) -> Sequence[CollectionView]:
    """What became of collections since a moment, oldest first."""
    return [one for one in _views(session, account_id) if one.changed_at >= moment]


def lately(now: datetime) -> datetime:
    """How far back somebody who was at the processor's page still wants to hear what their card did."""
    return now - timedelta(minutes=5)


def _views(session: Session, account_id: int) -> Sequence[CollectionView]:
    question = (
        sa.select(Collection, Invoice)
        .join(
            Invoice,
            sa.and_(Invoice.account_id == Collection.account_id, Invoice.id == Collection.invoice_id),
        )
        .where(Collection.account_id == account_id)
        .order_by(Collection.due_on, Collection.id)
    )
    rests = unpaid_amounts(session, account_id)
    return [
        CollectionView(
            invoice=invoice.name,
            open=Money(rests.get(invoice.id, 0), invoice.currency),
            due_on=one.due_on,
            state=one.state,
            reason=one.last_reason,
            next_try_on=one.next_try_on,
            changed_at=one.changed_at,
        )
        for one, invoice in session.execute(question)
    ]
