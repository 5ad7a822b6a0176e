"""One payment by card: made, declined, waiting for the bank."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.services.invoice_payments import reading as payments_read
from portal.shared.services.invoice_payments import settling
from portal.shared.services.invoice_payments.reading import AttemptView
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading


def show(reference: str) -> ResponseReturnValue:
    """The payment as it stands."""
    found = _found(reference)
    return render_template(
        "corporate/invoices/payment.html",
        payment=found,
        state=str(found.state),
        decline=words.DECLINES.get(found.decline_reason or "", words.DECLINES["declined"]),
        time_zone=at_hand().account.time_zone,
    )


def cancel(reference: str) -> ResponseReturnValue:
    """Give up a payment that waits for the bank."""
    if _found(reference).state in OPEN_STATES:
        state = settling.give_up(database(), house().processor, house().clock.now, reference)
        if state is OrderState.CANCELLED:
            flash(gettext("The payment was cancelled. Nothing was charged."), "success")
    return redirect(url_for("corporate.payment", reference=reference), 303)


def _found(reference: str) -> AttemptView:
    found = payments_read.attempt(reading(), at_hand().account.id, reference)
    if found is None:
        abort(404)
    return found
