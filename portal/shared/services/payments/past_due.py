"""What follows when an invoice is settled: nothing is past due any more, and what ended for it comes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.invoices import charged_lines_of, unpaid_amounts, written_off_invoices
from portal.shared.records.open_invoices import subscriptions_charged_by
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
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account.id, SubscriptionRow.past_due_since.is_not(None)
    )
    marked = session.scalars(question.order_by(SubscriptionRow.id)).all()
    open_ = unpaid_amounts(session, account.id) if marked else ()
    owed = {row.id for one in open_ for row in standing_on(session, account.id, one)}
    rows = [row for row in marked if row.id not in owed]
    for row in rows:
        row.past_due_since = None
    session.flush()
    return [row.id for row in rows]


def charged_by(session: Session, account_id: int, invoice_id: int) -> Sequence[SubscriptionRow]:
    """The subscriptions that a document charges for, or gives credit for."""
    charged = subscriptions_charged_by(session, account_id, [invoice_id])
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account_id, SubscriptionRow.id.in_(charged)
    )
    return session.scalars(question.order_by(SubscriptionRow.id)).all()


def standing_on(session: Session, account_id: int, invoice_id: int) -> Sequence[SubscriptionRow]:
    """The subscriptions whose billing period, up to its end, a document asks money for.

    Where an order has begun another period since, what is left of the document is owed for days gone by, and no
    service stands or falls with it.
    """
    reach: dict[int, date] = {}
    for entry in charged_lines_of(session, account_id, invoice_id):
        line, given_back = entry.line, entry.credited_minor == entry.line.amount_minor
        if not given_back and entry.credited_to != line.service_end:
            reach[line.subscription_id] = max(line.service_end, reach.get(line.subscription_id, date.min))
    rows = charged_by(session, account_id, invoice_id) if reach else ()
    return [row for row in rows if row.period_end is not None and reach.get(row.id) == row.period_end]


def _restore(session: Session, account: Account, now: datetime) -> None:
    today = accounts.today(account, now)
    collected = session.scalars(_COLLECTED, {"account_id": account.id}).all()
    open_ones = unpaid_amounts(session, account.id) if collected else {}
    for one in collected:
        if one.invoice_id in open_ones:
            continue
        was_over = one.state == "given_up"
        one.state, one.next_try_on, one.changed_at = "paid", None, now
        for row in standing_on(session, account.id, one.invoice_id) if was_over else ():
            if row.ended_on is not None and row.period_end is not None and today < row.period_end:
                row.ended_on, row.past_due_since = None, None
                account.expired_on = None
                detail = {"subscription": row.id}
                activity.record(session, account.id, None, "subscription-restored", detail, now)
    session.flush()
