"""A buyer's approval: above whose limit an order waits, who of the organisation may let it through, and how it ends.

The amount that is compared is the order's whole total with tax, before the account's balance pays any of it: a balance
is the organisation's money too.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum

from portal.shared.domain.money import Money
from portal.shared.domain.routing.visitor import Role

# The figures stay as they were asked for so many days; a weekend fits in between.
APPROVAL_DAYS = 3


class ApprovalState(StrEnum):
    """Where a request for approval stands; whatever is not waiting has ended for good."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Ended(StrEnum):
    """Why a request was cancelled."""

    WITHDRAWN = "withdrawn"  # by whoever asked
    ASKED_ANEW = "asked-anew"
    CHANGED = "changed"  # a price, the tax, the seats, the balance: the figures are no longer the ones shown
    CART = "cart"  # what was to be ordered is no longer in the cart
    QUOTE = "quote"  # the quote was answered, replaced, withdrawn or is over
    PAYMENT = "payment"
    PURCHASE_ORDER = "purchase-order"
    SEATS = "seats"  # more people are named than seats will be free
    ASKER = "asker"  # who asked is no longer a billing contact


class Hindrance(StrEnum):
    """Why somebody may not answer a request."""

    ENDED = "ended"
    NO_APPROVER = "no-approver"
    OWN = "own"


def needs_approval(limit: Money | None, total: Money) -> bool:
    """Whether an order of this total waits for an approver: above the limit; without one never, at zero always."""
    return limit is not None and (not limit or total > limit)


def hindrance(
    state: ApprovalState, roles: Collection[Role], *, asked_by: int, answered_by: int
) -> Hindrance | None:
    """Why this person may not approve or refuse; None: they may. Nobody answers their own, whatever else they are."""
    if asked_by == answered_by:
        return Hindrance.OWN
    if Role.APPROVER not in roles:
        return Hindrance.NO_APPROVER
    return None if state is ApprovalState.WAITING else Hindrance.ENDED


def good_until(today: date, valid_until: date | None = None) -> date:
    """The last day on which it can be approved: never later than the quote's own."""
    last = today + timedelta(days=APPROVAL_DAYS)
    return last if valid_until is None else min(last, valid_until)


def state_on(state: ApprovalState, last_day: date, today: date) -> ApprovalState:
    """The state as of a day: what waits past its day has expired, whether or not anybody noticed yet."""
    if state is ApprovalState.WAITING and today > last_day:
        return ApprovalState.EXPIRED
    return state


def may_set_limit(own: Collection[Role], own_limit: Money | None, *, themselves: bool) -> bool:
    """Whether somebody sets other people's limits: billing contacts do who have none, and nobody their own."""
    return Role.BILLING_CONTACT in own and own_limit is None and not themselves
