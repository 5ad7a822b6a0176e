"""Renewing the subscriptions of one account at the end of their period: once each, however often it is run.

Every account is one transaction of its own. What a period charges comes out of the same summary as an order's. Many
accounts at once: `running`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.renewals import is_due
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.orders import subscriptions_on_their_way
from portal.shared.records.purchase_orders import PurchaseOrderRow, purchase_order_of
from portal.shared.records.renewals import Collection, Renewal
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import accounts, activity
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.people.contact_mails import tell_contacts
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.renewals import planned
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.pricing import PricedRenewal, price_renewal
from portal.shared.services.subscriptions.standing import as_value

# Somewhere it is tomorrow already.
FARTHEST_ZONE = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Held:
    """A period that is not billed: its purchase order does not cover it, and the account wants it held."""

    account_id: int
    subscriptions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was renewed because an order or a payment of the account is on its way."""

    account_id: int


Outcome = Renewed | Held | Skipped


def due_now(session: Session, now: datetime) -> list[int]:
    """Accounts in which a period has ended where they live, by id."""
    question = (
        sa.select(Account.id, Account.time_zone, sa.func.min(SubscriptionRow.period_end))
        .join(SubscriptionRow, SubscriptionRow.account_id == Account.id)
        .where(SubscriptionRow.period_end <= (now + FARTHEST_ZONE).date(), SubscriptionRow.ended_on.is_(None))
        .group_by(Account.id, Account.time_zone)
        .order_by(Account.id)
    )
    found = session.execute(question)
    return [number for number, zone, end in found if end is not None and end <= local_day(now, zone)]


def renew_account(
    database: Database, account_id: int, seller: SellerTaxes, now: datetime
) -> Iterator[Outcome]:
    """Renew what is due in one account, the oldest period first, each day's periods in a transaction of its own."""
    while True:
        with database.write() as session:
            outcome = _renew_oldest(session, account_id, seller, now)
        if outcome is None:
            return
        yield outcome
        if not isinstance(outcome, Renewed):
            return


def end_cancelled(session: Session, account_id: int, now: datetime) -> list[int]:
    """Close the cancelled subscriptions of an account whose service is over, and say which.

    One that an order on its way is about waits for it: the order may take the cancellation back.
    """
    account = lock_account(session, account_id)
    today, ordered = accounts.today(account, now), subscriptions_on_their_way(session, account_id)
    ended = []
    for row in subscriptions_of(session, account_id):
        value = as_value(row, account.currency)
        over = value.service_end is not None and today >= value.service_end
        if row.pending_cancellation and row.ended_on is None and over and row.id not in ordered:
            row.ended_on = value.service_end
            ended.append(row.id)
            detail = {"subscription": row.id}
            activity.record(session, account_id, None, "subscription-ended", detail, now)
            planned.drop_of_ended(session, account, row, now)
            tell_of(session, account, "subscription-ended", row, {}, now)
    if ended:
        close_account(session, account, now)
    return ended


def close_account(session: Session, account: Account, now: datetime) -> None:
    """An account all of whose subscriptions have ended has expired: everything but renewing is closed."""
    session.flush()
    rows = subscriptions_of(session, account.id)
    bought = [row for row in rows if row.frequency is not None]
    if bought and all(row.ended_on is not None for row in bought) and account.expired_on is None:
        account.expired_on = max(row.ended_on for row in bought if row.ended_on is not None)
        activity.record(session, account.id, None, "account-expired", {}, now)


def tell_of(
    session: Session,
    account: Account,
    kind: str,
    row: SubscriptionRow,
    more: Mapping[str, object],
    now: datetime,
) -> None:
    """Mail every billing contact about a subscription, once for each period."""
    told = {
        "product": row.product,
        "subscription": row.id,
        "ends_on": row.period_end.isoformat() if row.period_end else None,
        **more,
    }
    tell_contacts(session, account, kind, f"{row.id}:{row.period_end}", told, now)


