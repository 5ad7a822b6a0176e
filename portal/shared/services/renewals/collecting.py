"""Collecting what a renewal charges: the first try, further tries by the table of grace, the end, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.dunning import AfterFailure, after_failure, grace_ends
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, unpaid_amounts
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.payments import PaymentAttempt, attempt_by_key, methods_of
from portal.shared.records.renewals import Collection
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts, activity
from portal.shared.services.invoice_payments import paying, settling
from portal.shared.services.invoice_payments.paying import PayRequest, Tried
from portal.shared.services.invoice_payments.settling import COLLECTING
from portal.shared.services.payments import past_due
from portal.shared.services.people import contacts as people
from portal.shared.services.people.contact_mails import tell_contacts
from portal.shared.services.renewals import planned
from portal.shared.services.renewals.renewing import FARTHEST_ZONE, close_account

Clock = Callable[[], datetime]

NO_CARD = "no_card"
NEEDS_CONFIRMATION = "needs_confirmation"


@dataclass(frozen=True, slots=True)
class Collected:
    """How a try ended: paid, failed (with the day of the next try, or none when it is over), or not yet known."""

    account_id: int
    invoice: str
    state: str
    next_try_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """A try that is to be made: everything that is needed outside of the transaction."""

    request: PayRequest


def due_collections(session: Session, now: datetime, after: int = 0, limit: int = 1000) -> Sequence[int]:
    """Collections to be tried somewhere on earth, by id: a page that begins after an id."""
    question = (
        sa.select(Collection.id)
        .where(
            Collection.id > after,
            Collection.state == "waiting",
            Collection.next_try_on <= (now + FARTHEST_ZONE).date(),
        )
        .order_by(Collection.id)
        .limit(limit)
    )
    return session.scalars(question).all()


def due_now(session: Session, now: datetime) -> list[int]:
    """Collections to be tried where their account lives, by id."""
    question = (
        sa.select(Collection.id, Collection.next_try_on, Account.time_zone)
        .join(Account, Account.id == Collection.account_id)
        .where(Collection.state == "waiting", Collection.next_try_on <= (now + FARTHEST_ZONE).date())
        .order_by(Collection.id)
    )
    found = session.execute(question)
    return [number for number, day, zone in found if day is not None and day <= local_day(now, zone)]


def collect_due(database: Database, processor: CardProcessor, clock: Clock) -> Iterator[Collected]:
    """Try whatever is due, one by one; may be broken off anywhere and begun again."""
    last = 0
    while True:
        with database.read() as session:
            page = due_collections(session, clock(), last)
        if not page:
            return
        for collection_id in page:
            done = collect(database, processor, clock, collection_id)
            if done is not None:
                yield done
        last = page[-1]


def collect(
    database: Database, processor: CardProcessor, clock: Clock, collection_id: int
) -> Collected | None:
    """Try one collection, if it is due where the account lives; a try that was begun before is finished first."""
    with database.write() as session:
        begun = _begin(session, collection_id, clock())
    if not isinstance(begun, _Try):
        return begun
    answer = paying.pay(database, processor, clock, begun.request)
    if not isinstance(answer, Tried):
        return None  # an order or another payment is on its way: the next run looks again
    if answer.state is OrderState.AWAITING_CONFIRMATION:
        # Nobody sits in front of the bank's page: the payment is given up, and the person asked to make it.
        settling.give_up(database, processor, clock, answer.reference)
    with database.write() as session:
        return _take_stock(session, collection_id, begun.request.key, clock())


def _begin(session: Session, collection_id: int, now: datetime) -> _Try | Collected | None:
    one, account, invoice = _locked(session, collection_id)
    if one.state != "waiting" or one.next_try_on is None or one.next_try_on > accounts.today(account, now):
        return None
    rest = unpaid_amounts(session, account.id).get(invoice.id, 0)
    if not rest:
        one.state, one.next_try_on, one.changed_at = "paid", None, now
        return Collected(account.id, invoice.name, "paid")
    if charge_on_its_way(session, account.id):
        return None  # it may settle the invoice: the next run looks again
    key = _key(session, one)
    known = attempt_by_key(session, account.id, key)
    if known is not None:
        return _take_stock(session, collection_id, key, now)
    method = next((one for one in methods_of(session, account.id) if one.is_default), None)
    contacts = people.billing_contacts(session, account.id, account.language)
    if method is None or not contacts:
        return _failed(session, account, invoice, one, NO_CARD, now)
    return _Try(
        PayRequest(
            account_id=account.id,
            person_id=contacts[0].person_id,
            key=key,
            invoice=invoice.name,
            amount=Money(rest, invoice.currency),
            return_path="/",
            payment_method_id=method.id,
            unattended=True,
        )
    )


def _take_stock(session: Session, collection_id: int, key: str, now: datetime) -> Collected | None:
    """Move a collection on by what became of its try."""
    one, account, invoice = _locked(session, collection_id)
    attempt = attempt_by_key(session, account.id, key)
    if attempt is None or attempt.state in OPEN_STATES:
        return None
    if attempt.state is OrderState.PLACED:
        return Collected(account.id, invoice.name, "paid")
    if one.state != "waiting" or _never_asked(attempt) or charge_on_its_way(session, account.id):
        return None
    cancelled = attempt.state is OrderState.CANCELLED
    reason = NEEDS_CONFIRMATION if cancelled else attempt.decline_reason or "declined"
    return _failed(session, account, invoice, one, reason, now)


def _failed(
    session: Session, account: Account, invoice: Invoice, one: Collection, reason: str, now: datetime
) -> Collected:
    today = accounts.today(account, now)
    step = after_failure(one.due_on, today)
    one.tries += 1
    one.last_reason, one.next_try_on, one.changed_at = reason, step.on, now
    rows = past_due.standing_on(session, account.id, invoice.id)
    for row in rows:
        row.past_due_since = row.past_due_since or one.due_on
    over = step.after is AfterFailure.EXPIRE
    if over:
        one.state = "given_up"
        for row in rows:
            row.ended_on = today
            planned.drop_of_ended(session, account, row, now)
        close_account(session, account, now)
    detail = {"invoice": invoice.name, "reason": reason, "tries": one.tries, "over": over}
    activity.record(session, account.id, None, "payment-failed", detail, now)
    _tell(session, account, invoice, one, rows, now)
    return Collected(account.id, invoice.name, "given_up" if over else "failed", step.on)


def _tell(
    session: Session,
    account: Account,
    invoice: Invoice,
    one: Collection,
    at_stake: Sequence[SubscriptionRow],
    now: datetime,
) -> None:
    """One outcome, one message: that a payment failed, or that what stood on it is over."""
    kind = "subscription-expired" if one.state == "given_up" and at_stake else "payment-failed"
    rest = unpaid_amounts(session, account.id).get(invoice.id, 0)
    about = at_stake or past_due.charged_by(session, account.id, invoice.id)
    products = sorted({row.product for row in about})
    told = {
        "account_type": account.type,
        "invoice": invoice.name,
        "products": products,
        "amount": rest,
        "currency": invoice.currency,
        "reason": one.last_reason,
        "next_try_on": one.next_try_on.isoformat() if one.next_try_on else None,
        "access_until": grace_ends(one.due_on).isoformat() if at_stake else None,
    }
    tell_contacts(session, account, kind, f"{invoice.id}:{one.tries}", told, now)


def _locked(session: Session, collection_id: int) -> tuple[Collection, Account, Invoice]:
    one = session.get_one(Collection, collection_id)
    account = lock_account(session, one.account_id)
    session.refresh(one)
    return one, account, session.get_one(Invoice, one.invoice_id)


def _key(session: Session, one: Collection) -> str:
    """The key of this try, and of nothing else: where the bank was never asked, a new one."""
    name = f"{COLLECTING}{one.invoice_id}-{one.tries + 1}"
    key, again = name, 0
    while (known := attempt_by_key(session, one.account_id, key)) is not None and _never_asked(known):
        again += 1
        key = f"{name}-again-{again}"
    return key


def _never_asked(attempt: PaymentAttempt) -> bool:
    """Whether it was closed before the bank heard of it: nobody's card failed, and it is no try.

    What a bank has heard of and did not end by itself has waited for a confirmation.
    """
    return attempt.state is OrderState.CANCELLED and attempt.confirmation_path is None
