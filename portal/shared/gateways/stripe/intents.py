"""What a payment at Stripe (a PaymentIntent) says by its state, in the words of our protocol."""

from __future__ import annotations

from typing import Any

from stripe import PaymentIntent

from portal.shared.gateways.cards import ChargeResult, Outcome
from portal.shared.gateways.stripe.addresses import confirmation_path
from portal.shared.gateways.stripe.declines import reason_of

GIVEN_UP = "abandoned"  # we closed it after a decline, or because nobody confirmed in time
CALLED_OFF = "requested_by_customer"


def told(key: str, intent: PaymentIntent) -> ChargeResult:
    """What became of a charge. DECLINED may still be charged as long as its status is not `canceled`."""
    match intent.status:
        case "succeeded":
            return ChargeResult(Outcome.APPROVED, intent.id)
        case "requires_action":
            page = confirmation_path(key, noted(intent, "return_path") or "/")
            return ChargeResult(Outcome.NEEDS_CONFIRMATION, intent.id, confirmation_path=page)
        case "canceled" if intent.cancellation_reason == GIVEN_UP:
            return ChargeResult(Outcome.DECLINED, intent.id, reason_of(intent))
        case "canceled":
            return ChargeResult(Outcome.CANCELLED, intent.id)
        case "requires_payment_method" if intent.last_payment_error is not None:
            return ChargeResult(Outcome.DECLINED, intent.id, reason_of(intent))
        case "requires_confirmation" | "requires_payment_method":
            return ChargeResult(Outcome.NEVER_SEEN, intent.id)
        case _:  # processing, or a state that Stripe has added since: not decided as far as we can tell
            return ChargeResult(Outcome.NO_ANSWER, intent.id)


def noted(thing: Any, name: str) -> str | None:
    """A word of ours that was left at Stripe with a thing (its metadata)."""
    found = getattr(getattr(thing, "metadata", None), name, None)
    return found if isinstance(found, str) else None
