"""How subscriptions begin: with a trial, or with a billing period on an invoice that is paid later."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.dunning import RETRY_DAYS, grace_ends
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.summary import OrderSummary, PricedChange, Standpoint, summarise
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import Terms, WantedTerms
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.invoices import lines_to_credit, unpaid_amounts
from portal.shared.records.open_invoices import subscriptions_charged_by
from portal.shared.records.renewals import Collection
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity, ledger
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.subscriptions.standing import NotPossibleError, as_value, row_of
from portal.shared.services.taxes.rules import tax_rule


def plan_id_of(session: Session, product: str, code: str) -> int:
    """The plan of a product by its code.

    Raises:
        LookupError: the catalogue has no such plan.
    """
    found = session.scalar(sa.select(Plan.id).where(Plan.product == product, Plan.code == code))
    if found is None:
        raise LookupError(f"{product} has no plan {code}")
    return found


def start_trial(
    session: Session,
    account_id: int,
    plan_id: int,
    seats: int,
    person_id: int | None,
    now: datetime,
    waiting: SubscriptionRow | None = None,
) -> int:
    """Begin the trial of a plan today, as long as the product's trials are, and return the subscription's id.

    A row of the product that is `waiting` to be ordered becomes the trial.
    """
    account = lock_account(session, account_id)
    plan = session.get_one(Plan, plan_id)
    product = session.get_one(Product, plan.product)
    row = waiting or SubscriptionRow(account_id=account_id, product=product.code)
    row.waiting, row.plan_id, row.seats = False, plan_id, seats
    row.trial_end = accounts.today(account, now) + timedelta(days=product.trial_days)
    session.add(row)
    session.flush()
    activity.record(session, account_id, person_id, "trial-started", {"subscription": row.id}, now)
    return row.id


def begin_on_invoice(
    session: Session,
    account_id: int,
    subscription_id: int,
    wanted: WantedTerms,
    seller: SellerTaxes,
    due_on: date,
    now: datetime,
) -> str:
    """Open a whole billing period today, on an invoice to be paid by a day, and return the invoice's name.

    For a first period, and for a renewal on the day the old period ends. What is charged comes out of the same
    summary as an order's.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: days of the running period are paid for, or the account has a balance: that takes an order.
        LookupError: these terms are not sold in the account's currency.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    today = accounts.today(account, now)
    paid_ahead = lines_to_credit(session, account_id, [row.id], today)
    if paid_ahead or ledger.balance(session, account_id, account.currency):
        raise NotPossibleError(standing(as_value(row, account.currency), today))
    summary = _summary(session, account, row, wanted, seller, today)
    _take_terms(row, summary.items[0].after, summary.items[0].period)
    invoice = invoicing.bill_period(session, account, summary, due_on, today, None, now)
    detail = {"subscription": row.id, "invoice": invoice.name}
    activity.record(session, account_id, None, "period-billed", detail, now)
    return invoice.name


def note_past_due(session: Session, account_id: int, subscription_id: int, now: datetime) -> None:
    """Keep that the invoice of the running period was not paid when it was due, today.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: it is not running.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    today = accounts.today(account, now)
    where = standing(as_value(row, account.currency), today)
    if where is not Standing.ACTIVE:
        raise NotPossibleError(where)
    row.past_due_since = today
    _collect(session, account, row, today, now)
    activity.record(session, account_id, None, "payment-missed", {"subscription": row.id}, now)


def _collect(session: Session, account: Account, row: SubscriptionRow, today: date, now: datetime) -> None:
    """What is open for it is tried a last time on the last day of grace; the tries before were in vain."""
    owed = [
        invoice_id
        for invoice_id in unpaid_amounts(session, account.id)
        if row.id in subscriptions_charged_by(session, account.id, [invoice_id])
    ]
    for invoice_id in owed:
        session.add(
            Collection(
                account_id=account.id,
                invoice_id=invoice_id,
                due_on=today,
                tries=len(RETRY_DAYS),
                last_reason="insufficient_funds",
                next_try_on=grace_ends(today),
                changed_at=now,
            )
        )


def _summary(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    wanted: WantedTerms,
    seller: SellerTaxes,
    today: date,
) -> OrderSummary:
    offer = catalog(session, account.currency, today).offers[row.product]
    unit = offer.price(wanted.plan_id, wanted.frequency)
    if unit is None:
        raise LookupError(f"{row.product} is not sold on these terms in {account.currency}")
    change = PricedChange(
        subscription_id=row.id,
        product=row.product,
        before=as_value(row, account.currency).terms,
        after=Terms(wanted.plan_id, wanted.seats, wanted.frequency, unit),
        open_lines=(),
        takes_back_cancellation=False,
        release=(),
    )
    standpoint = Standpoint(
        account_id=account.id,
        today=today,
        balance=ledger.balance(session, account.id, account.currency),
        tax=tax_rule(session, account, seller, today),
        unpaid={},
    )
    return summarise(standpoint, [change])


def _take_terms(row: SubscriptionRow, terms: Terms, period: Period) -> None:
    if row.trial_end is not None and row.frequency is None:
        row.trial_end = min(row.trial_end, period.start)
    row.plan_id, row.seats = terms.plan_id, terms.seats
    row.frequency, row.unit_minor = terms.frequency, terms.unit.minor
    row.anchor = row.period_start = period.start
    row.period_end = period.end
