"""How a service order is paid and billed, in the words of the page before its button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.payments import methods as payments
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language
from portal.shared.web.payments.cards import card_name
from portal.shared.web.transactions import reading
from portal.shared.web.words import purchase_orders as purchase_order_words


def how_it_is_paid(view: QuoteView, summary: OrderSummary) -> dict[str, str] | None:
    """In words how the total is settled, or nothing when that was not chosen or is no longer open."""
    here = at_hand()
    if not summary.total_due:
        return {"value": gettext("Nothing is due"), "detail": ""}
    if view.choices.on_invoice and here.account.invoice_terms_days is not None:
        day = here.account.today + timedelta(days=here.account.invoice_terms_days)
        by = gettext("due by %(day)s", day=format_long_date(day, language()))
        return {"value": gettext("On invoice"), "detail": by}
    known = payments.methods(reading(), here.account.id)
    card = next((one for one in known if one.id == view.choices.payment_method_id), None)
    if card is None:
        return None
    return {"value": card_name(card), "detail": gettext("charged when you place the order")}


def covered_by(view: QuoteView, summary: OrderSummary) -> dict[str, Any] | None:
    """The purchase order, and what the account's rule makes of it."""
    here = at_hand()
    chosen = view.choices.purchase_order_id
    if chosen is None:
        return None
    found = purchase_orders.coverage_of(reading(), here.account.id, chosen, summary.total, here.account.today)
    order = purchase_orders.one_of_account(reading(), here.account.id, chosen, here.now)
    rule = purchase_orders.rule_of(reading(), here.account.id)
    return {
        "number": order.number,
        "url": open_url("corporate.purchase_order", purchase_order_id=chosen),
        "used": purchase_order_words.used(order),
        "shortfall": str(purchase_order_words.SHORTFALLS[found.shortfall]) if found.shortfall else "",
        "rule": str(purchase_order_words.RULES[rule][1]),
        "held": found.held,
        "with_number": found.with_number,
    }


def facts(view: QuoteView, how: dict[str, str], covered: dict[str, Any] | None) -> list[dict[str, str]]:
    """How it is paid, on which purchase order, and who becomes an account admin."""
    told = [{"label": gettext("Payment"), **how}]
    if covered is None:
        told.append(
            {"label": gettext("Purchase order"), "value": gettext("Without a purchase order"), "detail": ""}
        )
    else:
        number = (
            covered["number"]
            if covered["with_number"] or covered["held"]
            else gettext("Without a purchase order")
        )
        told.append({"label": gettext("Purchase order"), "value": number, "detail": covered["used"]})
    admin = view.choices.admin
    if admin is None:
        told.append({"label": gettext("Account admin"), "value": gettext("Nobody new"), "detail": ""})
    else:
        gets = (
            gettext("becomes an account admin and gets a seat of each product")
            if admin.seats
            else gettext("becomes an account admin, without a seat")
        )
        told.append(
            {"label": gettext("Account admin"), "value": admin.name, "detail": f"{admin.email} · {gets}"}
        )
    return told
