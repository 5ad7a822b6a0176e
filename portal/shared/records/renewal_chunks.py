"""Questions about many accounts whose periods end, each asked once for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.order_states import OPEN_STATES
from portal.shared.records.accounts import Account
from portal.shared.records.in_bulk import IDS, among
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentAttempt
from portal.shared.records.planned_changes import PlannedChange
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import TaxExemption

_of = SubscriptionRow
_DUE = (
    sa.select(_of.account_id)
    .where(_of.period_end <= sa.bindparam("day"), _of.ended_on.is_(None))
    .distinct()
    .order_by(_of.account_id)
)
_DUE_AFTER = _DUE.where(_of.account_id > sa.bindparam("after")).limit(sa.bindparam("limit"))
_DUE_UNTIL = _DUE_AFTER.where(_of.account_id <= sa.bindparam("until"))
_DUE_AMONG = _DUE.where(among(_of.account_id))
_ACCOUNTS = (
    sa.select(
        Account.id,
        Account.type,
        Account.currency,
        Account.country,
        Account.time_zone,
        Account.language,
        Account.vat_state,
        Account.expired_on,
        Account.invoice_series,
        Account.last_invoice_number,
        Account.invoice_terms_days,
        Account.name,
        Account.street,
        Account.postal_code,
        Account.city,
        Account.region,
        Account.vat_number,
    )
    .where(among(Account.id))
    .order_by(Account.id)
)
_LOCKED = _ACCOUNTS.with_for_update()
_LOCKED_IF_FREE = _ACCOUNTS.with_for_update(skip_locked=True)
_SUBSCRIPTIONS = (
    sa.select(
        _of.account_id,
        _of.id,
        _of.product,
        _of.plan_id,
        _of.seats,
        _of.frequency,
        _of.unit_minor,
        _of.anchor,
        _of.period_start,
        _of.period_end,
        _of.trial_end,
        _of.pending_cancellation,
        _of.past_due_since,
        _of.ended_on,
        _of.contract_end,
    )
    .where(among(_of.account_id), sa.not_(_of.waiting))
    .order_by(_of.account_id, _of.id)
)
_balance = (
    sa.select(LedgerEntry.account_id)
    .where(among(LedgerEntry.account_id), LedgerEntry.book == "balance")
    .group_by(LedgerEntry.account_id, LedgerEntry.currency)
    .having(sa.func.sum(LedgerEntry.amount_minor) != 0)
)
_SPECIAL = sa.union_all(
    sa.select(Order.account_id).where(among(Order.account_id), Order.state.in_(OPEN_STATES)),
    sa.select(PaymentAttempt.account_id).where(
        among(PaymentAttempt.account_id), PaymentAttempt.state.in_(OPEN_STATES)
    ),
    sa.select(PlannedChange.account_id).where(among(PlannedChange.account_id)),
    sa.select(PurchaseOrderRow.account_id).where(among(PurchaseOrderRow.account_id)),
    sa.select(TaxExemption.account_id).where(among(TaxExemption.account_id), TaxExemption.ended_at.is_(None)),
    _balance,
)
_COUNTED_ON = (
    sa.update(Account)
    .where(among(Account.id))
    .values(last_invoice_number=Account.last_invoice_number + 1)
    .execution_options(synchronize_session=False)
)
_NEXT_PERIOD = {
    "sqlite": "UPDATE subscriptions SET unit_minor = ?, period_start = ?, period_end = ? WHERE id = ?",
    "postgresql": "UPDATE subscriptions SET unit_minor = found.unit_minor, period_start = found.period_start, "
    "period_end = found.period_end FROM unnest(%s::bigint[], %s::date[], %s::date[], %s::bigint[]) "
    "AS found (unit_minor, period_start, period_end, id) WHERE subscriptions.id = found.id",
}


def due_accounts(
    session: Session, day: date, after: int = 0, limit: int = 1000, until: int | None = None
) -> Sequence[int]:
    """In which accounts has a period ended by this day? By id, from behind an account on."""
    given = {"day": day, "after": after, "limit": limit}
    if until is None:
        return session.scalars(_DUE_AFTER, given).all()
    return session.scalars(_DUE_UNTIL, {**given, "until": until}).all()


def still_due(session: Session, day: date, account_ids: Sequence[int]) -> Sequence[int]:
    """In which of these accounts has a period ended by this day?"""
    return session.scalars(_DUE_AMONG, {"day": day, IDS: account_ids}).all()


def locked_accounts(session: Session, account_ids: Sequence[int], *, patiently: bool) -> Sequence[Any]:
    """Take the rows of these accounts for this transaction, in the order of their ids.

    Those that somebody else holds are waited for, or left out. What is read are plain rows.
    """
    question = _LOCKED if patiently else _LOCKED_IF_FREE
    return session.connection().execute(question, {IDS: account_ids}).all()


def subscriptions_among(session: Session, account_ids: Sequence[int]) -> Sequence[Any]:
    """Which subscriptions do these accounts have, account by account, in their order? Plain rows."""
    return session.connection().execute(_SUBSCRIPTIONS, {IDS: account_ids}).all()


def special_among(session: Session, account_ids: Sequence[int]) -> set[int]:
    """Which of these accounts have something that a renewal must look at?

    A balance, an order or a payment on its way, a planned change, a purchase order, an exemption.
    """
    return set(session.scalars(_SPECIAL, {IDS: account_ids}))


def count_invoices_on(session: Session, account_ids: Sequence[int]) -> None:
    """Each of these accounts has given its next invoice number away."""
    session.execute(_COUNTED_ON, {IDS: account_ids})


def begin_periods(session: Session, periods: Sequence[tuple[int, date, date, int]]) -> None:
    """Let subscriptions go into their next period: price of a seat, first day, end day, number of the subscription."""
    connection = session.connection()
    statement = _NEXT_PERIOD[connection.dialect.name]
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(list(one) for one in zip(*periods, strict=True)))
    else:
        plain = [(unit, start.isoformat(), end.isoformat(), number) for unit, start, end, number in periods]
        connection.exec_driver_sql(statement, plain)
