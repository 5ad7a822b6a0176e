"""What both portals do with one order: find it, say how far it came, give it up while the bank is asked."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, url_for
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.reading import OrderView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.transactions import database, reading
from portal.shared.web.words import vocabulary as words

HEADINGS: dict[OrderState, LazyString] = {
    OrderState.PLACED: lazy_gettext("Your order is placed"),
    OrderState.DECLINED: lazy_gettext("The order was not placed"),
    OrderState.CANCELLED: lazy_gettext("The order was cancelled"),
    OrderState.AWAITING_CONFIRMATION: lazy_gettext("Your bank wants you to confirm"),
    OrderState.CHECKING: lazy_gettext("We are checking with your bank"),
    OrderState.STARTED: lazy_gettext("We are checking with your bank"),
}


def found(reference: str) -> OrderView:
    """The order of the account at hand; another account's does not exist."""
    view = orders.order(reading(), at_hand().account.id, reference)
    if view is None:
        abort(404)
    return view


def give_up(view: OrderView) -> None:
    """Cancel an order that waits for the bank, and say so; one that was charged meanwhile stays placed."""
    if view.state not in OPEN_STATES:
        return
    state = placing.give_up(database(), house().processor, house().clock.now, view.reference)
    if state is OrderState.CANCELLED:
        flash(gettext("The order was cancelled. Nothing was charged and nothing has changed."), "success")


def shown(view: OrderView) -> dict[str, Any]:
    """The order as its page shows it."""
    here = at_hand()
    invoices = orders.invoice_names(reading(), view.summary)
    placed = view.state is OrderState.PLACED
    summary = order_display.present(
        view.summary, here.catalog.names, invoices, placed=placed, due_on=view.due_on
    )
    if view.state in {OrderState.DECLINED, OrderState.CANCELLED}:
        summary["notes"] = []  # nothing begins and nothing will be charged
    return {
        "order": view,
        "state": str(view.state),
        "heading": str(HEADINGS[view.state]),
        "decline": str(words.DECLINES.get(view.decline_reason or "", words.DECLINES["declined"])),
        "summary": summary,
        "time_zone": here.account.time_zone,
    }


def return_path(endpoint: str) -> str:
    """Where the bank's page leads back to; the order's reference takes the place of `{reference}`."""
    return url_for(endpoint, reference="{reference}").replace("%7B", "{").replace("%7D", "}")
