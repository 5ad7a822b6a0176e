"""Questions about tax that was charged because a VAT number was not confirmed yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.summary import LineKind
from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine, written_off_invoices


def accounts_to_ask_about(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Which accounts have a number that is to be asked about again, those that waited longest first?"""
    question = (
        sa.select(Account.id)
        .where(
            Account.vat_state == VatState.PENDING,
            sa.or_(Account.vat_next_check_at.is_(None), Account.vat_next_check_at <= now),
        )
        .order_by(sa.func.coalesce(Account.vat_next_check_at, Account.created_at), Account.id)
        .limit(limit)
    )
    return session.scalars(question).all()


def accounts_to_correct(session: Session) -> Sequence[int]:
    """Which accounts with a confirmed number still bear tax of the time before?"""
    question = (
        sa.select(InvoiceLine.account_id)
        .join(Account, Account.id == InvoiceLine.account_id)
        .where(Account.vat_state == VatState.VALID, *_bears_unconfirmed_tax())
        .distinct()
        .order_by(InvoiceLine.account_id)
    )
    return session.scalars(question).all()


def invoices_to_correct(session: Session, account: Account) -> list[Invoice]:
    """Which documents of an account bear such tax for the number and the country that it has now?

    What was written off is left alone.
    """
    bearing = sa.select(InvoiceLine.invoice_id).where(
        InvoiceLine.account_id == account.id, *_bears_unconfirmed_tax()
    )
    question = (
        sa.select(Invoice)
        .where(
            Invoice.account_id == account.id,
            Invoice.id.in_(bearing),
            Invoice.id.not_in(written_off_invoices(account.id)),
        )
        .order_by(Invoice.id)
    )
    now = (account.vat_number, account.country)
    return [
        row
        for row in session.scalars(question)
        if row.buyer and (row.buyer.get("vat_number"), row.buyer.get("country")) == now
    ]


def credits_of(session: Session, account_id: int, lines: Iterable[int]) -> dict[int, list[InvoiceLine]]:
    """What was given back of each of these lines, in the order of its writing?"""
    question = sa.select(InvoiceLine).where(
        InvoiceLine.account_id == account_id, InvoiceLine.credits_line.in_(list(lines))
    )
    found: dict[int, list[InvoiceLine]] = defaultdict(list)
    for row in session.scalars(question.order_by(InvoiceLine.id)):
        assert row.credits_line is not None, "it was looked for by it"
        found[row.credits_line].append(row)
    return found


def _bears_unconfirmed_tax() -> tuple[sa.ColumnElement[bool], ...]:
    credit = aliased(InvoiceLine)
    given_back = (
        sa.select(sa.func.coalesce(sa.func.sum(credit.tax_minor), 0))
        .where(credit.account_id == InvoiceLine.account_id, credit.credits_line == InvoiceLine.id)
        .scalar_subquery()
    )
    return (
        InvoiceLine.kind == LineKind.CHARGE,
        InvoiceLine.tax_kind == TaxKind.PENDING,
        InvoiceLine.tax_minor > given_back,
    )
