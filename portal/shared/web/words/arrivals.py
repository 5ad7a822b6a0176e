"""What the desk reads of the router's decisions: pages by their names, reasons as their reader was told them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.reasons import Reason
from portal.shared.web.words import router as router_words

PAGES: Mapping[str, LazyString] = {
    pages.SIGN_IN: lazy_gettext("Sign in"),
    pages.CHOOSE_ACCOUNT: lazy_gettext("Choose an account"),
    pages.CHOOSE_SUBSCRIPTION: lazy_gettext("Choose a subscription"),
    pages.NOT_THE_CONTACT: lazy_gettext("Ask your billing contact"),
    pages.SUBSCRIPTIONS: lazy_gettext("Subscriptions"),
    pages.EDIT: lazy_gettext("Edit subscription"),
    pages.NEW: lazy_gettext("Add new subscription"),
    pages.SEATS: lazy_gettext("Manage seats"),
    pages.PEOPLE: lazy_gettext("People"),
    pages.CANCEL: lazy_gettext("Cancel subscription"),
    pages.PAYMENT_METHOD: lazy_gettext("Payment method"),
    pages.INVOICES: lazy_gettext("Invoices"),
    pages.REQUESTS: lazy_gettext("Requests"),
    pages.APPROVALS: lazy_gettext("Approvals"),
    pages.ASK_CARE: lazy_gettext("New request"),
    pages.CORPORATE_HOME: lazy_gettext("Overview"),
    pages.CORPORATE_INVOICES: lazy_gettext("Invoices"),
    pages.QUOTES: lazy_gettext("Quotes"),
    pages.CORPORATE_APPROVALS: lazy_gettext("Approvals"),
    pages.ADD_SEATS: lazy_gettext("Add seats"),
    pages.CORPORATE_SEATS: lazy_gettext("Manage seats"),
    pages.CORPORATE_PEOPLE: lazy_gettext("People"),
    pages.INVOICE_RECIPIENTS: lazy_gettext("Invoice recipients"),
    pages.PURCHASE_ORDERS: lazy_gettext("Purchase orders"),
    pages.BILLING_DETAILS: lazy_gettext("Billing details"),
    pages.CORPORATE_PAYMENT_METHODS: lazy_gettext("Payment methods"),
    pages.AUTO_RENEW: lazy_gettext("Auto-renew"),
    pages.ASK_REPRESENTATIVE: lazy_gettext("New request"),
    pages.DESK: lazy_gettext("Desk"),
}
PORTALS: Mapping[str, LazyString] = {
    "self_service": lazy_gettext("Billing Center"),
    "corporate": lazy_gettext("Corporate Billing Portal"),
}

# Where the person was told nothing, because the page says it: what a colleague needs to know all the same.
_WITHOUT_WORDS: Mapping[Reason, LazyString] = {
    Reason.PAGE_DOES_IT: lazy_gettext("That page does what was wanted."),
    Reason.SIGN_IN_FIRST: lazy_gettext("Nobody was signed in."),
    Reason.STAFF_DESK: lazy_gettext("Our own people come to the desk."),
    Reason.CHOOSE_ACCOUNT: lazy_gettext("Several accounts can do it, and none was chosen yet."),
}


def page_name(endpoint: str) -> str:
    """What a page is called; one that no longer exists keeps its code."""
    return str(PAGES.get(endpoint, endpoint))


def portal_name(endpoint: str) -> str | None:
    """The portal a page belongs to, if it is in one."""
    name = PORTALS.get(pages.portal_of_page(endpoint))
    return str(name) if name else None


def told_to_staff(code: str) -> str:
    """A reason in words: as the person was told it, or, where the page said it all, as a colleague needs it."""
    reason = router_words.reason_named(code)
    if reason is None:
        return code
    return router_words.sentence(reason) or str(_WITHOUT_WORDS[reason])
