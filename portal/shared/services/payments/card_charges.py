"""What every charge of a card has in common, whether an order or an invoice is paid with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from portal.shared.domain.order_states import OPEN_STATES, OrderEvent, OrderState, move
from portal.shared.gateways.cards import CardProcessor, ChargeResult, Outcome
from portal.shared.records.database import is_passing

# An unanswered charge is asked about after five minutes, then an hour, then every day.
CHECKS = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))

EVENTS = {
    Outcome.APPROVED: OrderEvent.APPROVED,
    Outcome.DECLINED: OrderEvent.DECLINED,
    Outcome.NEEDS_CONFIRMATION: OrderEvent.NEEDS_CONFIRMATION,
    Outcome.NO_ANSWER: OrderEvent.NO_ANSWER,
    Outcome.CANCELLED: OrderEvent.CANCELLED,
}

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_log = structlog.stdlib.get_logger("portal.charges")


class Charge(Protocol):
    """What an order and a payment of an invoice keep about the charge of a card."""

    state: OrderState
    processor_reference: str | None
    confirmation_path: str | None
    settled_at: datetime | None
    next_check_at: datetime | None
    checks: int


def what_became_of(processor: CardProcessor, reference: str) -> ChargeResult:
    """How the charge of an order or a payment stands.

    One that never arrived is closed for good first, so that a request still on its way cannot be charged later.
    """
    result = processor.charge_status(reference)
    return processor.cancel(reference) if result.outcome is Outcome.NEVER_SEEN else result


def take_answer(charge: Charge, result: ChargeResult, now: datetime) -> OrderState:
    """Move an open charge along by what the processor said of it, and say where it stood before.

    Raises:
        IllegalMoveError: the charge has ended.
    """
    before, charge.state = charge.state, move(charge.state, EVENTS[result.outcome])
    charge.processor_reference = result.reference or charge.processor_reference
    charge.confirmation_path = result.confirmation_path or charge.confirmation_path
    if charge.state not in OPEN_STATES:
        charge.settled_at, charge.next_check_at = now, None
    # Somebody who only reloads the page must not put the next check off.
    elif before is OrderState.STARTED or charge.next_check_at is None or charge.next_check_at <= now:
        charge.next_check_at = now + CHECKS[min(charge.checks, len(CHECKS) - 1)]
        charge.checks += 1
    return before


@contextmanager
def left_to_the_worker(reference: str) -> Iterator[None]:
    """Around the charge and what follows it: a database that breaks off leaves it as it was begun.

    The card may have been charged, so nobody may be told that nothing was; the worker asks the processor and ends it.
    """
    try:
        yield
    except SQLAlchemyError as error:
        if not is_passing(error):
            raise
        _log.warning("left to the worker", charge=reference, trouble=type(error).__name__)


def new_reference() -> str:
    """Ten letters and digits that nobody guesses and nobody misreads."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
