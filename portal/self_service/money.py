"""Payment method: cards on file, which of them is charged, and what a good one settles."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.charges import answers as charges
from portal.shared.services.payments import methods as payments
from portal.shared.services.payments.methods import CardInUseError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.payments import cards as card_pages
from portal.shared.web.payments.cards import cards_on_file, to_card_page
from portal.shared.web.payments.collected import collected_here
from portal.shared.web.transactions import database, writing


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
    return to_card_page(url_for("self_service.payment_method", tried="yes"))


def make_default(method_id: int) -> ResponseReturnValue:
    """Charge this card from now on, and with it at once what is overdue."""
    here = at_hand()
    known = charges.make_default(
        database(), house().processor, house().clock.now, here.account.id, method_id, here.person.person_id
    )
    if not known:
        abort(404)
    flash(gettext("This card is charged from now on."), "success")
    return redirect(url_for("self_service.payment_method", tried="yes"), 303)


def remove_card(method_id: int) -> ResponseReturnValue:
    """Charge this card no more."""
    here = at_hand()
    try:
        known = payments.remove(writing(), here.account.id, method_id, here.person.person_id, here.now)
    except CardInUseError:
        flash(
            gettext("A payment with this card is still on its way. Remove it when the payment is settled."),
            "error",
        )
        return redirect(url_for("self_service.payment_method"), 303)
    if not known:
        abort(404)
    flash(gettext("The card is removed. It is not charged any more."), "success")
    return redirect(url_for("self_service.payment_method"), 303)
