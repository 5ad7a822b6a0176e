"""Why a card was declined, in our few words for Stripe's many (docs.stripe.com/declines/codes)."""

from __future__ import annotations

from stripe import PaymentIntent

from portal.shared.gateways.cards import DeclineReason

# Codes and decline codes share one vocabulary; whatever is not named here is a plain "declined".
_REASONS = {
    "insufficient_funds": DeclineReason.INSUFFICIENT_FUNDS,
    "expired_card": DeclineReason.EXPIRED_CARD,
    "invalid_expiry_month": DeclineReason.EXPIRED_CARD,
    "invalid_expiry_year": DeclineReason.EXPIRED_CARD,
    "authentication_required": DeclineReason.CONFIRMATION_FAILED,
    "authentication_not_handled": DeclineReason.CONFIRMATION_FAILED,
    "payment_intent_authentication_failure": DeclineReason.CONFIRMATION_FAILED,
    "setup_intent_authentication_failure": DeclineReason.CONFIRMATION_FAILED,
}
NEEDS_THE_HOLDER = "authentication_required"


def reason_of(intent: PaymentIntent) -> DeclineReason:
    """Why this payment was declined; one that was given up without an attempt was not confirmed in time."""
    codes: list[str | None] = []
    error = getattr(intent, "last_payment_error", None)
    if error is not None:
        codes += [getattr(error, "decline_code", None), getattr(error, "code", None)]
    charge = getattr(intent, "latest_charge", None)
    if charge is not None:
        outcome = getattr(charge, "outcome", None)
        codes += [getattr(outcome, "reason", None), getattr(charge, "failure_code", None)]
    if error is None and charge is None:
        return DeclineReason.CONFIRMATION_FAILED
    found = (_REASONS[code] for code in codes if code in _REASONS)
    return next(found, DeclineReason.DECLINED)


def needs_the_holder(intent: PaymentIntent) -> bool:
    """Whether the bank declined only because nobody was there to confirm."""
    error = getattr(intent, "last_payment_error", None)
    codes = (getattr(error, "decline_code", None), getattr(error, "code", None))
    return intent.status == "requires_payment_method" and NEEDS_THE_HOLDER in codes
