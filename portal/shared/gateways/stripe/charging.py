"""Charging a card at Stripe, asking how it went, and calling it off (docs/decisions/0021).

Three steps, so that no answer that is lost can cost anybody money twice: a PaymentIntent is created, which takes
nothing; it is noted under our key; only the noted one is confirmed, which Stripe does at most once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from stripe import (
    CardError,
    IdempotencyError,
    InvalidRequestError,
    PaymentIntent,
    StripeClient,
    StripeError,
)
from stripe.params import PaymentIntentConfirmParams

from portal.shared.gateways.cards import ChargeResult, DeclineReason, Outcome
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.stripe.addresses import confirmation_back_path
from portal.shared.gateways.stripe.amounts import can_charge, stripe_amount
from portal.shared.gateways.stripe.declines import needs_the_holder
from portal.shared.gateways.stripe.intents import CALLED_OFF, GIVEN_UP, noted, told
from portal.shared.gateways.stripe.notebook import Note, Notebook

CONFIRMATION_TIME = timedelta(hours=1)
UNATTENDED_CONFIRMATION_TIME = timedelta(days=1)  # they learn of it by mail
_LONGEST_NOTE = 500  # what Stripe takes as one value of metadata
_REFUSED = ChargeResult(
    Outcome.DECLINED, reason=DeclineReason.DECLINED
)  # before anything was begun at Stripe

_log = structlog.stdlib.get_logger("portal.stripe")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be charged: `minor` units of a currency, to a card as our tokens name it."""

    key: str
    minor: int
    currency: str
    card_token: str
    return_path: str
    unattended: bool


