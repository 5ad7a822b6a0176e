"""Payment method and invoices."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services import invoicing, payments
from portal.shared.web.at_hand import at_hand
from portal.shared.web.card_pages import cards_on_file, to_card_page
from portal.shared.web.transactions import reading, writing


def payment_method() -> ResponseReturnValue:
    """The cards on file."""
    return render_template("self_service/payment_method.html", methods=cards_on_file())


def add_card() -> ResponseReturnValue:
    """Go to the card processor's own page for another card."""
    return to_card_page(url_for("self_service.payment_method"))


def make_default(method_id: int) -> ResponseReturnValue:
    """Charge this card from now on."""
    here = at_hand()
    if not payments.make_default(writing(), here.account.id, method_id, here.person.person_id, here.now):
        abort(404)
    flash(gettext("This card is charged from now on."), "success")
    return redirect(url_for("self_service.payment_method"), 303)


def invoices() -> ResponseReturnValue:
    """The last invoices and credit notes."""
    account = at_hand().account
    rows = invoicing.latest(reading(), account.id)
    return render_template("self_service/invoices.html", rows=rows, today=account.today)
