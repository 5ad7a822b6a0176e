"""One service order: confirmation, waiting for the bank, or why it did not happen."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.order_states import OrderState
from portal.shared.services.orders.reading import OrderView
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import format_long_date, labelled, language
from portal.shared.web.orders import pages as order_pages
from portal.shared.web.transactions import reading
from portal.shared.web.words import vocabulary as words
from portal.shared.web.words.methods import method_words


def show(reference: str) -> str:
    """The order as it stands."""
    view = order_pages.found(reference)
    return render_template(
        "corporate/quotes/order.html",
        **order_pages.shown(view),
        facts=_facts(view),
        free=_free_seats(view) if view.state is OrderState.PLACED else [],
        invoice_url=open_url("corporate.invoice", name=view.invoice) if view.invoice else "",
    )


def cancel(reference: str) -> ResponseReturnValue:
    """Give up an order that waits for the bank."""
    order_pages.give_up(order_pages.found(reference))
    return redirect(url_for("corporate.order", reference=reference), 303)


def _facts(view: OrderView) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    if view.state is OrderState.PLACED:
        if view.due_on is not None:
            day = format_long_date(view.due_on, language())
            facts.append(
                {
                    "label": gettext("Payment"),
                    "value": gettext("On invoice"),
                    "detail": gettext("due by %(day)s", day=day),
                }
            )
        elif view.card:
            facts.append(
                {
                    "label": gettext("Payment"),
                    "value": method_words(view.card),
                    "detail": gettext("charged when it was placed"),
                }
            )
        if view.purchase_order:
            facts.append({"label": gettext("Purchase order"), "value": view.purchase_order})
        ends = sorted({item.period.end for item in view.summary.items})
        days = ", ".join(format_long_date(day, language()) for day in ends)
        facts.append({"label": gettext("Renewal date"), "value": days})
        if view.admin:
            facts.append({"label": gettext("Account admin"), "value": view.admin})
    if view.approved_by:
        facts.append({"label": gettext("Asked by"), "value": view.placed_by})
        facts.append({"label": gettext("Approved by"), "value": view.approved_by})
    else:
        facts.append({"label": gettext("Placed by"), "value": view.placed_by})
    return facts


def _free_seats(view: OrderView) -> list[dict[str, str]]:
    """The products of the order that have seats nobody holds yet, and where they are given to people."""
    here = at_hand()
    mine = {item.subscription_id for item in view.summary.items}
    cards = subscriptions.some_cards(reading(), here.account.id, mine, here.now, seller_taxes())
    names = here.catalog.names
    return [
        {
            "id": str(card.id),
            "sentence": labelled(
                names.product(card.product, language()), words.free_seats(card.seats - card.held)
            ),
        }
        for card in cards
        if card.seats > card.held
    ]