class Charging:
    """The life of one PaymentIntent for each of our keys. Everything may raise StripeError: no answer."""

    def __init__(self, client: StripeClient, notebook: Notebook, clock: Clock, base_url: str) -> None:
        self._intents = client.v1.payment_intents
        self._notebook = notebook
        self._clock = clock
        self._base_url = base_url

    def charge(self, wish: Wish) -> ChargeResult:
        """Charge once; see `CardProcessor`."""
        note, intent = self._notebook.read(wish.key), None
        if note is None and not can_charge(wish.minor, wish.currency):
            # Such cards are not taken any more; one may be left on file, and no later try would do better.
            return _REFUSED
        if note is None:
            made = self._create(wish)
            if isinstance(made, ChargeResult):
                return made
            note = self._note(wish.key, made)
            intent = made if note.reference == made.id else None
        if note.reference is None:
            return ChargeResult(Outcome.CANCELLED)
        intent = intent or self._read(note.reference)
        if _essence(intent) != (stripe_amount(wish.minor, wish.currency), wish.currency, wish.card_token):
            raise ValueError("this key has been used for another amount, currency or card")
        if intent.status == "requires_confirmation":
            intent = self._confirm(intent, wish)
        result = self._settled(wish.key, intent)
        if result.outcome is Outcome.NEVER_SEEN:  # Stripe refused to try it: nobody will try it again
            result = self._close(wish.key, intent, _declined(intent, DeclineReason.DECLINED), GIVEN_UP)
        return result

    def status(self, key: str) -> ChargeResult:
        """What became of a charge; see `CardProcessor`."""
        note = self._notebook.read(key)
        if note is None:
            return ChargeResult(Outcome.NEVER_SEEN)
        if note.reference is None:
            return ChargeResult(Outcome.CANCELLED)
        return self._settled(key, self._read(note.reference))

    def cancel(self, key: str) -> ChargeResult:
        """Make sure that nothing is charged any more; see `CardProcessor`."""
        note = self._notebook.close(key)
        if note.reference is None:
            return ChargeResult(Outcome.CANCELLED)
        intent = self._read(note.reference)
        result = self._settled(key, intent)
        if result.outcome not in (Outcome.NEVER_SEEN, Outcome.NEEDS_CONFIRMATION):
            return result
        return self._close(key, intent, ChargeResult(Outcome.CANCELLED, intent.id), CALLED_OFF)

    def close_unasked(self, key: str) -> ChargeResult:
        """Call it off without asking Stripe, which is certain as long as nothing was begun there."""
        begun = self._notebook.close(key).reference is not None
        return ChargeResult(Outcome.NO_ANSWER if begun else Outcome.CANCELLED)

    def bank_address(self, key: str) -> str | None:
        """Where the bank asks the card holder; None when it does not, or not any more."""
        note = self._notebook.read(key)
        if note is None or note.reference is None:
            return None
        action = self._read(note.reference).next_action
        redirect = getattr(action, "redirect_to_url", None)
        address = getattr(redirect, "url", None)
        return address if isinstance(address, str) else None

    def _create(self, wish: Wish) -> PaymentIntent | ChargeResult:
        """An intent that takes nothing yet; what Stripe finds impossible is as good as declined."""
        customer, _, method = wish.card_token.partition("/")
        if not (customer.startswith("cus_") and method):  # a card of another processor
            return _REFUSED
        there = wish.return_path if len(wish.return_path) <= _LONGEST_NOTE else "/"
        meant = {"charge_key": wish.key, "card": wish.card_token, "return_path": there}
        try:
            return self._intents.create(
                {
                    "amount": stripe_amount(wish.minor, wish.currency),
                    "currency": wish.currency.lower(),
                    "customer": customer,
                    "payment_method": method,
                    "allowed_payment_method_types": ["card"],
                    "metadata": {**meant, "unattended": "yes"} if wish.unattended else meant,
                },
                {"idempotency_key": f"charge-{wish.key}"},
            )
        except IdempotencyError as trouble:
            raise ValueError("this key has been used for another amount, currency or card") from trouble
        except InvalidRequestError as trouble:
            _log.warning("stripe refused a charge", charge=wish.key, code=trouble.code, param=trouble.param)
            return _REFUSED

    def _note(self, key: str, made: PaymentIntent) -> Note:
        note = self._notebook.note(key, made.id)
        if note.reference != made.id:  # called off, or noted by another process: this one is never confirmed
            try:
                self._intents.cancel(made.id, {"cancellation_reason": "duplicate"})
            except StripeError:
                _log.info("a spare payment intent stays open at stripe", charge=key, intent=made.id)
        return note

    def _confirm(self, intent: PaymentIntent, wish: Wish) -> PaymentIntent:
        """Let the bank decide; the intent as it stands afterwards."""
        back: PaymentIntentConfirmParams = {
            "return_url": self._base_url + confirmation_back_path(wish.key, wish.return_path)
        }
        if not wish.unattended:
            return self._try(intent.id, back, f"confirm-{wish.key}")
        after = self._try(intent.id, {**back, "off_session": True}, f"confirm-{wish.key}")
        if not needs_the_holder(after):
            return after
        # The bank wants its customer: ask again as if they were here, and lead them to it when they come.
        method = wish.card_token.partition("/")[2]
        return self._try(intent.id, {**back, "payment_method": method}, f"confirm-attended-{wish.key}")

    def _try(self, reference: str, asked: PaymentIntentConfirmParams, once: str) -> PaymentIntent:
        try:
            return self._intents.confirm(
                reference, {**asked, "expand": ["latest_charge"]}, {"idempotency_key": once}
            )
        except CardError:
            pass  # the intent says why
        except IdempotencyError:
            raise
        except InvalidRequestError as trouble:
            # Called off a moment ago, or the card is gone: the intent says which.
            _log.warning("stripe refused a confirmation", intent=reference, code=trouble.code)
        return self._read(reference)

    def _settled(self, key: str, intent: PaymentIntent) -> ChargeResult:
        """What became of it; nobody is told "declined" before Stripe cannot charge it any more."""
        result = told(key, intent)
        if result.outcome is Outcome.DECLINED and intent.status != "canceled":
            return self._close(key, intent, result, GIVEN_UP)
        if result.outcome is Outcome.NEEDS_CONFIRMATION and self._waited_too_long(intent):
            late = _declined(intent, DeclineReason.CONFIRMATION_FAILED)
            return self._close(key, intent, late, GIVEN_UP)
        return result

    def _close(self, key: str, intent: PaymentIntent, result: ChargeResult, reason: str) -> ChargeResult:
        """The result, once Stripe has closed the intent; what it says instead when something else came first."""
        try:
            self._intents.cancel(intent.id, {"cancellation_reason": reason})
        except InvalidRequestError:
            now = self._read(intent.id)
            ended = now.status in ("succeeded", "canceled")
            return told(key, now) if ended else ChargeResult(Outcome.NO_ANSWER, intent.id)
        return result

    def _waited_too_long(self, intent: PaymentIntent) -> bool:
        patience = UNATTENDED_CONFIRMATION_TIME if noted(intent, "unattended") else CONFIRMATION_TIME
        return self._clock.now() - datetime.fromtimestamp(intent.created, UTC) >= patience

    def _read(self, reference: str) -> PaymentIntent:
        return self._intents.retrieve(reference, {"expand": ["latest_charge"]})


def _essence(intent: PaymentIntent) -> tuple[int, str, str | None]:
    return intent.amount, intent.currency.upper(), noted(intent, "card")


def _declined(intent: PaymentIntent, reason: DeclineReason) -> ChargeResult:
    return ChargeResult(Outcome.DECLINED, intent.id, reason)
