"""Mails about one thing stand together in a mailbox: each answers the same first letter, which was never sent.

A mail program groups what names the same message in `References` (RFC 5322, 3.6.4), whether it has that one or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

# What a kind of mail is about: the word for it, and what in the payload tells one from another of the same account.
_ABOUT = {
    "order-placed": ("order", "reference"),
    "order-not-placed": ("order", "reference"),
    "payment-failed": ("invoice", "invoice"),
    "subscription-expired": ("invoice", "invoice"),
    "renewed-from-balance": ("invoice", "invoice"),
    "payment-not-made": ("invoice", "invoice"),
    "payment-received": ("invoice", "invoices"),
    "trial-started": ("subscription", "product"),
    "trial-ends-soon": ("subscription", "product"),
    "trial-ended": ("subscription", "product"),
    "subscription-cancelled": ("subscription", "product"),
    "subscription-kept": ("subscription", "product"),
    "subscription-ended": ("subscription", "product"),
    "renewal-held": ("subscription", "product"),
    "change-planned": ("subscription", "product"),
    "change-taken-off": ("subscription", "product"),
    "change-dropped": ("subscription", "product"),
    "seat-assigned": ("seat", "product"),
    "seat-released": ("seat", "product"),
    "quote-sent": ("quote", "number"),
    "quote-withdrawn": ("quote", "number"),
    "quote-rejected": ("quote", "number"),
    "quote-expired": ("quote", "number"),
    "quote-approved": ("quote", "number"),
    "quote-sent-back": ("quote", "number"),
    "quote-awaits-approval": ("quote", "number"),
    "request-made": ("request", "number"),
    "request-taken": ("request", "number"),
    "request-note": ("request", "number"),
    "request-answered": ("request", "number"),
    "approval-asked": ("approval", "number"),
    "approval-ended": ("approval", "number"),
    "purchase-order-warning": ("purchase order", "number"),
    "card-expires": ("card", "card"),
    "claim-received": ("claim", "number"),
    "claim-notice": ("claim", "number"),
    "claim-answered": ("claim", "number"),
    "claim-settled": ("claim", "number"),
}

# Each of these stands alone.
ALONE = frozenset(
    {
        "account-moved",
        "contact-added",
        "contact-changed",
        "data-export",
        "erasure-asked",
        "erasure-done",
        "erasure-hindered",
        "erasure-taken-back",
        "exemption-ends",
        "webhook-failed",
        "invoice-issued",
        "invitation",
        "letter-to-contact",
        "people-changed",
        "password-link",
        "refunded",
        "representative-changed",
        "roles-changed",
        "sign-in-changed",
        "vat-number-confirmed",
        "vat-number-refused",
    }
)


def thread_of(kind: str, payload: Mapping[str, Any]) -> str | None:
    """A name for what a mail is about, the same for all mails about it (32 hexadecimal digits); None stands alone.

    Raises:
        KeyError: nobody has said what mails of this kind are about.
    """
    if kind in ALONE:
        return None
    word, key = _ABOUT[kind]
    said = payload.get(key)
    if isinstance(said, list):  # a payment of several invoices belongs to none of their threads
        said = said[0]["name"] if len(said) == 1 else None
    if not said:
        return None
    about = "\n".join([str(payload.get("account", "")), word, str(said)])
    return hashlib.sha256(about.encode()).hexdigest()[:32]
