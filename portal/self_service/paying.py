"""Paying what is open of an invoice, and how the payment ended."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.shared.domain.order_states import OrderState
from portal.shared.services.invoice_payments.reading import AttemptView
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language
from portal.shared.web.invoices import paying as invoice_paying
from portal.shared.web.invoices import payment as invoice_payment
from portal.shared.web.transactions import reading
from portal.shared.web.words import vocabulary as words

_TEMPLATE = "self_service/pay_invoice.html"


def show(name: str) -> ResponseReturnValue:
    """What is open, and the ways to pay it."""
    return invoice_paying.show(name, _TEMPLATE)


def pay(name: str) -> ResponseReturnValue:
    """Pay what was entered, once."""
    return invoice_paying.pay(name, _TEMPLATE, payment)


def after_card(name: str, visit: str) -> ResponseReturnValue:
    """Back from the processor's page: to the payment it made, or to paying when no card was charged."""
    return invoice_paying.after_card(name, visit)


def payment(reference: str) -> str:
    """The payment as it stands, and where it leaves what the invoice was for."""
    found = invoice_payment.found(reference)
    return render_template(
        "self_service/payment.html", **invoice_payment.shown(found), standings=_standings(found)
    )


def cancel(reference: str) -> ResponseReturnValue:
    """Give up a payment that waits for the bank."""
    return invoice_payment.cancel(reference)


def _standings(found: AttemptView) -> list[dict[str, str]]:
    """Whether what was paid for runs (again)."""
    if found.state is not OrderState.PLACED:
        return []
    here = at_hand()
    paid_for = subscriptions.charged_by(reading(), here.account.id, found.invoice)
    cards = subscriptions.some_cards(reading(), here.account.id, paid_for, here.now, seller_taxes())
    return [
        {
            "label": here.catalog.names.product(card.product, language()),
            "value": str(words.STANDINGS[card.standing][0]),
        }
        for card in cards
    ]
