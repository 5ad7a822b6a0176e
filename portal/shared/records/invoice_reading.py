"""Questions about documents on the books: one read whole, many searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.invoices import InvoiceState
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement, StillOpen
from portal.shared.records.ledger import LedgerMovement
from portal.shared.records.payments import Payment, PaymentMethod


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; what is empty does not matter. `before` is the number that ended the page before."""

    number: str = ""
    issued_from: date | None = None
    issued_to: date | None = None
    state: InvoiceState | None = None
    purchase_order: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class LineAsWritten:
    """A line; a credit with the amount of the line it credits, in minor units, and the name of its document."""

    line: InvoiceLine
    credited_minor: int | None
    credited_invoice: str | None


@dataclass(frozen=True, slots=True)
class SettlementAsWritten:
    """A settlement with the order and the document whose movement made it."""

    settlement: Settlement
    order_id: int | None
    by_invoice: str | None


def invoice_named(session: Session, account_id: int, name: str) -> Invoice | None:
    """Which document of this account has this name? Another account's is none."""
    question = sa.select(Invoice).where(Invoice.account_id == account_id, Invoice.name == name)
    return session.scalars(question).one_or_none()


def lines_of(session: Session, account_id: int, invoice_id: int) -> list[LineAsWritten]:
    """What does a document say, line by line?"""
    credited, document = aliased(InvoiceLine), aliased(Invoice)
    question = (
        sa.select(InvoiceLine, credited.amount_minor, document.name)
        .outerjoin(
            credited,
            sa.and_(credited.account_id == InvoiceLine.account_id, credited.id == InvoiceLine.credits_line),
        )
        .outerjoin(
            document,
            sa.and_(document.account_id == credited.account_id, document.id == credited.invoice_id),
        )
        .where(InvoiceLine.account_id == account_id, InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    )
    return [LineAsWritten(line, minor, name) for line, minor, name in session.execute(question)]


def settlements_of(session: Session, account_id: int, invoice_id: int) -> list[SettlementAsWritten]:
    """What settled a document, in the order in which it happened?"""
    question = (
        sa.select(Settlement, LedgerMovement.order_id, Invoice.name)
        .join(
            LedgerMovement,
            sa.and_(
                LedgerMovement.account_id == Settlement.account_id,
                LedgerMovement.id == Settlement.movement_id,
            ),
        )
        .outerjoin(
            Invoice,
            sa.and_(Invoice.account_id == LedgerMovement.account_id, Invoice.id == LedgerMovement.invoice_id),
        )
        .where(Settlement.account_id == account_id, Settlement.invoice_id == invoice_id)
        .order_by(Settlement.id)
    )
    return [SettlementAsWritten(row, order_id, name) for row, order_id, name in session.execute(question)]


def billed_at(session: Session, account_id: int, invoice_id: int) -> datetime | None:
    """When did a document come into the books? Everything that happened with it bears the same instant."""
    question = sa.select(sa.func.min(LedgerMovement.at)).where(
        LedgerMovement.account_id == account_id, LedgerMovement.invoice_id == invoice_id
    )
    return session.scalar(question)


def payments_behind(
    session: Session, account_id: int, order_ids: set[int], instants: set[datetime]
) -> list[tuple[Payment, PaymentMethod | None]]:
    """Which payments came with these orders, or without an order at these instants?"""
    question = (
        sa.select(Payment, PaymentMethod)
        .outerjoin(
            PaymentMethod,
            sa.and_(
                PaymentMethod.account_id == Payment.account_id, PaymentMethod.id == Payment.payment_method_id
            ),
        )
        .where(
            Payment.account_id == account_id,
            sa.or_(
                Payment.order_id.in_(order_ids), sa.and_(Payment.order_id.is_(None), Payment.at.in_(instants))
            ),
        )
        .order_by(Payment.id)
    )
    return [(payment, method) for payment, method in session.execute(question)]


def invoices_like(
    session: Session, account_id: int, wish: Wish, today: date, limit: int
) -> Sequence[tuple[Invoice, int, bool]]:
    """Which documents of an account are looked for, newest first?

    Each with how much of it is settled, in minor units, and whether any of that was written off.
    """
    question = (
        sa.select(Invoice, _DONE, _LOST)
        .outerjoin(StillOpen, _ITS_REST)
        .where(Invoice.account_id == account_id)
        .order_by(Invoice.number.desc())
        .limit(limit)
    )
    if wish.number:
        question = question.where(Invoice.name.icontains(wish.number, autoescape=True))
    if wish.purchase_order:
        question = question.where(
            Invoice.purchase_order_number.icontains(wish.purchase_order, autoescape=True)
        )
    if wish.issued_from is not None:
        question = question.where(Invoice.issued_on >= wish.issued_from)
    if wish.issued_to is not None:
        question = question.where(Invoice.issued_on <= wish.issued_to)
    if wish.before is not None:
        question = question.where(Invoice.number < wish.before)
    if wish.state is not None:
        question = question.where(_stands(wish.state, today))
    return [(invoice, int(minor), bool(given_up)) for invoice, minor, given_up in session.execute(question)]


# What is looked up for each document that is shown, and for no other.
_ITS_REST = sa.and_(StillOpen.account_id == Invoice.account_id, StillOpen.invoice_id == Invoice.id)
_REST = sa.func.coalesce(StillOpen.rest_minor, 0)
_DONE = sa.case((Invoice.kind == "invoice", Invoice.total_minor - _REST), else_=0)
_LOST = sa.exists().where(
    Settlement.account_id == Invoice.account_id,
    Settlement.invoice_id == Invoice.id,
    Settlement.source == "written_off",
)


def _stands(state: InvoiceState, today: date) -> sa.ColumnElement[bool]:
    """The rule of `domain.invoices.state_of`, for the database."""
    is_invoice = Invoice.kind == "invoice"
    rest = StillOpen.invoice_id.is_not(None)
    in_time = StillOpen.due_on >= today
    match state:
        case InvoiceState.CREDIT_NOTE:
            return Invoice.kind == "credit_note"
        case InvoiceState.PAID:
            return sa.and_(is_invoice, sa.not_(rest), sa.not_(_LOST))
        case InvoiceState.WRITTEN_OFF:
            return sa.and_(is_invoice, sa.not_(rest), _LOST)
        case InvoiceState.OVERDUE:
            return sa.and_(rest, sa.not_(in_time))
        case InvoiceState.PART_PAID:
            return sa.and_(rest, in_time, Invoice.total_minor > _REST)
        case InvoiceState.OPEN:
            return sa.and_(rest, in_time, Invoice.total_minor == _REST)
