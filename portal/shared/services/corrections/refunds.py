"""Giving money back from an account's balance to the card it came from, in the three phases of an order.

1. A transaction locks the account, takes the amount from the balance, and keeps the refund as *started*.
2. Outside of any transaction the card processor is asked, keyed by the refund's own reference.
3. A transaction brings the answer into the books: the cash is gone, or the balance has it back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.credit_notes import LONGEST_REASON, CreditLimits
from portal.shared.domain.money import Money
from portal.shared.gateways.cards import CardProcessor, RefundOutcome, RefundResult
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.corrections import (
    RefundAttempt,
    card_payments,
    outside_payments,
    refund_by_key,
    refund_called,
    started_refunds,
    taken_back,
)
from portal.shared.records.database import Database
from portal.shared.records.orders import open_order_of
from portal.shared.records.payments import Refund
from portal.shared.services import activity, ledger
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.matching import account_at_desk
from portal.shared.services.payments.card_charges import left_to_the_worker, new_reference
from portal.shared.services.people.contact_mails import tell_contacts

Clock = Callable[[], datetime]

# A refund without an answer is asked about again after so long; the same key gives back once.
PATIENCE = timedelta(minutes=5)


class RefundState(StrEnum):
    """How far a refund came."""

    STARTED = "started"
    GIVEN_BACK = "given_back"
    REFUSED = "refused"


class Trouble(StrEnum):
    """Why nothing is given back."""

    NOTHING = "nothing"
    OTHER_CURRENCY = "other_currency"
    MORE_THAN_BALANCE = "more_than_balance"
    MORE_THAN_PAYMENT = "more_than_payment"
    NO_PAYMENT = "no_payment"
    BEYOND_LIMIT = "beyond_limit"
    ON_ITS_WAY = "on_its_way"
    REASON_MISSING = "reason_missing"
    REASON_TOO_LONG = "reason_too_long"
    KEY_REUSED = "key_reused"


@dataclass(frozen=True, slots=True)
class RefundablePayment:
    """A payment by card, what is left of it, and the card."""

    id: int
    at: datetime
    card: str
    amount: Money
    rest: Money


@dataclass(frozen=True, slots=True)
class OutsidePayment:
    """A payment by bank transfer or cheque: the card processor knows nothing of it and can give nothing back."""

    kind: str
    amount: Money
    at: datetime
    reference: str


@dataclass(frozen=True, slots=True)
class RefundWish:
    """How much of which payment goes back, and why; the key makes repeating it harmless."""

    payment_id: int
    amount: Money
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The processor was asked; the state says what it answered."""

    reference: str
    state: RefundState


def refundable(session: Session, account_id: int) -> list[RefundablePayment]:
    """The payments of an account of which something could still go back, newest first."""
    payments = card_payments(session, account_id)
    gone = taken_back(session, [payment.id for payment, *_ in payments])
    found = []
    for payment, _, method in payments:
        amount = Money(payment.amount_minor, payment.currency)
        rest = amount - Money(gone.get(payment.id, 0), payment.currency)
        if rest:
            card = f"{method.brand} •••• {method.last4}" if method else ""
            found.append(RefundablePayment(payment.id, payment.at, card, amount, rest))
    return found


def outside(session: Session, account_id: int) -> list[OutsidePayment]:
    """The latest payments of an account that cannot be given back from here, newest first."""
    return [
        OutsidePayment(row.kind, Money(row.amount_minor, row.currency), row.at, row.reference)
        for row in outside_payments(session, account_id)
    ]


def check(
    session: Session, staff: Staff, account_id: int, wish: RefundWish, limits: CreditLimits
) -> Trouble | None:
    """Why this cannot be given back; the very rules that giving it goes by.

    Raises:
        LookupError: the account is not theirs to work on.
    """
    return _trouble(session, staff, account_at_desk(session, staff, account_id), wish, limits)


def give_back(
    database: Database,
    processor: CardProcessor,
    clock: Clock,
    staff: Staff,
    account_id: int,
    wish: RefundWish,
    limits: CreditLimits,
) -> Asked | Trouble:
    """Give money back once, whatever is pressed twice.

    Raises:
        LookupError: the account is not theirs to work on.
    """
    with database.write() as session:
        begun = _begin(session, staff, account_id, wish, limits, clock())
    if isinstance(begun, Trouble):
        return begun
    state = RefundState.STARTED
    with left_to_the_worker(begun):
        state = resume(database, processor, clock, begun)
    return Asked(begun, state)


def resume(database: Database, processor: CardProcessor, clock: Clock, reference: str) -> RefundState:
    """Ask the processor for a refund that has no answer yet, and bring the answer into the books, once.

    Raises:
        LookupError: there is no such refund.
    """
    with database.read() as session:
        attempt = refund_called(session, reference)
        if attempt is None:
            raise LookupError(reference)
        if attempt.state != RefundState.STARTED:
            return RefundState(attempt.state)
        payments = card_payments(session, attempt.account_id)
        key = next(key for payment, key, _ in payments if payment.id == attempt.payment_id)
        amount = attempt.amount_minor
    answer = processor.refund(key=key, amount_minor=amount, refund_key=reference)
    with database.write() as session:
        return _settle(session, reference, answer, clock())


