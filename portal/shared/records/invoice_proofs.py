"""What can never be true of documents: asked when the books are proved."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.summary import LineKind
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement, StillOpen

_SETTLED = sa.func.coalesce(sa.func.sum(Settlement.amount_minor), 0)
_IS_ITS = sa.and_(Settlement.account_id == Invoice.account_id, Settlement.invoice_id == Invoice.id)


def unpaid_by_settlements(session: Session, account_id: int) -> dict[int, int]:
    """Which invoices of an account are open, added up from all that settled them, in minor units?"""
    question = (
        sa.select(Invoice.id, Invoice.total_minor - _SETTLED)
        .outerjoin(Settlement, _IS_ITS)
        .where(Invoice.account_id == account_id, Invoice.kind == "invoice")
        .group_by(Invoice.id)
        .having(Invoice.total_minor > _SETTLED)
    )
    return {invoice_id: int(rest) for invoice_id, rest in session.execute(question)}


def kept_as_open(session: Session, account_id: int) -> dict[int, tuple[int, bool]]:
    """What does the database keep as open of an account: the rest, and whether day and type are the true ones?"""
    true = sa.and_(
        sa.func.coalesce(Invoice.due_on == StillOpen.due_on, sa.false()),
        Account.type == StillOpen.account_type,
    )
    question = (
        sa.select(StillOpen.invoice_id, StillOpen.rest_minor, true)
        .join(Account, Account.id == StillOpen.account_id)
        .outerjoin(
            Invoice, sa.and_(Invoice.account_id == StillOpen.account_id, Invoice.id == StillOpen.invoice_id)
        )
        .where(StillOpen.account_id == account_id)
    )
    return {invoice_id: (rest, fits) for invoice_id, rest, fits in session.execute(question)}


def invoices_unlike_their_lines(session: Session) -> Sequence[Invoice]:
    """Which documents are not the sum of their lines? None, ever."""
    sign = sa.case((InvoiceLine.kind == LineKind.CHARGE, 1), else_=-1)
    net = sa.func.coalesce(sa.func.sum(sign * InvoiceLine.amount_minor), 0)
    tax = sa.func.coalesce(sa.func.sum(sign * InvoiceLine.tax_minor), 0)
    question = (
        sa.select(Invoice)
        .outerjoin(
            InvoiceLine,
            sa.and_(InvoiceLine.account_id == Invoice.account_id, InvoiceLine.invoice_id == Invoice.id),
        )
        .group_by(Invoice.id)
        .having(
            sa.or_(
                Invoice.subtotal_minor != net,
                Invoice.tax_minor != tax,
                Invoice.total_minor != Invoice.subtotal_minor + Invoice.tax_minor,
            )
        )
        .order_by(Invoice.id)
    )
    return session.scalars(question).all()


def oversettled_invoices(session: Session) -> Sequence[Invoice]:
    """Which documents got more than they ask for? None, ever."""
    question = (
        sa.select(Invoice)
        .join(
            Settlement,
            sa.and_(Settlement.account_id == Invoice.account_id, Settlement.invoice_id == Invoice.id),
        )
        .group_by(Invoice.id)
        .having(sa.func.sum(Settlement.amount_minor) > Invoice.total_minor)
        .order_by(Invoice.id)
    )
    return session.scalars(question).all()


def overcredited_invoices(session: Session) -> Sequence[Invoice]:
    """Which documents have a line of which more was credited than it charged, in amount or in tax? None, ever."""
    credit = aliased(InvoiceLine)
    too_much = (
        sa.select(InvoiceLine.invoice_id)
        .join(
            credit,
            sa.and_(credit.account_id == InvoiceLine.account_id, credit.credits_line == InvoiceLine.id),
        )
        .group_by(InvoiceLine.id)
        .having(
            sa.or_(
                sa.func.sum(credit.amount_minor) > InvoiceLine.amount_minor,
                sa.func.sum(credit.tax_minor) > InvoiceLine.tax_minor,
            )
        )
    )
    return session.scalars(sa.select(Invoice).where(Invoice.id.in_(too_much)).order_by(Invoice.id)).all()
