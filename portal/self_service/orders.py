"""One order: confirmation, waiting, or why it did not happen; new seats are assigned right here."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service.seats import assign_people, free_seats_of
from portal.shared.domain.changes import seats_from_text
from portal.shared.domain.order_states import OPEN_STATES, OrderState
from portal.shared.services import subscriptions as subscription_service
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.reading import OrderView
from portal.shared.web import order_display
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading


def show(reference: str) -> ResponseReturnValue:
    """The order as it stands."""
    return _page(_found(reference))


def cancel(reference: str) -> ResponseReturnValue:
    """Give up an order that waits for the bank."""
    found = _found(reference)
    if found.state in OPEN_STATES:
        state = placing.give_up(database(), house().processor, house().clock.now, reference)
        if state is OrderState.CANCELLED:
            flash(gettext("The order was cancelled. Nothing was charged and nothing has changed."), "success")
    return redirect(url_for("self_service.order", reference=reference), 303)


def assign_new_seats(reference: str) -> ResponseReturnValue:
    """Give the seats that were just bought to people."""
    found = _found(reference)
    subscription_id = seats_from_text(request.form.get("subscription_id", ""))
    if subscription_id not in {item.subscription_id for item in found.summary.items}:
        abort(404)
    assert subscription_id is not None, "it is among the order's subscriptions"
    problem = assign_people(
        subscription_id, request.form.get("people", ""), notify="do_not_notify" not in request.form
    )
    if problem is not None:
        return _page(found, problem=problem), 422
    return redirect(url_for("self_service.order", reference=reference), 303)


def _found(reference: str) -> OrderView:
    found = orders.order(reading(), at_hand().account.id, reference)
    if found is None:
        abort(404)
    return found


def _page(found: OrderView, *, problem: str | None = None) -> str:
    here = at_hand()
    names = here.catalog.names
    invoices = orders.invoice_names(reading(), found.summary)
    placed = found.state is OrderState.PLACED
    typed_for = seats_from_text(request.values.get("subscription_id", ""))
    summary = order_display.present(found.summary, names, invoices, placed=placed)
    if found.state in {OrderState.DECLINED, OrderState.CANCELLED}:
        summary["notes"] = []  # nothing begins and nothing will be charged
    return render_template(
        "self_service/order.html",
        order=found,
        state=str(found.state),
        decline=words.DECLINES.get(found.decline_reason or "", words.DECLINES["declined"]),
        summary=summary,
        time_zone=here.account.time_zone,
        free=_free_seats(found) if placed else [],
        typed_for=typed_for,
        typed=request.values.get("people", ""),
        quiet="do_not_notify" in request.values,
        problem=problem,
        problems=[{"field": f"people-{typed_for}", "text": problem}] if problem else [],
    )


def _free_seats(found: OrderView) -> list[dict[str, Any]]:
    """The subscriptions of the order that have seats nobody holds yet."""
    here = at_hand()
    mine = {item.subscription_id for item in found.summary.items}
    cards = subscription_service.cards(reading(), here.account.id, here.now, seller_taxes())
    return free_seats_of([card for card in cards if card.id in mine])
