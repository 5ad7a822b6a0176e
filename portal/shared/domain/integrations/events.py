"""What is told to other systems: the kinds of events, how often it is tried, and how it is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum


class EventType(StrEnum):
    """One kind of event; its value is the word receivers know, so it never changes."""

    SEAT_ASSIGNED = "seat.assigned"
    SEAT_RELEASED = "seat.released"
    ENTITLEMENT_CHANGED = "entitlement.changed"
    SUBSCRIPTION_CHANGED = "subscription.changed"
    ORDER_PLACED = "order.placed"
    INVOICE_ISSUED = "invoice.issued"
    INVOICE_PAID = "invoice.paid"
    CREDIT_NOTE_ISSUED = "credit_note.issued"
    TEST = "webhook.test"


# What an account can ask to hear; a test is sent by a button.
OFFERED = tuple(one for one in EventType if one is not EventType.TEST)
# What the seller's own product hears, of all accounts.
OF_A_PRODUCT = (EventType.SEAT_ASSIGNED, EventType.SEAT_RELEASED, EventType.ENTITLEMENT_CHANGED)

# How long to wait after each failure; after the last one the delivery is given up: a little more than three days.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
# An address that took nothing for so long is switched off.
PATIENCE = timedelta(days=3)
# So long the secret before the last one signs as well.
FORMER_SECRET = timedelta(hours=24)
# Events and deliveries are kept so long.
KEPT = timedelta(days=30)

LONGEST_URL = 500
SECRET_BEGINNING = "whsec_"  # noqa: S105  # by which receivers and leak scanners know one


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts; none once it is given up."""
    return PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def secret_of(key: bytes, salt: str) -> str:
    """The secret that the receiver keeps, made of the installation's key and a salt: 32 bytes in base64."""
    made = hmac.new(key, b"webhook secret:" + salt.encode(), hashlib.sha256).digest()
    return SECRET_BEGINNING + base64.b64encode(made).decode()


def signature(secret: str, name: str, timestamp: int, body: str) -> str:
    """The signature of Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`, in base64."""
    key = base64.b64decode(secret.removeprefix(SECRET_BEGINNING))
    signed = hmac.new(key, f"{name}.{timestamp}.{body}".encode(), hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def headers(secrets: Iterable[str], name: str, timestamp: int, body: str) -> dict[str, str]:
    """What a delivery is sent with; each secret that is good signs it."""
    return {
        "webhook-id": name,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, name, timestamp, body) for secret in secrets),
    }
