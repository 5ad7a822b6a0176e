"""Telling other systems: an event is written in the transaction that did something, and a job then spreads it.

Who changes a seat, a person, a subscription, an order or a document need not remember to tell: just before a
transaction commits, `watch` looks at what changed in it and writes one event a thing, with what is true at that moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.integrations.events import EventType
from portal.shared.domain.order_states import OrderState
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.in_bulk import insert_rows
from portal.shared.records.invoices import Invoice, Settlement, unpaid_amounts
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import Seat, SubscriptionRow, seats_of_person, subscriptions_of
from portal.shared.records.webhooks import WebhookEvent, listened_to
from portal.shared.services.jobs.enqueueing import enqueue, enqueue_many

# The task that spreads the events of an account.
SPREAD = "spread-events"

_CHANGED, _SPREADING = "what other systems are told of", "whose events are spread"
_LISTENING, _WATCHED = "who hears of it", "somebody watches"
_COLUMNS = ("name", "account_id", "product", "type", "data", "at")
_OF_A_SUBSCRIPTION = (
    "plan_id",
    "seats",
    "frequency",
    "period_start",
    "period_end",
    "trial_end",
    "pending_cancellation",
    "past_due_since",
    "ended_on",
    "contract_end",
    "waiting",
)

_Told = Callable[[Session, datetime], None]


def tell(
    session: Session,
    account_id: int,
    kind: EventType,
    data: dict[str, Any],
    now: datetime,
    *,
    product: str | None = None,
    endpoint_id: int | None = None,
) -> None:
    """Write an event into the outbox of events, if anybody wants to hear of the account or the product.

    `data` is numbers, codes and names of documents, nothing about a person but their number.
    """
    if endpoint_id is None and not _somebody_listens(session, account_id, product):
        return
    session.add(
        WebhookEvent(
            name=_new_name(),
            account_id=account_id,
            product=product,
            type=str(kind),
            data=data,
            at=now,
            endpoint_id=endpoint_id,
        )
    )
    session.flush()
    spreading: set[int] = session.info.setdefault(_SPREADING, set())
    if account_id not in spreading:  # one job a transaction and account finds all of its events
        spreading.add(account_id)
        enqueue(session, SPREAD, {"account_id": account_id}, now)


def _new_name() -> str:
    return f"msg_{secrets.token_urlsafe(18)}"


@dataclass(frozen=True, slots=True)
class PeriodsBegun:
    """What `tell_of_periods` tells of an account: its document, and subscriptions as they stand now."""

    account_id: int
    invoice: Mapping[str, Any]
    subscriptions: Sequence[Mapping[str, Any]]


def tell_of_periods(
    session: Session, account_ids: Sequence[int], begun: Callable[[], Iterable[PeriodsBegun]], now: datetime
) -> None:
    """What `watch` tells of a document and of subscriptions that changed, of many accounts that were written at once.

    Nothing where nobody watches the database, as it is with what is written one by one; `begun` is only asked where
    somebody listens.
    """
    if not session.info.get(_WATCHED):
        return
    accounts, products = listened_to(session, account_ids)
    if not accounts and not products:
        return
    events: list[tuple[Any, ...]] = []
    for one in begun():
        mine = one.account_id in accounts
        if mine:
            events.append((one.account_id, None, str(EventType.INVOICE_ISSUED), one.invoice))
        for data in one.subscriptions:
            if mine:
                events.append((one.account_id, None, str(EventType.SUBSCRIPTION_CHANGED), data))
            if mine or data["product"] in products:
                asked = _entitlement(data["subscription"], data["product"])
                kind = str(EventType.ENTITLEMENT_CHANGED)
                events.append((one.account_id, data["product"], kind, asked))
    insert_rows(session, WebhookEvent, _COLUMNS, [(_new_name(), *one, now) for one in events])
    told = sorted({one[0] for one in events})
    enqueue_many(session, SPREAD, [({"account_id": one}, None) for one in told], now)


def _somebody_listens(session: Session, account_id: int, product: str | None) -> bool:
    """Asked once an account for all that a transaction tells at its end: telling changes no listeners."""
    known: dict[int, tuple[set[int], set[str]]] = session.info.get(_LISTENING, {})
    if account_id not in known:
        known[account_id] = listened_to(session, [account_id])
    accounts, products = known[account_id]
    return account_id in accounts or product in products


def watch(database: Database, clock: Callable[[], datetime]) -> None:
    """Look at every writing transaction of a database before it commits, and tell what it changed."""

    def before_commit(session: Session) -> None:
        if session.in_nested_transaction():
            return
        session.flush()
        changed: dict[Any, Callable[[Session, datetime], None]] = session.info.pop(_CHANGED, {})
        session.info[_LISTENING] = {}
        for told in changed.values():
            told(session, clock())
        del session.info[_LISTENING]

    def after_begin(session: Session, transaction: object, connection: object) -> None:
        session.info[_WATCHED] = True

    database.listen("after_begin", after_begin)
    database.listen("after_flush", _note)
    database.listen("before_commit", before_commit)


def _note(session: Session, context: object) -> None:
    """Remember what a flush changed; the last word about each thing stands."""
    changed = session.info.setdefault(_CHANGED, {})
    for row in session.deleted:
        if isinstance(row, Seat):
            changed["seat", row.subscription_id, row.person_id] = _seat(row, EventType.SEAT_RELEASED)
    changed.update(found for row in session.new for found in _added(row))
    changed.update(found for row in session.dirty for found in _altered(row))


def _added(row: object) -> Iterator[tuple[Any, _Told]]:
    match row:
        case Seat():
            yield ("seat", row.subscription_id, row.person_id), _seat(row, EventType.SEAT_ASSIGNED)
        case SubscriptionRow():
            yield ("subscription", row.id), _subscription(row)
        case Invoice():
            yield ("invoice", row.id), _invoice(row)
        case Settlement():
            yield ("paid", row.invoice_id), _settled(row.account_id, row.invoice_id)
        case Order(state=OrderState.PLACED):
            yield ("order", row.id), _order(row)


def _altered(row: object) -> Iterator[tuple[Any, _Told]]:
    match row:
        case SubscriptionRow() if _touched(row, *_OF_A_SUBSCRIPTION):
            yield ("subscription", row.id), _subscription(row)
        case Order(state=OrderState.PLACED) if _touched(row, "state"):
            yield ("order", row.id), _order(row)
        case Account() if _touched(row, "expired_on"):
            yield ("account", row.id), _account(row.id)
        case Person() if _touched(row, "disabled_at", "email"):
            yield ("person", row.id), _person(row.id)


def told_when_paid(session: Session, account_id: int, invoice_id: int) -> None:
    """What `watch` sees of a settlement, for those that are written without an object."""
    session.info.setdefault(_CHANGED, {})["paid", invoice_id] = _settled(account_id, invoice_id)


def _touched(row: object, *columns: str) -> bool:
    state = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name in columns)


def _seat(row: Seat, kind: EventType) -> _Told:
    account_id, subscription_id, person_id = row.account_id, row.subscription_id, row.person_id

    def told(session: Session, now: datetime) -> None:
        product = session.scalar(
            sa.select(SubscriptionRow.product).where(SubscriptionRow.id == subscription_id)
        )
        data = {"subscription": subscription_id, "product": product, "person": person_id}
        tell(session, account_id, kind, data, now, product=product)
        tell(session, account_id, EventType.ENTITLEMENT_CHANGED, data, now, product=product)

    return told


def _subscription(row: SubscriptionRow) -> _Told:
    def told(session: Session, now: datetime) -> None:
        if row.waiting or row not in session:
            return  # what only lies in a cart is nothing yet
        data = about_subscription(row, row.period_end)
        tell(session, row.account_id, EventType.SUBSCRIPTION_CHANGED, data, now)
        _entitlements(session, row, now)

    return told


def about_subscription(row: SubscriptionRow, period_end: date | None) -> dict[str, Any]:
    """What is told of a subscription (its row, or what was read of it) whose period ends on a day."""
    return {
        "subscription": row.id,
        "product": row.product,
        "plan": row.plan_id,
        "seats": row.seats,
        "frequency": str(row.frequency) if row.frequency else None,
        "period_end": period_end.isoformat() if period_end else None,
        "pending_cancellation": row.pending_cancellation,
        "past_due": row.past_due_since is not None,
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
    }


def about_document(
    name: str, currency: str, total_minor: int, issued_on: date, due_on: date
) -> dict[str, Any]:
    """What is told of a new document."""
    return {
        "name": name,
        "currency": currency,
        "total_minor": total_minor,
        "issued_on": issued_on.isoformat(),
        "due_on": due_on.isoformat(),
    }


def _entitlement(subscription_id: int, product: str) -> dict[str, Any]:
    return {"subscription": subscription_id, "product": product, "person": None}


def _account(account_id: int) -> _Told:
    def told(session: Session, now: datetime) -> None:
        for row in subscriptions_of(session, account_id):
            _entitlements(session, row, now)

    return told


def _person(person_id: int) -> _Told:
    """Whoever may not sign in any more, or is asked about by another address, is asked about again."""

    def told(session: Session, now: datetime) -> None:
        for seat in seats_of_person(session, person_id):
            product = seat.product
            data = {"subscription": seat.subscription_id, "product": product, "person": person_id}
            tell(session, seat.account_id, EventType.ENTITLEMENT_CHANGED, data, now, product=product)

    return told


def _entitlements(session: Session, row: SubscriptionRow, now: datetime) -> None:
    """Everybody who holds a seat of it may have to be asked about again."""
    data = _entitlement(row.id, row.product)
    tell(session, row.account_id, EventType.ENTITLEMENT_CHANGED, data, now, product=row.product)


def _invoice(row: Invoice) -> _Told:
    account_id, kind = row.account_id, row.kind
    data = about_document(row.name, row.currency, row.total_minor, row.issued_on, row.due_on)

    def told(session: Session, now: datetime) -> None:
        issued = EventType.CREDIT_NOTE_ISSUED if kind == "credit_note" else EventType.INVOICE_ISSUED
        tell(session, account_id, issued, data, now)

    return told


def _settled(account_id: int, invoice_id: int) -> _Told:
    def told(session: Session, now: datetime) -> None:
        if not _somebody_listens(session, account_id, None):
            return
        row = session.get_one(Invoice, invoice_id)
        if row.kind == "invoice" and not unpaid_amounts(session, account_id).get(invoice_id):
            tell(session, account_id, EventType.INVOICE_PAID, {"name": row.name}, now)

    return told


def _order(row: Order) -> _Told:
    account_id = row.account_id
    data = {"reference": row.reference, "currency": row.currency, "total_due_minor": row.total_due_minor}

    def told(session: Session, now: datetime) -> None:
        tell(session, account_id, EventType.ORDER_PLACED, data, now)

    return told
