"""How a quote is paid and billed: what can be chosen, and what somebody chose in the form."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, ngettext

from portal.corporate.quotes.reading import document
from portal.shared.domain.changes import seats_from_text
from portal.shared.domain.money import Money
from portal.shared.services.payments import methods as payments
from portal.shared.services.payments.methods import MethodView
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.services.quotes.answering import AdminContact, Choices
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import money
from portal.shared.web.payments.cards import as_choice
from portal.shared.web.transactions import reading
from portal.shared.web.typed.people import is_address

FIELDS = ("pay", "purchase_order", "admin_name", "admin_email", "without_seats")
LONGEST_NAME = 120
INVOICE, CARD = "invoice", "card-"


@dataclass(frozen=True, slots=True)
class Offered:
    """What this account can choose from today."""

    terms_days: int | None
    cards: tuple[MethodView, ...]
    purchase_orders: tuple[PurchaseOrderView, ...]

    @property
    def ways(self) -> list[str]:
        """The ways to pay, the usual one first."""
        cards = [f"{CARD}{card.id}" for card in self.cards]
        return [INVOICE, *cards] if self.terms_days is not None else cards


def offered() -> Offered:
    """The account's terms of payment, its cards, and its purchase orders that are valid today."""
    here = at_hand()
    return Offered(
        here.account.invoice_terms_days,
        tuple(payments.methods(reading(), here.account.id)),
        tuple(purchase_orders.usable(reading(), here.account.id, here.account.today)),
    )


def as_form(kept: Choices, able: Offered) -> dict[str, str]:
    """What was chosen before, as the form shows it; else the usual way to pay."""
    way = INVOICE if kept.on_invoice else f"{CARD}{kept.payment_method_id}"
    order = kept.purchase_order_id
    return {
        "pay": way if way in able.ways else next(iter(able.ways), ""),
        "purchase_order": str(order) if order in {one.id for one in able.purchase_orders} else "",
        "admin_name": kept.admin.name if kept.admin else "",
        "admin_email": kept.admin.email if kept.admin else "",
        "without_seats": "yes" if kept.admin and not kept.admin.seats else "",
    }


def from_form(
    view: QuoteView, typed: Mapping[str, str], able: Offered, due: Money
) -> tuple[Choices | None, dict[str, str]]:
    """What the form says, or a sentence for each field that says nothing usable."""
    errors: dict[str, str] = {}
    way = typed.get("pay", "")
    if due and way not in able.ways:
        errors["pay"] = gettext("Choose how to pay, or add a card.")
    order = _purchase_order(typed.get("purchase_order", ""), able, errors)
    admin = _admin(typed, errors)
    if errors:
        return None, errors
    card = seats_from_text(way.removeprefix(CARD)) if due and way != INVOICE else None
    fingerprint = hashlib.sha256(document(view)).hexdigest()
    return Choices(bool(due) and way == INVOICE, card, order, admin, fingerprint), {}


def _purchase_order(text: str, able: Offered, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    chosen = seats_from_text(text)
    if chosen in {one.id for one in able.purchase_orders}:
        return chosen
    errors["purchase_order"] = gettext("Choose one of the purchase orders of the list, or none.")
    return None


def _admin(typed: Mapping[str, str], errors: dict[str, str]) -> AdminContact | None:
    name = " ".join(typed.get("admin_name", "").split())
    email = typed.get("admin_email", "").strip()
    if not name and not email:
        return None
    if not email:
        errors["admin_email"] = gettext("Write the email address as well, or leave both fields empty.")
    elif not is_address(email):
        errors["admin_email"] = gettext("This is not an email address. Write one like name@example.com.")
    if not name:
        errors["admin_name"] = gettext("Write the name as well, or leave both fields empty.")
    elif len(name) > LONGEST_NAME:
        errors["admin_name"] = gettext("A name has up to %(most)d characters.", most=LONGEST_NAME)
    elif not all(letter.isprintable() for letter in name):
        errors["admin_name"] = gettext("This name holds characters that cannot be seen. Type it instead.")
    return AdminContact(name, email, seats=not typed.get("without_seats")) if not errors else None


def ways_to_pay(able: Offered) -> list[dict[str, Any]]:
    """The ways to pay as `radio_cards`."""
    cards = [{**as_choice(card), "value": f"{CARD}{card.id}"} for card in able.cards]
    for card in cards:
        card["text"] = f"{gettext('charged when you place the order')} · {card['text']}"
    if able.terms_days is None:
        return cards
    return [{"value": INVOICE, "name": gettext("On invoice"), "text": within(able.terms_days)}, *cards]


def within(days: int) -> str:
    """The account's terms of payment."""
    if not days:
        return str(gettext("payable at once"))
    return str(ngettext("payable within %(num)d day", "payable within %(num)d days", days))


def purchase_order_options(able: Offered) -> list[dict[str, str]]:
    """The purchase orders as a list to choose from, each with what is left of it."""
    return [
        {"value": "", "label": gettext("Without a purchase order")},
        *({"value": str(one.id), "label": _left(one)} for one in able.purchase_orders),
    ]


def _left(one: PurchaseOrderView) -> str:
    if one.rest is None:
        return str(gettext("%(number)s, without a limit", number=one.number))
    if one.rest.minor <= 0:
        return str(gettext("%(number)s, used up", number=one.number))
    return str(gettext("%(number)s, %(rest)s left", number=one.number, rest=money(one.rest)))
