"""Payment method: cards on file, which of them is charged, and what a good one settles."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services import charges, payments
from portal.shared.services.payments import CardInUseError
from portal.shared.services.renewals import trying_again
from portal.shared.services.renewals.trying_again import CollectionView
from portal.shared.web import card_pages
from portal.shared.web.at_hand import at_hand
from portal.shared.web.card_pages import cards_on_file, to_card_page
from portal.shared.web.collection_words import why_not
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading, writing


def payment_method() -> ResponseReturnValue:
    """The cards on file, and what they did or could settle."""
    here = at_hand()
    collected: list[dict[str, Any]] = []
    if "tried" in request.args:
        since = trying_again.lately(here.now)
        collected = [_told(one) for one in trying_again.changed_since(reading(), here.account.id, since)]
    waiting = [] if collected else trying_again.overdue(reading(), here.account.id)
    return render_template(
        "self_service/payment_method.html",
        methods=cards_on_file(),
        collected=collected,
        overdue=[_told(one) for one in waiting],
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


def _told(one: CollectionView) -> dict[str, Any]:
    """An invoice that is collected by itself, as the page tells of it."""
    return {
        "name": one.invoice,
        "paid": one.state == "paid",
        "open": one.open,
        "due_on": one.due_on,
        "why": why_not(one.reason) if one.reason else "",
        "next_try_on": one.next_try_on,
        "confirms": one.reason == "needs_confirmation",
    }
