"""Stripe's webhooks: whether a message is real, and where it says to look."""

from __future__ import annotations

import json
from typing import Any

from stripe import SignatureVerificationError, WebhookSignature

from portal.shared.gateways.card_messages import ForgedMessageError, Message
from portal.shared.gateways.stripe.declines import NEEDS_THE_HOLDER

TOLERANCE_SECONDS = 300  # an older message is somebody's copy; Stripe signs each of its own attempts anew

# What to select for the endpoint in Stripe's dashboard (docs/stripe.md). Others are acknowledged and do nothing.
CHARGE_EVENTS = frozenset(
    {
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "payment_intent.canceled",
        "payment_intent.requires_action",
    }
)
CARD_EVENTS = frozenset({"checkout.session.completed"})


def read_message(payload: bytes, signature: str | None, secret: str) -> Message:
    """Read a message that Stripe signed.

    Raises:
        ForgedMessageError: it was signed with another secret, changed, or signed too long ago; or it is no message.
    """
    try:
        WebhookSignature.verify_header(payload, signature, secret, TOLERANCE_SECONDS)
        event = json.loads(payload)
        number, kind, thing = event["id"], event["type"], event["data"]["object"]
    except (SignatureVerificationError, ValueError, KeyError, TypeError) as trouble:
        raise ForgedMessageError(type(trouble).__name__) from trouble
    if kind in CHARGE_EVENTS and not _between_two_attempts(kind, thing):
        key = _word(thing.get("metadata"), "charge_key")
        return Message(number, kind, charge_key=key, ended=kind != "payment_intent.requires_action")
    if kind in CARD_EVENTS and thing.get("mode") == "setup":
        return Message(number, kind, card_session=_word(thing, "id"))
    return Message(number, kind)


def _between_two_attempts(kind: str, intent: dict[str, Any]) -> bool:
    """An unattended charge that the bank wants confirmed is tried again in the same breath (charging.py)."""
    error = intent.get("last_payment_error") or {}
    return kind == "payment_intent.payment_failed" and NEEDS_THE_HOLDER in (
        error.get("code"),
        error.get("decline_code"),
    )


def _word(thing: Any, name: str) -> str | None:
    found = thing.get(name) if isinstance(thing, dict) else None
    return found if isinstance(found, str) and found else None