def _renew_oldest(session: Session, account_id: int, seller: SellerTaxes, now: datetime) -> Outcome | None:
    account = lock_account(session, account_id)
    today = accounts.today(account, now)
    rows = [
        row
        for row in subscriptions_of(session, account_id)
        if row.ended_on is None and is_due(as_value(row, account.currency), today)
    ]
    if not rows:
        end_cancelled(session, account_id, now)
        return None
    if charge_on_its_way(session, account_id):
        return Skipped(account_id)
    day = min(row.period_end for row in rows if row.period_end is not None)
    rows = [row for row in rows if row.period_end == day]
    if any(row.past_due_since is not None for row in rows):
        rows = [row for row in rows if row.past_due_since is None]
        if not rows:
            return None  # what was not paid for ends with its grace, and does not renew before
    priced = price_renewal(session, account, rows, seller, day)
    summary = priced.summary
    order_row = _purchase_order(session, account, rows)
    held = False
    if order_row is not None:
        found = purchase_orders.coverage_of(session, account_id, order_row.id, summary.total, today)
        held = found.held
        order_row = order_row if found.with_number else None
    if held:
        _tell_held(session, account, rows, now)
        return Held(account_id, tuple(row.id for row in rows))
    return _carry_out(session, account, rows, priced, order_row, today, now)


def _carry_out(
    session: Session,
    account: Account,
    rows: Sequence[SubscriptionRow],
    priced: PricedRenewal,
    purchase_order: PurchaseOrderRow | None,
    today: date,
    now: datetime,
) -> Renewed:
    summary = priced.summary
    due_on = today + timedelta(days=account.invoice_terms_days or 0)
    invoice = invoicing.bill_period(session, account, summary, due_on, today, purchase_order, now)
    for row, item in zip(rows, summary.items, strict=True):
        row.plan_id, row.seats, row.unit_minor = (
            item.after.plan_id,
            item.after.seats,
            item.after.unit.minor,
        )
        row.period_start, row.period_end = item.period.start, item.period.end
        session.add(
            Renewal(
                account_id=account.id,
                subscription_id=row.id,
                invoice_id=invoice.id,
                period_start=item.period.start,
                at=now,
            )
        )
    before = {item.subscription_id: item.before for item in summary.items if item.before is not None}
    planned.settle(session, account, before, priced.planned, now)
    by_card = account.invoice_terms_days is None
    if summary.total_due and by_card:
        session.add(
            Collection(
                account_id=account.id,
                invoice_id=invoice.id,
                due_on=today,
                next_try_on=today,
                changed_at=now,
            )
        )
    if not summary.total_due and by_card:
        _tell_paid_from_balance(session, account, rows, invoice, now)
    detail = {"invoice": invoice.name, "subscriptions": [row.id for row in rows]}
    activity.record(session, account.id, None, "renewed", detail, now)
    session.flush()
    return Renewed(account.id, invoice.name, tuple(row.id for row in rows))


def _purchase_order(
    session: Session, account: Account, rows: Sequence[SubscriptionRow]
) -> PurchaseOrderRow | None:
    """The purchase order that paid for these subscriptions last, unless it was closed; none while nobody keeps them."""
    if account.type != "corporate":
        return None  # the account was moved: its purchase orders wait until it comes back
    question = (
        sa.select(Invoice.purchase_order_id)
        .join(
            InvoiceLine,
            sa.and_(InvoiceLine.account_id == Invoice.account_id, InvoiceLine.invoice_id == Invoice.id),
        )
        .where(
            Invoice.account_id == account.id,
            Invoice.corrects_id.is_(None),  # a credit note stands on what it corrects, however old that is
            InvoiceLine.subscription_id.in_([row.id for row in rows]),
        )
        .order_by(Invoice.id.desc())
        .limit(1)
    )
    last = session.scalar(question)
    if last is None:
        return None
    row = purchase_order_of(session, account.id, last)
    return row if row is not None and row.closed_at is None else None


def _tell_held(session: Session, account: Account, rows: Sequence[SubscriptionRow], now: datetime) -> None:
    assert account.purchase_order_rule is LimitRule.HOLD, "only this rule holds anything"
    for row in rows:
        tell_of(session, account, "renewal-held", row, {}, now)


def _tell_paid_from_balance(
    session: Session, account: Account, rows: Sequence[SubscriptionRow], invoice: Invoice, now: datetime
) -> None:
    for row in rows:
        more: dict[str, object] = {
            "invoice": invoice.name,
            "total": invoice.total_minor,
            "currency": invoice.currency,
        }
        tell_of(session, account, "renewed-from-balance", row, more, now)
