"""One payment by card: made, declined, waiting for the bank."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.shared.web.invoices import payment as invoice_payment


def show(reference: str) -> str:
    """The payment as it stands."""
    found = invoice_payment.found(reference)
    return render_template("corporate/invoices/payment.html", **invoice_payment.shown(found))


def cancel(reference: str) -> ResponseReturnValue:
    """Give up a payment that waits for the bank."""
    return invoice_payment.cancel(reference)
