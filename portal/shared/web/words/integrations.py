"""What scopes, events and the ends of deliveries are called on a page."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.integrations.events import EventType
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.integrations.targets import BadTarget

SCOPES: Mapping[Scope, LazyString] = {
    Scope.ACCOUNT_READ: lazy_gettext("Read the account"),
    Scope.SUBSCRIPTIONS_READ: lazy_gettext("Read subscriptions, prices and orders"),
    Scope.ORDERS_WRITE: lazy_gettext("Place orders"),
    Scope.SEATS_READ: lazy_gettext("Read who holds a seat"),
    Scope.SEATS_WRITE: lazy_gettext("Assign seats and take them away"),
    Scope.INVOICES_READ: lazy_gettext("Read invoices"),
    Scope.QUOTES_READ: lazy_gettext("Read quotes"),
    Scope.QUOTES_WRITE: lazy_gettext("Accept and reject quotes"),
    Scope.REQUESTS_READ: lazy_gettext("Read requests"),
    Scope.REQUESTS_WRITE: lazy_gettext("Make requests"),
    Scope.ENTITLEMENTS_READ: lazy_gettext("Ask who may use a product"),
    Scope.EXTERNAL_IDS_WRITE: lazy_gettext("Say how a product calls people and accounts"),
}

EVENTS: Mapping[EventType, LazyString] = {
    EventType.SEAT_ASSIGNED: lazy_gettext("A seat was assigned"),
    EventType.SEAT_RELEASED: lazy_gettext("A seat was taken away"),
    EventType.ENTITLEMENT_CHANGED: lazy_gettext("What somebody may use has changed"),
    EventType.SUBSCRIPTION_CHANGED: lazy_gettext("A subscription has changed"),
    EventType.ORDER_PLACED: lazy_gettext("An order was placed"),
    EventType.INVOICE_ISSUED: lazy_gettext("An invoice was issued"),
    EventType.INVOICE_PAID: lazy_gettext("An invoice was paid"),
    EventType.CREDIT_NOTE_ISSUED: lazy_gettext("A credit note was issued"),
    EventType.TEST: lazy_gettext("A test"),
}

TARGETS: Mapping[BadTarget, LazyString] = {
    BadTarget.NOT_HTTPS: lazy_gettext("The address must begin with https://."),
    BadTarget.NOT_AN_ADDRESS: lazy_gettext("Write a whole address, as in https://example.com/hooks."),
    BadTarget.PRIVATE: lazy_gettext("The address leads into a private network. Use one that is public."),
}


def lifetime(days: int) -> str:
    """For how long a token is good."""
    return str(gettext("%(days)d days", days=days))


def failure(status: int | None, error: str) -> str:
    """Why a delivery did not arrive."""
    if status is not None:
        return str(gettext("answered %(status)d", status=status))
    if error == "timeout":
        return str(gettext("no answer in time"))
    if error in {str(one) for one in BadTarget}:
        return str(TARGETS[BadTarget(error)])
    return str(gettext("could not be reached"))
