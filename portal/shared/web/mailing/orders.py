"""Mails about orders: what was ordered, and what the bank refused late."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext

from portal.shared.domain.summary import from_plain
from portal.shared.web.display import language
from portal.shared.web.mailing.material import MailContent, Material, long_day
from portal.shared.web.orders import display as order_display


def _order_placed(material: Material) -> MailContent:
    summary = from_plain(material.payload["summary"])
    reference = material.said("reference")
    products = [material.names.product(item.product, language()) for item in summary.items]
    due_on = material.payload.get("due_on")
    names: tuple[tuple[str, str], ...] = ()
    if material.payload.get("approved_by"):
        names = (
            (gettext("Asked by"), material.said("asked_by")),
            (gettext("Approved by"), material.said("approved_by")),
        )
    return MailContent(
        subject=gettext("Your order %(reference)s is placed", reference=reference),
        heading=gettext("Your order is placed"),
        greeting=material.greeting,
        sentences=(gettext("The change is in effect now. This is what was ordered."),),
        facts=(
            (gettext("Order"), reference),
            (gettext("Account"), material.said("account")),
            *names,
            (gettext("Product"), ", ".join(dict.fromkeys(products))),
            (
                gettext("Order date"),
                long_day(material.payload.get("ordered_on") or summary.today.isoformat()),
            ),
        ),
        summary=order_display.present(
            summary,
            material.names,
            material.invoice_names(summary),
            placed=True,
            due_on=date.fromisoformat(due_on) if due_on else None,
        ),
        action=_to_order(material),
    )


def _order_not_placed(material: Material) -> MailContent:
    reference = material.said("reference")
    as_before = gettext("Nothing was charged and nothing has changed. Your cart is as it was.")
    if _is_corporate(material):
        as_before = gettext("Nothing was charged and nothing has changed. The quote is as it was.")
    return MailContent(
        subject=gettext("Your order %(reference)s was not placed", reference=reference),
        heading=gettext("The order was not placed"),
        greeting=material.greeting,
        sentences=(
            gettext("Your bank has answered: the payment did not take place."),
            as_before,
        ),
        facts=((gettext("Order"), reference), (gettext("Account"), material.said("account"))),
        action=_to_order(material),
    )


def _to_order(material: Material) -> tuple[str, str] | None:
    """The page of an order in the portal of its account."""
    portal = "corporate" if _is_corporate(material) else "self_service"
    return material.action(gettext("See the order"), f"{portal}.order", reference=material.said("reference"))


def _is_corporate(material: Material) -> bool:
    return material.payload.get("account_type") == "corporate"


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "order-placed": _order_placed,
    "order-not-placed": _order_not_placed,
}
