"""What a placed order does: subscription, seats, invoice, ledger, activity and mail, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.effects import Effect
from portal.shared.domain.summary import OrderSummary, SummaryItem
from portal.shared.records.accounts import Account
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import activity, carts, notifications, requests, seats
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.orders import accepting
from portal.shared.services.payments import past_due
from portal.shared.services.people import contacts as people


def apply(session: Session, account: Account, order: Order, summary: OrderSummary, now: datetime) -> None:
    """Carry out a summary that was confirmed and paid. The caller holds the account's lock."""
    for item in summary.items:
        _change_subscription(session, account, item, order, now)
    invoicing.bill(session, account, order, summary, now)
    past_due.clear(session, account, now)
    if order.audience == "contact":
        ordered = [item.subscription_id for item in summary.items]
        carts.forget(session, account.id, ordered, put_until=order.created_at)
    if account.expired_on is not None:
        account.expired_on = None  # renewing is all that an expired account can order
    accepting.accepted(session, account, order, summary, now)
    if order.request_id is not None:
        requests.carried_out(session, order.request_id, order.placed_by, now)
    activity.record(
        session,
        account.id,
        order.placed_by,
        "order-placed",
        {
            "order": order.reference,
            "audience": order.audience,
            "items": order.summary["items"],
            **({} if order.approved_by is None else {"actor": order.approved_by}),
        },
        now,
    )
    today = local_day(now, account.time_zone)
    due_on = today + timedelta(days=order.due_days) if order.due_days is not None else None
    for reader in _readers(session, account, order):
        notifications.enqueue_mail(
            session,
            "order-placed",
            reader.email,
            reader.language,
            {
                "reference": order.reference,
                "name": reader.name,
                "account": account.name,
                "account_type": account.type,
                "ordered_on": today.isoformat(),
                "due_on": due_on.isoformat() if due_on else None,
                "summary": order.summary,
                **_both_names(session, order),
            },
            f"order-placed:{order.reference}:{reader.person_id}",
            now,
        )


def _both_names(session: Session, order: Order) -> dict[str, str]:
    """Who asked and who approved, of an order that needed it."""
    if order.approved_by is None:
        return {}
    asker, approver = session.get_one(Person, order.placed_by), session.get_one(Person, order.approved_by)
    return {"asked_by": asker.name, "approved_by": approver.name}


def _readers(session: Session, account: Account, order: Order) -> list[people.Recipient]:
    """The person who placed it; for an order of our own staff, the billing contacts."""
    if order.audience == "contact":
        return [people.recipient(session, order.placed_by, account.language)]
    return people.billing_contacts(session, account.id, account.language)


def _change_subscription(
    session: Session, account: Account, item: SummaryItem, order: Order, now: datetime
) -> None:
    with session.no_autoflush:  # so that the order and its subscriptions are written together
        row = session.get_one(SubscriptionRow, item.subscription_id)
    row.waiting = False
    row.plan_id = item.after.plan_id
    row.seats = item.after.seats
    row.frequency = item.after.frequency
    row.unit_minor = item.after.unit.minor
    if item.effect is Effect.REANCHOR:
        row.anchor = item.period.start
    row.period_start = item.period.start
    row.period_end = item.period.end
    if item.takes_back_cancellation:  # one that was made while the order was on its way is the later wish
        row.pending_cancellation = False
    row.ended_on = None
    if row.trial_end is not None and item.before is None:
        row.trial_end = min(row.trial_end, local_day(now, account.time_zone))
    seats.release(session, account, row, item.release, order.placed_by, now)
    seats.keep_promises(session, account, row, order.choices, order.placed_by, now)
