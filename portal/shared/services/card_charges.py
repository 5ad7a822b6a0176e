"""What every charge of a card has in common, whether an order or an invoice is paid with it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from portal.shared.domain.order_states import OrderEvent
from portal.shared.gateways.cards import Outcome

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


def new_reference() -> str:
    """Ten letters and digits that nobody guesses and nobody misreads."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(10))
