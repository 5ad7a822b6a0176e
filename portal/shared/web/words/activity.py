"""What people did, as a sentence a colleague reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.web.display import labelled

ACTIONS: Mapping[str, LazyString] = {
    "account-expired": lazy_gettext("Account expired"),
    "payment-failed": lazy_gettext("A charge could not be collected"),
    "renewed": lazy_gettext("Renewed for another period"),
    "subscription-restored": lazy_gettext("Subscription given back after payment"),
    "admin-added": lazy_gettext("Account admin added"),
    "bank-account-added": lazy_gettext("Bank account added"),
    "bank-account-removed": lazy_gettext("Bank account removed"),
    "billing-contact-changed": lazy_gettext("Billing contact changed"),
    "billing-contact-refused": lazy_gettext("Change of the billing contact refused"),
    "billing-details-changed": lazy_gettext("Billing details changed"),
    "cancellation-explained": lazy_gettext("Reason for a cancellation given"),
    "card-added": lazy_gettext("Card added"),
    "card-made-default": lazy_gettext("Another card is the default one"),
    "card-removed": lazy_gettext("Card removed"),
    "credit-note-written": lazy_gettext("Credit note written"),
    "demo-seeded": lazy_gettext("Demo set up"),
    "invoice-recipient-added": lazy_gettext("Invoice recipient added"),
    "invoice-recipient-removed": lazy_gettext("Invoice recipient removed"),
    "invoice-written-off": lazy_gettext("Invoice written off"),
    "order-cancelled": lazy_gettext("Order cancelled"),
    "order-declined": lazy_gettext("Order declined by the bank"),
    "order-placed": lazy_gettext("Order placed"),
    "payment-cancelled": lazy_gettext("Payment cancelled"),
    "payment-declined": lazy_gettext("Payment declined by the bank"),
    "payment-missed": lazy_gettext("Payment missed"),
    "payment-placed": lazy_gettext("Payment by card received"),
    "payment-received": lazy_gettext("Payment received"),
    "period-billed": lazy_gettext("Billing period invoiced"),
    "purchase-order-added": lazy_gettext("Purchase order added"),
    "purchase-order-changed": lazy_gettext("Purchase order changed"),
    "purchase-order-closed": lazy_gettext("Purchase order closed"),
    "purchase-order-reopened": lazy_gettext("Purchase order reopened"),
    "purchase-order-rule-set": lazy_gettext("Rule for purchase orders set"),
    "purchase-order-warned": lazy_gettext("Warned of a purchase order that runs out"),
    "quote-accept": lazy_gettext("Quote accepted"),
    "quote-accepted": lazy_gettext("Quote accepted"),
    "quote-approve": lazy_gettext("Quote approved and sent"),
    "quote-drafted": lazy_gettext("Quote drafted"),
    "quote-edit": lazy_gettext("Quote changed"),
    "quote-expire": lazy_gettext("Quote expired"),
    "quote-reject": lazy_gettext("Quote rejected"),
    "quote-replace": lazy_gettext("Quote replaced"),
    "quote-send": lazy_gettext("Quote sent"),
    "quote-send_back": lazy_gettext("Quote sent back to its author"),
    "quote-submit": lazy_gettext("Approval of a quote asked for"),
    "quote-withdraw": lazy_gettext("Quote withdrawn"),
    "reminded": lazy_gettext("Reminded of something that ends"),
    "refund-refused": lazy_gettext("Refund refused by the card processor"),
    "refunded": lazy_gettext("Money given back"),
    "representative-changed": lazy_gettext("Representative changed"),
    "request-answered": lazy_gettext("Request answered"),
    "request-handed-back": lazy_gettext("Request given back to the desk"),
    "request-made": lazy_gettext("Request made"),
    "request-noted": lazy_gettext("Note on a request"),
    "request-taken": lazy_gettext("Request taken on"),
    "request-withdrawn": lazy_gettext("Request withdrawn"),
    "seat-assigned": lazy_gettext("Seat assigned"),
    "seat-released": lazy_gettext("Seat taken away"),
    "subscription-cancelled": lazy_gettext("Subscription cancelled"),
    "subscription-ended": lazy_gettext("Subscription ended"),
    "subscription-kept": lazy_gettext("Cancellation taken back"),
    "tax-corrected": lazy_gettext("Tax given back"),
    "tax-exemption-added": lazy_gettext("Tax exemption added"),
    "tax-exemption-ended": lazy_gettext("Tax exemption ended"),
    "terms-changed": lazy_gettext("Terms of payment changed"),
    "trial-started": lazy_gettext("Free trial started"),
    "vat-number-checked": lazy_gettext("VAT number checked with the tax registry"),
    "vat-number-set": lazy_gettext("VAT number set"),
}


def told(action: str, detail: Mapping[str, Any]) -> str:
    """What was done, with the number or name it was done to, where the entry says so."""
    words = str(ACTIONS[action]) if action in ACTIONS else gettext("Something else was changed")
    if action == "representative-changed":
        return labelled(words, f"{detail.get('from') or '–'} → {detail.get('to')}")
    if isinstance(detail.get("number"), int):
        return labelled(words, f"#{detail['number']}")
    if action.startswith("quote-") and isinstance(detail.get("quote"), int):
        return labelled(words, str(detail["quote"]))
    named = [detail[key] for key in ("reference", "name", "number") if isinstance(detail.get(key), str)]
    return labelled(words, named[0]) if named and named[0] else words
