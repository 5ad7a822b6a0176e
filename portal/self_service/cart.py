"""The cart: several changes, priced at every look."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.changes import Audience, Wanted
from portal.shared.services import carts
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.subscriptions import standing as subscription_service
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language
from portal.shared.web.orders import display as order_display
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words


def show() -> str:
    """What is in the cart, what it would cost now, and what can no longer be bought."""
    wanted = carts.wanted(reading(), at_hand().account.id)
    priced = priced_cart(wanted)
    summary = None
    if priced.summary is not None:
        names = orders.invoice_names(reading(), priced.summary)
        summary = order_display.present(priced.summary, at_hand().catalog.names, names)
    return render_template("self_service/cart.html", items=items(wanted, priced), summary=summary)


def remove(item_id: int) -> ResponseReturnValue:
    """Take one change out."""
    if carts.remove(writing(), at_hand().account.id, item_id):
        flash(gettext("The change was removed from your cart."), "success")
    else:
        flash(gettext("This change was no longer in your cart."), "info")
    return redirect(url_for("self_service.cart"), 303)


def priced_cart(wanted: list[Wanted]) -> Priced:
    """The cart as of now, by the same function that places the order."""
    here = at_hand()
    return orders.price_for_page(
        reading(), here.account.id, wanted, Audience.CONTACT, seller_taxes(), here.now
    )


def items(wanted: list[Wanted], priced: Priced) -> list[dict[str, Any]]:
    """Each change with its names, and the sentence that says why it is skipped, if it is."""
    here = at_hand()
    names, asked = here.catalog.names, [one.subscription_id for one in wanted]
    cards = {
        card.id: card
        for card in subscription_service.some_cards(
            reading(), here.account.id, asked, here.now, seller_taxes(), with_waiting=True
        )
    }
    ids = carts.item_ids(reading(), here.account.id)
    rows = []
    for want in wanted:
        card = cards[want.subscription_id]
        plan = here.catalog.offers[card.product].plan(want.terms.plan_id)
        reason = priced.refused.get(want.subscription_id)
        rows.append(
            {
                "id": ids[want.subscription_id],
                "subscription_id": want.subscription_id,
                "name": names.product(card.product, language()),
                "plan": names.plan(want.terms.plan_id, language()) if plan else "",
                "terms": words.terms_in_short(want.terms),
                "skipped": words.refused(reason, plan) if reason else None,
                "edit_url": url_for("self_service.edit_subscription", subscription_id=want.subscription_id),
            }
        )
    return rows
