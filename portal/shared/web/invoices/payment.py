"""One payment by card, as the pages of both portals show it: made, declined, waiting for the bank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.services.invoice_payments import reading as payments_read
from portal.shared.services.invoice_payments import settling
from portal.shared.services.invoice_payments.reading import AttemptView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading
from portal.shared.web.words import vocabulary as words
from portal.shared.web.words.methods import method_words


def shown(payment: AttemptView) -> dict[str, Any]:
    """The payment as it stands."""
    return {
        "payment": replace(payment, card=method_words(payment.card)),
        "state": str(payment.state),
        "decline": words.DECLINES.get(payment.decline_reason or "", words.DECLINES["declined"]),
        "time_zone": at_hand().account.time_zone,
    }


def cancel(reference: str) -> ResponseReturnValue:
    """Give up a payment that waits for the bank."""
    if found(reference).state in OPEN_STATES:
        state = settling.give_up(database(), house().processor, house().clock.now, reference)
        if state is OrderState.CANCELLED:
            flash(gettext("The payment was cancelled. Nothing was charged."), "success")
    return redirect(url_for(".payment", reference=reference), 303)


def found(reference: str) -> AttemptView:
    """The payment of the account at hand; what is not its own does not exist."""
    view = payments_read.attempt(reading(), at_hand().account.id, reference)
    if view is None:
        abort(404)
    return view
