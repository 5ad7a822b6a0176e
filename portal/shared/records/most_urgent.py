"""Where something waits longest among very many accounts: so many of each kind, found from the front of an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.invoices import StillOpen
from portal.shared.records.requests import Request
from portal.shared.records.tax_exemptions import TaxExemption

_Asked = sa.Select[int]
Which = Sequence[sa.ColumnElement[bool]]


def oldest_requests(session: Session, account_type: str, which: Which, limit: int) -> Sequence[int]:
    """Whose requests have waited longest for an answer? By account, once for each request."""
    question = (
        sa.select(Request.account_id)
        .where(Request.account_type == account_type, sa.text("requests.state IN ('open', 'taken')"))
        .order_by(Request.created_at, Request.id)
    )
    return _front(session, question, Request.account_id, which, limit)


def longest_overdue(
    session: Session, account_type: str, which: Which, before: date, limit: int
) -> Sequence[int]:
    """Whose invoices were due first, before a day? By account, once for each invoice."""
    question = (
        sa.select(StillOpen.account_id)
        .where(StillOpen.account_type == account_type, StillOpen.due_on < before)
        .order_by(StillOpen.due_on, StillOpen.invoice_id)
    )
    return _front(session, question, StillOpen.account_id, which, limit)


def first_exemptions_to_end(
    session: Session, account_type: str, which: Which, between: tuple[date, date], limit: int
) -> Sequence[int]:
    """Whose exemptions from tax end first, from one day to another? By account, once for each document."""
    question = (
        sa.select(TaxExemption.account_id)
        .where(TaxExemption.ended_at.is_(None), TaxExemption.valid_to.between(*between))
        .order_by(TaxExemption.valid_to, TaxExemption.id)
    )
    return _front(session, question, TaxExemption.account_id, [*which, Account.type == account_type], limit)


def _front(session: Session, question: _Asked, account_id: Any, which: Which, limit: int) -> Sequence[int]:
    if which:
        question = question.where(sa.exists(sa.select(Account.id).where(Account.id == account_id, *which)))
    return session.scalars(question.limit(limit)).all()
