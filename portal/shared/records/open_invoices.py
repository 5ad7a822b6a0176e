"""Questions about invoices that are not wholly paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine, StillOpen, unpaid_amounts


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice and what is still to be paid of it, in minor units."""

    invoice: Invoice
    rest_minor: int


def open_invoices_of(session: Session, account_id: int) -> list[OpenInvoice]:
    """Which invoices of an account are to be paid, the one that was due first at the beginning?"""
    rests = unpaid_amounts(session, account_id)
    question = (
        sa.select(Invoice)
        .where(Invoice.account_id == account_id, Invoice.id.in_(list(rests)))
        .order_by(Invoice.due_on, Invoice.number)
    )
    return [OpenInvoice(invoice, rests[invoice.id]) for invoice in session.scalars(question)]


def open_invoices_of_all(
    session: Session, which: sa.ColumnElement[bool], due_before: date | None = None, limit: int | None = None
) -> Sequence[tuple[Account, OpenInvoice]]:
    """Which invoices of these accounts are to be paid, the oldest due first?

    `which` is a condition about accounts and what is open there.
    """
    question = (
        sa.select(Account, Invoice, StillOpen.rest_minor)
        .join(StillOpen, StillOpen.account_id == Account.id)
        .join(
            Invoice, sa.and_(Invoice.account_id == StillOpen.account_id, Invoice.id == StillOpen.invoice_id)
        )
        .where(which)
        .order_by(StillOpen.due_on, StillOpen.invoice_id)
        .limit(limit)
    )
    if due_before is not None:
        question = question.where(StillOpen.due_on < due_before)
    return [(account, OpenInvoice(invoice, rest)) for account, invoice, rest in session.execute(question)]


def subscriptions_charged_by(session: Session, account_id: int, invoices: Iterable[int]) -> frozenset[int]:
    """Which subscriptions do these invoices of an account charge for?"""
    wanted = list(invoices)
    if not wanted:
        return frozenset()
    question = sa.select(InvoiceLine.subscription_id).where(
        InvoiceLine.account_id == account_id, InvoiceLine.invoice_id.in_(wanted)
    )
    return frozenset(session.scalars(question))


def charges_of(session: Session, account_id: int, invoices: Iterable[int]) -> Mapping[int, frozenset[int]]:
    """Which subscriptions does each of these invoices of an account charge for? One statement."""
    found: dict[int, set[int]] = {one: set() for one in invoices}
    if found:
        question = sa.select(InvoiceLine.invoice_id, InvoiceLine.subscription_id).where(
            InvoiceLine.account_id == account_id, InvoiceLine.invoice_id.in_(list(found))
        )
        for invoice_id, subscription_id in session.execute(question):
            found[invoice_id].add(subscription_id)
    return {one: frozenset(charged) for one, charged in found.items()}


def invoice_called(session: Session, account_id: int, name: str) -> Invoice | None:
    """Which request for payment of this account has this name? A credit note is none."""
    question = sa.select(Invoice).where(
        Invoice.account_id == account_id, Invoice.name == name, Invoice.kind == "invoice"
    )
    return session.scalars(question).one_or_none()


def accounts_with_series(
    session: Session, series: Iterable[str], which: sa.ColumnElement[bool]
) -> dict[str, Account]:
    """Which of these accounts have these invoice series?"""
    question = sa.select(Account).where(which, Account.invoice_series.in_(list(series)))
    return {account.invoice_series: account for account in session.scalars(question)}
