"""What follows when an invoice is settled: nothing is past due any more, and what ended for it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.invoices import InvoiceLine, unpaid_amounts, written_off_invoices
from portal.shared.records.plain_rows import plain_rows
from portal.shared.records.renewals import Collection
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity

_ACCOUNT: Any = sa.bindparam("account_id")
_PAST_DUE = sa.exists().where(
    SubscriptionRow.account_id == _ACCOUNT, SubscriptionRow.past_due_since.is_not(None)
)
_MAY_COME_BACK = (
    Collection.account_id == _ACCOUNT,
    Collection.state.in_(["waiting", "given_up"]),
    # Nobody paid for what was written off, and nothing comes back for it.
    Collection.invoice_id.not_in(written_off_invoices(_ACCOUNT)),
)
_COLLECTED = sa.select(Collection).where(*_MAY_COME_BACK)
_ANYTHING = sa.select(sa.or_(_PAST_DUE, sa.exists().where(*_MAY_COME_BACK)).label("found"))


def clear(session: Session, account: Account, now: datetime) -> list[int]:
    """Bring what was settled into the subscriptions, and say which are no longer past due.

    The caller holds the account's lock. Collections of settled invoices end; subscriptions that had ended for want of
    payment are given back as far as their period still runs.
    """
    ((anything,),) = plain_rows(session, _ANYTHING, {"account_id": account.id})
    if not anything:
        return []
    _restore(session, account, now)
    open_ = sa.select(InvoiceLine.subscription_id).where(
        InvoiceLine.account_id == account.id,
        InvoiceLine.invoice_id.in_(unpaid_amounts(session, account.id)),
    )
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account.id,
        SubscriptionRow.past_due_since.is_not(None),
        SubscriptionRow.id.not_in(open_),
    )
    rows = session.scalars(question).all()
    for row in rows:
        row.past_due_since = None
    session.flush()
    return [row.id for row in rows]


def charged_by(session: Session, account_id: int, invoice_id: int) -> Sequence[SubscriptionRow]:
    """The subscriptions that a document charges for, or gives credit for."""
    charged = sa.select(InvoiceLine.subscription_id).where(
        InvoiceLine.account_id == account_id, InvoiceLine.invoice_id == invoice_id
    )
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account_id, SubscriptionRow.id.in_(charged)
    )
    return session.scalars(question.order_by(SubscriptionRow.id)).all()


def _restore(session: Session, account: Account, now: datetime) -> None:
    today = accounts.today(account, now)
    collected = session.scalars(_COLLECTED, {"account_id": account.id}).all()
    open_ones = unpaid_amounts(session, account.id) if collected else {}
    for one in collected:
        if one.invoice_id in open_ones:
            continue
        was_over = one.state == "given_up"
        one.state, one.next_try_on, one.changed_at = "paid", None, now
        for row in charged_by(session, account.id, one.invoice_id) if was_over else ():
            if row.ended_on is not None and row.period_end is not None and today < row.period_end:
                row.ended_on, row.past_due_since = None, None
                account.expired_on = None
                detail = {"subscription": row.id}
                activity.record(session, account.id, None, "subscription-restored", detail, now)
    session.flush()
