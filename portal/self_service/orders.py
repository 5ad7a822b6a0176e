"""One order: confirmation, waiting, or why it did not happen; new seats are assigned right here."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.shared.domain.changes import seats_from_text
from portal.shared.domain.order_states import OrderState
from portal.shared.services.orders.reading import OrderView
from portal.shared.services.subscriptions import standing as subscription_service
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.orders import pages as order_pages
from portal.shared.web.seats.subscription import assign_people, free_seats_of
from portal.shared.web.transactions import reading


def show(reference: str) -> str:
    """The order as it stands."""
    return _page(order_pages.found(reference))


def cancel(reference: str) -> ResponseReturnValue:
    """Give up an order that waits for the bank."""
    order_pages.give_up(order_pages.found(reference))
    return redirect(url_for("self_service.order", reference=reference), 303)


def assign_new_seats(reference: str) -> ResponseReturnValue:
    """Give the seats that were just bought to people."""
    found = order_pages.found(reference)
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


def _page(found: OrderView, *, problem: str | None = None) -> str:
    typed_for = seats_from_text(request.values.get("subscription_id", ""))
    return render_template(
        "self_service/order.html",
        **order_pages.shown(found),
        free=_free_seats(found) if found.state is OrderState.PLACED else [],
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
    cards = subscription_service.some_cards(reading(), here.account.id, mine, here.now, seller_taxes())
    return free_seats_of(cards)
