"""Questions about what moved between an account and us: its receivables and its balance, movement by movement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.invoices import Invoice
from portal.shared.records.ledger import LedgerEntry, LedgerMovement
from portal.shared.records.payments import Payment

# What an account owes, and what it has in its favour; their sum is where it stands.
OWN_BOOKS = ("receivable", "balance")


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement: what it did to where the account stands, and what of it went over the balance, in minor units."""

    id: int
    kind: str
    at: datetime
    effect: int
    over_balance: int
    document: str | None
    document_kind: str | None


def stood_at(
    session: Session, account_id: int, currency: str, until: datetime, before: int | None = None
) -> int:
    """What did an account owe (or have, below zero) before an instant, in minor units?

    With `before`, of the movements up to that instant only those with a smaller number count.
    """
    question = (
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .join(
            LedgerMovement,
            sa.and_(
                LedgerMovement.account_id == LedgerEntry.account_id,
                LedgerMovement.id == LedgerEntry.movement_id,
            ),
        )
        .where(
            LedgerEntry.account_id == account_id,
            LedgerEntry.book.in_(OWN_BOOKS),
            LedgerEntry.currency == currency,
            LedgerMovement.at < until,
        )
    )
    if before is not None:
        question = question.where(LedgerMovement.id < before)
    return int(session.execute(question).scalar_one())


def moved_between(
    session: Session,
    account_id: int,
    since: datetime,
    until: datetime,
    before: int | None = None,
    limit: int | None = None,
) -> list[Moved]:
    """What moved from one instant up to, and without, another, the newest first?

    Movements of one account are written one after the other under its lock, so that their numbers follow the clock.
    """
    over_balance = sa.func.sum(sa.case((LedgerEntry.book == "balance", LedgerEntry.amount_minor), else_=0))
    question = (
        sa.select(
            LedgerMovement.id,
            LedgerMovement.kind,
            LedgerMovement.at,
            sa.func.sum(LedgerEntry.amount_minor),
            over_balance,
            Invoice.name,
            Invoice.kind,
        )
        .join(
            LedgerEntry,
            sa.and_(
                LedgerEntry.account_id == LedgerMovement.account_id,
                LedgerEntry.movement_id == LedgerMovement.id,
            ),
        )
        .outerjoin(
            Invoice,
            sa.and_(Invoice.account_id == LedgerMovement.account_id, Invoice.id == LedgerMovement.invoice_id),
        )
        .where(
            LedgerMovement.account_id == account_id,
            LedgerEntry.book.in_(OWN_BOOKS),
            LedgerMovement.at >= since,
            LedgerMovement.at < until,
        )
        .group_by(LedgerMovement.id, LedgerMovement.kind, LedgerMovement.at, Invoice.name, Invoice.kind)
        .order_by(LedgerMovement.id.desc())
        .limit(limit)
    )
    if before is not None:
        question = question.where(LedgerMovement.id < before)
    return [
        Moved(number, kind, at, int(effect), int(own), document, document_kind)
        for number, kind, at, effect, own, document, document_kind in session.execute(question)
    ]


def payments_between(session: Session, account_id: int, since: datetime, until: datetime) -> list[Payment]:
    """Which payments came in from one instant up to, and without, another?"""
    question = sa.select(Payment).where(
        Payment.account_id == account_id, Payment.at >= since, Payment.at < until
    )
    return list(session.scalars(question.order_by(Payment.id)))
