"""What may be changed, by whom: the policy that screens, services and help pages share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.terms import Offer, Terms, WantedTerms

# Up in the morning and down in the evening costs nothing by arithmetic; this closes it (docs/proration.md).
CHANGES_A_DAY = 6

# A plan's own limit is for what is bought online; a contract may hold more.
MOST_SEATS_BY_CONTRACT = 100_000

_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with a customer: the price a seat and billing period, and whether the renewal date stays."""

    unit: Money
    keeps_date: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """Wanted terms of one subscription, and the seats (by id) whose people would lose them.

    Without an agreement the catalogue's price holds and a new billing period begins.
    """

    subscription_id: int
    terms: WantedTerms
    release: frozenset[int] = frozenset()
    agreed: Agreed | None = None


class Audience(StrEnum):
    """Who asks. Audience decides permission; one service decides effect."""

    CONTACT = "contact"
    CARE = "care"
    REP = "rep"


class Refusal(StrEnum):
    """Why a change cannot be made."""

    SEATS_NOT_A_NUMBER = "seats_not_a_number"
    SEATS_TOO_FEW = "seats_too_few"
    SEATS_TOO_MANY = "seats_too_many"
    UNKNOWN_PLAN = "unknown_plan"
    UNKNOWN_FREQUENCY = "unknown_frequency"
    NOT_SOLD = "not_sold"
    LOWER_PLAN = "lower_plan"
    NOTHING_CHANGES = "nothing_changes"
    CHOOSE_SEATS = "choose_seats"
    WRONG_SEATS = "wrong_seats"
    EXPIRED = "expired"
    UNPAID_INVOICE = "unpaid_invoice"
    RENEWAL_OVERDUE = "renewal_overdue"
    TOO_MANY_CHANGES = "too_many_changes"
    ORDER_IN_PROGRESS = "order_in_progress"


@dataclass(frozen=True, slots=True)
class Assigned:
    """The seats that people hold, and those of them that the change would release, by id."""

    held: frozenset[int]
    release: frozenset[int]


def seats_from_text(text: str) -> int | None:
    """The seat count somebody typed; nothing for anything but plain digits."""
    text = text.strip()
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def seats_to_release(seats: int, held: int) -> int:
    """How many people lose their seat when so many seats are left."""
    return max(0, held - seats)


def is_lower_plan(subscription: Subscription, wanted: WantedTerms, offer: Offer) -> bool:
    """Whether the wanted plan has a lower rank than the one that was bought. More seats do not make up for it."""
    if subscription.terms is None:
        return False
    old, new = offer.plan(subscription.plan_id), offer.plan(wanted.plan_id)
    return old is not None and new is not None and new.rank < old.rank


def price_rises(before: Terms | None, after: Terms) -> bool:
    """Whether one billing period costs more than before; a first purchase does."""
    return before is None or after.period_price > before.period_price


def refusal(
    subscription: Subscription,
    where: Standing,
    wanted: WantedTerms,
    offer: Offer,
    audience: Audience,
    assigned: Assigned,
    changes_today: int,
    agreed: Agreed | None = None,
) -> Refusal | None:
    """The first reason why a change cannot be made, or nothing when it can.

    What has expired is renewed by a contact, on any plan, or by a representative's quote; Customer Care, which
    carries out changes of what runs, does not renew it (docs/decisions/0020).
    """
    plan = offer.plan(wanted.plan_id)
    if where is Standing.EXPIRED and audience is Audience.CARE:
        return Refusal.EXPIRED
    if plan is None:
        return Refusal.UNKNOWN_PLAN
    if offer.price(wanted.plan_id, wanted.frequency) is None:
        return Refusal.NOT_SOLD
    if wanted.seats < plan.min_seats:
        return Refusal.SEATS_TOO_FEW
    if wanted.seats > (MOST_SEATS_BY_CONTRACT if audience is Audience.REP else plan.max_seats):
        return Refusal.SEATS_TOO_MANY
    renews = where is Standing.EXPIRED
    if audience is Audience.CONTACT and not renews and is_lower_plan(subscription, wanted, offer):
        return Refusal.LOWER_PLAN
    if _changes_nothing(subscription, where, wanted, agreed):
        return Refusal.NOTHING_CHANGES
    if audience is Audience.CONTACT and changes_today >= CHANGES_A_DAY:
        return Refusal.TOO_MANY_CHANGES
    return _refused_release(wanted, assigned)


def _changes_nothing(
    subscription: Subscription, where: Standing, wanted: WantedTerms, agreed: Agreed | None
) -> bool:
    """Whether everything would stay as it is; taking a cancellation back or beginning a period anew is a change."""
    if subscription.terms is None or subscription.terms.wanted != wanted or where is Standing.EXPIRED:
        return False
    if agreed is None:
        return where is not Standing.PENDING_CANCELLATION
    return agreed.keeps_date and agreed.unit == subscription.terms.unit


def _refused_release(wanted: WantedTerms, assigned: Assigned) -> Refusal | None:
    if not assigned.release <= assigned.held:
        return Refusal.WRONG_SEATS
    needed = seats_to_release(wanted.seats, len(assigned.held))
    if len(assigned.release) < needed:
        return Refusal.CHOOSE_SEATS
    return Refusal.WRONG_SEATS if len(assigned.release) > needed else None
