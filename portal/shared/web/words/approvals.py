"""The words for a buyer's approval: where a request stands, why it ended, and why somebody may not answer it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.approvals import ApprovalState, Ended, Hindrance
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.web.display import money

STATES: Mapping[ApprovalState, tuple[LazyString, str]] = {
    ApprovalState.WAITING: (lazy_gettext("Waiting for an approver"), "info"),
    ApprovalState.APPROVED: (lazy_gettext("Approved"), "good"),
    ApprovalState.REFUSED: (lazy_gettext("Refused"), "bad"),
    ApprovalState.CANCELLED: (lazy_gettext("Cancelled"), "neutral"),
    ApprovalState.EXPIRED: (lazy_gettext("Expired"), "neutral"),
}

ENDED: Mapping[Ended, LazyString] = {
    Ended.WITHDRAWN: lazy_gettext("Whoever asked has taken it back."),
    Ended.ASKED_ANEW: lazy_gettext("It was asked for again, and the newer request takes its place."),
    Ended.CHANGED: lazy_gettext(
        "A price, the tax, the seats or the balance has changed, so the figures are no longer the ones shown."
    ),
    Ended.CART: lazy_gettext("What was to be ordered is no longer in the cart as it was."),
    Ended.QUOTE: lazy_gettext("The quote was answered, replaced or withdrawn, or no longer fits."),
    Ended.PAYMENT: lazy_gettext("The payment method is no longer on file."),
    Ended.PURCHASE_ORDER: lazy_gettext("The purchase order is closed, or does not cover the order."),
    Ended.SEATS: lazy_gettext("More people were to get a seat than seats are free."),
    Ended.ASKER: lazy_gettext("Whoever asked is no longer a billing contact of this account."),
}

HINDRANCES: Mapping[Hindrance, LazyString] = {
    Hindrance.ENDED: lazy_gettext("This request has ended already. Nothing was ordered by it now."),
    Hindrance.NO_APPROVER: lazy_gettext("Only an approver of this account can answer it."),
    Hindrance.OWN: lazy_gettext("Nobody approves what they asked for themselves."),
}

# How far the order came that an approval became.
ORDERS: Mapping[OrderState, LazyString] = {
    OrderState.PLACED: lazy_gettext("The order is placed and in effect."),
    OrderState.STARTED: lazy_gettext(
        "The bank has not answered yet. The order is settled as soon as it does."
    ),
    OrderState.CHECKING: lazy_gettext(
        "The bank has not answered yet. The order is settled as soon as it does."
    ),
    OrderState.AWAITING_CONFIRMATION: lazy_gettext(
        "The bank wants the payment confirmed. Whoever asked does that on the page of the order."
    ),
    OrderState.DECLINED: lazy_gettext(
        "The payment was declined. Nothing was charged and nothing has changed."
    ),
    OrderState.CANCELLED: lazy_gettext(
        "The order was cancelled. Nothing was charged and nothing has changed."
    ),
}


def nothing_ordered(why: Ended) -> str:
    """Why an approval ordered nothing, to whoever pressed the button."""
    nothing = gettext("Nothing was ordered and nothing was charged.")
    return f"{nothing} {ENDED[why]}"


def limit_told(limit: Money | None) -> str:
    """Up to which amount somebody orders alone."""
    if limit is None:
        return str(gettext("No limit"))
    if not limit:
        return str(gettext("Every order needs approval"))
    return str(gettext("Orders above %(limit)s need approval", limit=money(limit)))
