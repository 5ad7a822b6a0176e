"""Transfers and cheques: recorded by our own people, after they saw what each invoice gets."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.open_invoices import open_invoices_of
from portal.shared.records.payments import Payment
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.matching import LONGEST_REFERENCE, account_at_desk, meant_for
from portal.shared.services.invoice_payments.receiving import Division, divide, receive


class Kind(StrEnum):
    """How money came that was not charged to a card."""

    TRANSFER = "transfer"
    CHEQUE = "cheque"


class Trouble(StrEnum):
    """Why a payment cannot be recorded; nothing was."""

    NOTHING = "nothing"
    OTHER_CURRENCY = "other_currency"
    IN_THE_FUTURE = "in_the_future"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_TOO_LONG = "reference_too_long"
    INVOICE_NOT_OPEN = "invoice_not_open"
    ON_ITS_WAY = "on_its_way"
    KEY_REUSED = "key_reused"


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: `invoices` names those it is for, or is none to let the reference decide."""

    kind: Kind
    reference: str
    received_on: date
    amount: Money
    invoices: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What recording would do. `seen_before`: the same sum with the same reference was recorded already."""

    division: Division
    digest: str
    seen_before: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """The payment is in the books."""

    payment_id: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What recording does has changed since it was shown; nothing was recorded."""

    now: Plan


def plan(
    session: Session, staff: Staff, account_id: int, received: Received, now: datetime
) -> Plan | Trouble:
    """What recording this would do; the very rules that recording goes by.

    Raises:
        LookupError: the account is not theirs to work on.
    """
    return _plan(session, account_at_desk(session, staff, account_id), received, now)


def record_payment(
    session: Session,
    staff: Staff,
    account_id: int,
    received: Received,
    digest: str,
    key: str,
    now: datetime,
) -> Recorded | Moved | Trouble:
    """Record a transfer or a cheque as it was shown, once a key.

    Raises:
        LookupError: the account is not theirs to work on.
    """
    account = lock_account(session, account_at_desk(session, staff, account_id).id)
    known = session.scalars(sa.select(Payment).where(Payment.idempotency_key == key)).one_or_none()
    if known is not None:
        return Recorded(known.id) if _same(known, account, received) else Trouble.KEY_REUSED
    planned = _plan(session, account, received, now)
    if isinstance(planned, Trouble):
        return planned
    if planned.digest != digest:
        return Moved(planned)
    payment = Payment(
        account_id=account.id,
        kind=str(received.kind),
        reference=received.reference,
        received_on=received.received_on,
        recorded_by=staff.person_id,
        idempotency_key=key,
        currency=received.amount.currency,
        amount_minor=received.amount.minor,
        at=now,
    )
    session.add(payment)
    session.flush()
    receive(session, account, payment, planned.division, staff.person_id, received.reference, now)
    return Recorded(payment.id)


def _plan(session: Session, account: Account, received: Received, now: datetime) -> Plan | Trouble:
    trouble = _trouble(session, account, received, now)
    if trouble is not None:
        return trouble
    if received.invoices is None:
        ids: Sequence[int] | None = meant_for(session, account, received.reference)
    else:
        ids = _named(session, account, received.invoices)
    if ids is None:
        return Trouble.INVOICE_NOT_OPEN
    division = divide(session, account, received.amount, ids)
    text = json.dumps([account.id, str(received.kind), division.plain], sort_keys=True)
    return Plan(division, hashlib.sha256(text.encode()).hexdigest(), _seen_before(session, account, received))


def _trouble(session: Session, account: Account, received: Received, now: datetime) -> Trouble | None:
    if received.amount.currency != account.currency:
        return Trouble.OTHER_CURRENCY
    if received.amount.minor <= 0:
        return Trouble.NOTHING
    if received.received_on > local_day(now, account.time_zone):
        return Trouble.IN_THE_FUTURE
    if not received.reference.strip():
        return Trouble.REFERENCE_MISSING
    if len(received.reference) > LONGEST_REFERENCE:
        return Trouble.REFERENCE_TOO_LONG
    if charge_on_its_way(session, account.id):
        return Trouble.ON_ITS_WAY  # it counts with what is open now
    return None


def _named(session: Session, account: Account, names: Sequence[str]) -> list[int] | None:
    """The ids of open invoices by name, the oldest due first; none if one of them is not open."""
    rows = open_invoices_of(session, account.id)
    if not set(names) <= {row.invoice.name for row in rows}:
        return None
    return [row.invoice.id for row in rows if row.invoice.name in names]


def _seen_before(session: Session, account: Account, received: Received) -> bool:
    question = sa.select(
        sa.exists().where(
            Payment.account_id == account.id,
            Payment.kind == str(received.kind),
            Payment.amount_minor == received.amount.minor,
            Payment.reference == received.reference,
        )
    )
    return bool(session.scalar(question))


def _same(known: Payment, account: Account, received: Received) -> bool:
    return (known.account_id, known.kind, known.amount_minor, known.reference, known.received_on) == (
        account.id,
        str(received.kind),
        received.amount.minor,
        received.reference,
        received.received_on,
    )
