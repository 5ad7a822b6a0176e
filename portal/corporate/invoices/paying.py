"""Paying an invoice, all of it or a part: with a card on file, a card used once, or by transfer."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.corporate.invoices import payment
from portal.shared.web.invoices import paying as invoice_paying

_TEMPLATE = "corporate/invoices/paying.html"


def show(name: str) -> ResponseReturnValue:
    """What is open, and the ways to pay it."""
    return invoice_paying.show(name, _TEMPLATE)


def pay(name: str) -> ResponseReturnValue:
    """Pay what was entered, once."""
    return invoice_paying.pay(name, _TEMPLATE, payment.show)


def after_card(name: str, visit: str) -> ResponseReturnValue:
    """Back from the processor's page: to the payment it made, or to paying when no card was charged."""
    return invoice_paying.after_card(name, visit)
