"""Payment method: cards on file, which of them is charged, and what a good one settles."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.web.payments import cards as card_pages
from portal.shared.web.payments import methods
from portal.shared.web.payments.cards import cards_on_file, to_card_page
from portal.shared.web.payments.collected import collected_here

_PAGE = "self_service.payment_method"


def payment_method() -> ResponseReturnValue:
    """The cards on file, and what they did or could settle."""
    return render_template(
        "self_service/payment_method.html",
        methods=cards_on_file(),
        **collected_here(),
        expiring=card_pages.expiring(),
    )


def add_card() -> ResponseReturnValue:
    """Go to the card processor's own page for another card."""
    return to_card_page(url_for(_PAGE, tried="yes"))


def make_default(method_id: int) -> ResponseReturnValue:
    """Charge this card from now on, and with it at once what is overdue."""
    return methods.make_default(method_id, _PAGE, gettext("This card is charged from now on."))


def remove_card(method_id: int) -> ResponseReturnValue:
    """Charge this card no more."""
    return methods.remove(
        method_id,
        _PAGE,
        gettext("The card is removed. It is not charged any more."),
        gettext("A payment with this card is still on its way. Remove it when the payment is settled."),
    )
