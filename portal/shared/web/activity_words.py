"""What people did, as a sentence a colleague reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

ACTIONS: Mapping[str, LazyString] = {
    "admin-added": lazy_gettext("Account admin added"),
    "billing-contact-changed": lazy_gettext("Billing contact changed"),
    "billing-contact-refused": lazy_gettext("Change of the billing contact refused"),
    "card-added": lazy_gettext("Card added"),
    "card-made-default": lazy_gettext("Another card is the default one"),
    "demo-seeded": lazy_gettext("Demo set up"),
    "order-placed": lazy_gettext("Order placed"),
    "payment-missed": lazy_gettext("Payment missed"),
    "period-billed": lazy_gettext("Billing period invoiced"),
    "purchase-order-added": lazy_gettext("Purchase order added"),
    "purchase-order-changed": lazy_gettext("Purchase order changed"),
    "purchase-order-rule-set": lazy_gettext("Rule for purchase orders set"),
    "purchase-order-warned": lazy_gettext("Warned of a purchase order that runs out"),
    "quote-accepted": lazy_gettext("Quote accepted"),
    "representative-changed": lazy_gettext("Representative changed"),
    "request-answered": lazy_gettext("Request answered"),
    "request-made": lazy_gettext("Request made"),
    "seat-assigned": lazy_gettext("Seat assigned"),
    "seat-released": lazy_gettext("Seat taken away"),
    "subscription-cancelled": lazy_gettext("Subscription cancelled"),
    "subscription-ended": lazy_gettext("Subscription ended"),
    "subscription-kept": lazy_gettext("Cancellation taken back"),
    "terms-changed": lazy_gettext("Terms of payment changed"),
    "trial-started": lazy_gettext("Free trial started"),
    "vat-number-set": lazy_gettext("VAT number set"),
}


def told(action: str, detail: Mapping[str, Any]) -> str:
    """What was done, with the number or name it was done to, where the entry says so."""
    words = str(ACTIONS[action]) if action in ACTIONS else gettext("Something else was changed")
    if action == "representative-changed":
        return f"{words}: {detail.get('from') or '–'} → {detail.get('to')}"
    if isinstance(detail.get("number"), int):
        return f"{words}: #{detail['number']}"
    named = [detail[key] for key in ("reference", "name", "number") if isinstance(detail.get(key), str)]
    return f"{words}: {named[0]}" if named and named[0] else words