def due(session: Session, now: datetime) -> Sequence[str]:
    """Which refunds, by reference, have been without an answer for some minutes and should be asked for again."""
    return started_refunds(session, now - PATIENCE)


def _begin(
    session: Session, staff: Staff, account_id: int, wish: RefundWish, limits: CreditLimits, now: datetime
) -> str | Trouble:
    account = lock_account(session, account_at_desk(session, staff, account_id).id)
    known = refund_by_key(session, account.id, wish.key)
    if known is not None:
        said = (wish.payment_id, wish.amount.minor, wish.reason.strip())
        same = (known.payment_id, known.amount_minor, known.reason) == said
        return known.reference if same else Trouble.KEY_REUSED
    trouble = _trouble(session, staff, account, wish, limits)
    if trouble is not None:
        return trouble
    attempt = RefundAttempt(
        reference=new_reference(),
        account_id=account.id,
        payment_id=wish.payment_id,
        idempotency_key=wish.key,
        currency=account.currency,
        amount_minor=wish.amount.minor,
        reason=wish.reason.strip(),
        asked_by=staff.person_id,
        created_at=now,
    )
    session.add(attempt)
    amount = wish.amount
    ledger.post(session, account.id, "refund-begun", {"balance": amount, "in_transit": -amount}, now)
    return attempt.reference


def _settle(session: Session, reference: str, answer: RefundResult, now: datetime) -> RefundState:
    attempt = refund_called(session, reference)
    if attempt is None:
        raise LookupError(reference)
    account = lock_account(session, attempt.account_id)
    session.refresh(attempt)
    if attempt.state != RefundState.STARTED or answer.outcome is RefundOutcome.NO_ANSWER:
        return RefundState(attempt.state)
    attempt.settled_at = now
    amount = Money(attempt.amount_minor, attempt.currency)
    detail = {
        "reference": reference,
        "amount": amount.minor,
        "currency": amount.currency,
        "reason": attempt.reason,
    }
    if answer.outcome is RefundOutcome.REFUSED:
        attempt.state = str(RefundState.REFUSED)
        ledger.post(session, account.id, "refund-refused", {"in_transit": amount, "balance": -amount}, now)
        activity.record(session, account.id, attempt.asked_by, "refund-refused", detail, now)
        return RefundState.REFUSED
    attempt.state = str(RefundState.GIVEN_BACK)
    ledger.post(session, account.id, "refunded", {"in_transit": amount, "cash": -amount}, now)
    session.add(
        Refund(
            account_id=account.id,
            payment_id=attempt.payment_id,
            idempotency_key=reference,
            processor_reference=answer.reference or "",
            currency=amount.currency,
            amount_minor=amount.minor,
            reason=attempt.reason,
            given_by=attempt.asked_by,
            at=now,
        )
    )
    activity.record(session, account.id, attempt.asked_by, "refunded", detail, now)
    _tell(session, account, attempt, now)
    return RefundState.GIVEN_BACK


def _tell(session: Session, account: Account, attempt: RefundAttempt, now: datetime) -> None:
    payments = card_payments(session, account.id)
    method = next(method for payment, _, method in payments if payment.id == attempt.payment_id)
    told = {
        "amount": attempt.amount_minor,
        "currency": attempt.currency,
        "card": f"{method.brand} •••• {method.last4}" if method else "",
        "reason": attempt.reason,
    }
    tell_contacts(session, account, "refunded", attempt.reference, told, now)


def _trouble(
    session: Session, staff: Staff, account: Account, wish: RefundWish, limits: CreditLimits
) -> Trouble | None:
    if wish.amount.currency != account.currency:
        return Trouble.OTHER_CURRENCY
    if wish.amount.minor <= 0:
        return Trouble.NOTHING
    if not wish.reason.strip():
        return Trouble.REASON_MISSING
    if len(wish.reason.strip()) > LONGEST_REASON:
        return Trouble.REASON_TOO_LONG
    if open_order_of(session, account.id):
        return Trouble.ON_ITS_WAY  # it counts with the balance as it is now
    payment = next((one for one in refundable(session, account.id) if one.id == wish.payment_id), None)
    if payment is None:
        return Trouble.NO_PAYMENT
    if payment.rest < wish.amount:
        return Trouble.MORE_THAN_PAYMENT
    if ledger.balance(session, account.id, account.currency) < wish.amount:
        return Trouble.MORE_THAN_BALANCE
    gone = payment.amount - payment.rest
    return None if limits.allow(staff.role, gone + wish.amount) else Trouble.BEYOND_LIMIT
