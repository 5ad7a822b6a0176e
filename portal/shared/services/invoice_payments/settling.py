"""How a payment by card ends: what the processor said is brought into the books, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.gateways.cards import CardProcessor, ChargeResult
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import Payment, PaymentAttempt, any_attempt, kind_of_method
from portal.shared.services import activity, notifications
from portal.shared.services.invoice_payments.receiving import divide, receive
from portal.shared.services.payments.card_charges import take_answer, what_became_of
from portal.shared.services.people import contacts as people

Clock = Callable[[], datetime]

# How the keys of payments begin that nobody pressed a button for: what becomes of them is told with the collection.
COLLECTING = "collect-"


def settle(database: Database, clock: Clock, reference: str, result: ChargeResult) -> OrderState:
    """Bring what the processor said into the books, once; an attempt that has ended stays as it is.

    Raises:
        LookupError: there is no such attempt.
    """
    with database.write() as session:
        now = clock()
        attempt, account = _locked(session, reference)
        if attempt.state not in OPEN_STATES:
            return attempt.state
        before = take_answer(attempt, result, now)
        if attempt.state in OPEN_STATES:
            return attempt.state
        attempt.card_token = ""  # a card typed for one payment is not kept
        if attempt.state is OrderState.PLACED:
            _received(session, account, attempt, now)
        else:
            attempt.decline_reason = str(result.reason) if result.reason else None
            told = before is not OrderState.CHECKING or attempt.idempotency_key.startswith(COLLECTING)
            _not_paid(session, account, attempt, now, told=told)
        return attempt.state


def resume(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> OrderState:
    """Ask the processor how a charge stands and settle it; one it never saw is closed for good first.

    Raises:
        LookupError: there is no such attempt.
    """
    return settle(database, clock, reference, what_became_of(processor, reference))


def give_up(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> OrderState:
    """Cancel a payment that waits for the bank. One that was charged in the meantime counts instead.

    Raises:
        LookupError: there is no such attempt.
    """
    return settle(database, clock, reference, processor.cancel(reference))


def _locked(session: Session, reference: str) -> tuple[PaymentAttempt, Account]:
    attempt = any_attempt(session, reference)
    if attempt is None:
        raise LookupError(reference)
    account = lock_account(session, attempt.account_id)
    session.refresh(attempt)
    return attempt, account


def _received(session: Session, account: Account, attempt: PaymentAttempt, now: datetime) -> None:
    amount = Money(attempt.amount_minor, attempt.currency)
    payment = Payment(
        account_id=account.id,
        kind=kind_of_method(session, attempt.payment_method_id),
        attempt_id=attempt.id,
        payment_method_id=attempt.payment_method_id,
        processor_reference=attempt.processor_reference or "",
        currency=amount.currency,
        amount_minor=amount.minor,
        at=now,
    )
    session.add(payment)
    session.flush()
    # Nothing else could lower the invoice meanwhile; if it ever does, the rest is kept as balance, not lost.
    division = divide(session, account, amount, [attempt.invoice_id])
    receive(session, account, payment, division, attempt.asked_by, attempt.reference, now)


def _not_paid(
    session: Session, account: Account, attempt: PaymentAttempt, now: datetime, *, told: bool
) -> None:
    detail = {"payment": attempt.reference, "reason": attempt.decline_reason}
    activity.record(session, account.id, attempt.asked_by, f"payment-{attempt.state}", detail, now)
    if told:
        return
    # Whoever waited for the bank is not looking at the page any more.
    reader = people.recipient(session, attempt.asked_by, account.language)
    notifications.enqueue_mail(
        session,
        "payment-not-made",
        reader.email,
        reader.language,
        {
            "reference": attempt.reference,
            "name": reader.name,
            "account": account.name,
            "account_type": account.type,
            "invoice": session.get_one(Invoice, attempt.invoice_id).name,
        },
        f"payment-not-made:{attempt.reference}",
        now,
    )
