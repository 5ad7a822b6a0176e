"""Giving money back at Stripe, once for each of our refund keys."""

from __future__ import annotations

import structlog
from stripe import IdempotencyError, InvalidRequestError, Refund, StripeClient

from portal.shared.gateways.cards import RefundOutcome, RefundResult
from portal.shared.gateways.stripe.amounts import can_charge, stripe_amount
from portal.shared.gateways.stripe.intents import noted
from portal.shared.gateways.stripe.notebook import Notebook

_MOST = 100  # one page of Stripe's; nobody gives one payment back in more pieces
_TAKEN_BACK = ("failed", "canceled")
_UNDECIDED = ("pending", "requires_action")

_log = structlog.stdlib.get_logger("portal.stripe")


class Refunding:
    """Refunds of one charge or a part of it. Everything may raise StripeError: no answer."""

    def __init__(self, client: StripeClient, notebook: Notebook) -> None:
        self._intents = client.v1.payment_intents
        self._refunds = client.v1.refunds
        self._notebook = notebook

    def refund(self, key: str, minor: int, refund_key: str) -> RefundResult:
        """Give back; see `CardProcessor`."""
        if type(minor) is not int or minor <= 0:
            raise ValueError("a refund is a positive whole number of minor units")
        note = self._notebook.read(key)
        if note is None or note.reference is None:
            return RefundResult(RefundOutcome.REFUSED)
        intent = self._intents.retrieve(note.reference)
        currency = intent.currency.upper()
        if intent.status != "succeeded" or not can_charge(minor, currency):
            return RefundResult(RefundOutcome.REFUSED)
        amount = stripe_amount(minor, currency)
        # An idempotency key is forgotten after a day or so; the list of refunds is not.
        before = self._given(note.reference, refund_key)
        if before is None:
            return self._give(note.reference, amount, refund_key)
        if before.amount != amount:
            raise ValueError("this refund key has been used for another charge or amount")
        return _result(before)

    def _given(self, reference: str, refund_key: str) -> Refund | None:
        page = self._refunds.list({"payment_intent": reference, "limit": _MOST})
        return next((one for one in page.data if noted(one, "refund_key") == refund_key), None)

    def _give(self, reference: str, amount: int, refund_key: str) -> RefundResult:
        try:
            given = self._refunds.create(
                {"payment_intent": reference, "amount": amount, "metadata": {"refund_key": refund_key}},
                {"idempotency_key": f"refund-{refund_key}"},
            )
        except IdempotencyError as trouble:
            raise ValueError("this refund key has been used for another charge or amount") from trouble
        except InvalidRequestError as trouble:
            _log.warning("stripe refused a refund", refund=refund_key, code=trouble.code)
            return RefundResult(RefundOutcome.REFUSED)
        return _result(given)


def _result(refund: Refund) -> RefundResult:
    if refund.status in _TAKEN_BACK:
        return RefundResult(RefundOutcome.REFUSED, refund.id)
    if refund.status in _UNDECIDED:
        return RefundResult(RefundOutcome.NO_ANSWER, refund.id)  # the same key asks again how it ended
    return RefundResult(RefundOutcome.GIVEN_BACK, refund.id)
