"""How the account pays: cards and bank accounts on file, bank transfer or cheque with the account's own reference."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.services.invoice_payments.reading import account_reference
from portal.shared.services.payments import methods as payments
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.payments import methods
from portal.shared.web.payments.cards import cards_on_file, kinds_here, to_card_page
from portal.shared.web.payments.collected import collected_here
from portal.shared.web.transactions import reading

_PAGE = "corporate.payment_methods"


def show() -> ResponseReturnValue:
    """Everything there is to pay with, and when invoices are due."""
    account = at_hand().account
    seller = house().settings.seller
    return render_template(
        "corporate/account/payment_methods.html",
        methods=cards_on_file(),
        **collected_here(),
        debits=MethodKind.DIRECT_DEBIT in kinds_here(),
        terms_days=payments.terms_days(reading(), account.id),
        ask_for_terms=open_url("corporate.new_request", kind="other"),
        currency=account.currency,
        remittance=seller.remittance.get(account.currency),
        reference=account_reference(reading(), account.id),
        cheque_to={"name": seller.legal_name or seller.name, "lines": seller.address},
    )


def add_card() -> ResponseReturnValue:
    """Go to the card processor's own page for another card."""
    return to_card_page(url_for(_PAGE, tried="yes"))


def add_bank_account() -> ResponseReturnValue:
    """Go to the processor's own page for a bank account that may be debited."""
    if MethodKind.DIRECT_DEBIT not in kinds_here():
        abort(404)
    return to_card_page(url_for(_PAGE, tried="yes"), (MethodKind.DIRECT_DEBIT,))


def make_default(method_id: int) -> ResponseReturnValue:
    """Charge this card or bank account from now on, and with it at once what is overdue."""
    return methods.make_default(method_id, _PAGE, gettext("This payment method is charged from now on."))


def remove_card(method_id: int) -> ResponseReturnValue:
    """Charge this card or bank account no more."""
    return methods.remove(
        method_id,
        _PAGE,
        gettext("The payment method is removed. It is not charged any more."),
        gettext("A payment with this method is still on its way. Remove it when the payment is settled."),
    )
