"""When a subscription is no longer past due."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.invoices import InvoiceLine, unpaid_amounts
from portal.shared.records.subscriptions import SubscriptionRow


def clear(session: Session, account_id: int) -> list[int]:
    """Clear it on every subscription none of whose invoices is open any more, and say on which."""
    open_ = sa.select(InvoiceLine.subscription_id).where(
        InvoiceLine.account_id == account_id,
        InvoiceLine.invoice_id.in_(unpaid_amounts(session, account_id)),
    )
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account_id,
        SubscriptionRow.past_due_since.is_not(None),
        SubscriptionRow.id.not_in(open_),
    )
    rows = session.scalars(question).all()
    for row in rows:
        row.past_due_since = None
    session.flush()
    return [row.id for row in rows]
