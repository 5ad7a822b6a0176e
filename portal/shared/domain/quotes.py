"""Quotes: the life of a quote as one table of legal moves, the price for a customer, and who may grant it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.taxes import MILLION

VALIDITY_DAYS, SHORTEST_VALIDITY, LONGEST_VALIDITY = 7, 1, 90
LONGEST_TERM_MONTHS = 120

# A price so many times the list price is a slip of the keyboard.
MOST_TIMES_LIST = 10

# No day of service is free: the longest billing period has so many days.
_DAYS = {Frequency.MONTHLY: 31, Frequency.ANNUAL: 366}


class QuoteState(StrEnum):
    """Where a quote stands."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class QuoteEvent(StrEnum):
    """What can happen to a quote."""

    EDIT = "edit"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    SEND = "send"
    APPROVE = "approve"
    ACCEPT = "accept"
    REJECT = "reject"
    EXPIRE = "expire"
    REPLACE = "replace"
    WITHDRAW = "withdraw"


class IllegalQuoteMoveError(ValueError):
    """The quote cannot make this move from where it stands; `state` says where that is."""

    def __init__(self, state: QuoteState, event: QuoteEvent) -> None:
        super().__init__(f"{event} is no move of a quote that is {state}")
        self.state = state
        self.event = event


_S, _E = QuoteState, QuoteEvent

# Seen by the customer and not yet answered.
OPEN_QUOTE = _S.SENT
# In the hands of the desk; the customer knows nothing of them.
INTERNAL = frozenset({_S.DRAFT, _S.AWAITING_APPROVAL})

MOVES: Mapping[tuple[QuoteState, QuoteEvent], QuoteState] = {
    (_S.DRAFT, _E.EDIT): _S.DRAFT,
    (_S.DRAFT, _E.SUBMIT): _S.AWAITING_APPROVAL,
    (_S.DRAFT, _E.SEND): _S.SENT,
    (_S.DRAFT, _E.REPLACE): _S.REPLACED,
    (_S.DRAFT, _E.WITHDRAW): _S.WITHDRAWN,
    # An edit takes a request for approval back: nobody approves figures they did not see.
    (_S.AWAITING_APPROVAL, _E.EDIT): _S.DRAFT,
    (_S.AWAITING_APPROVAL, _E.SEND_BACK): _S.DRAFT,
    (_S.AWAITING_APPROVAL, _E.APPROVE): _S.SENT,
    (_S.AWAITING_APPROVAL, _E.REPLACE): _S.REPLACED,
    (_S.AWAITING_APPROVAL, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SENT, _E.ACCEPT): _S.ACCEPTED,
    (_S.SENT, _E.REJECT): _S.REJECTED,
    (_S.SENT, _E.EXPIRE): _S.EXPIRED,
    (_S.SENT, _E.REPLACE): _S.REPLACED,
    (_S.SENT, _E.WITHDRAW): _S.WITHDRAWN,
}


def move(state: QuoteState, event: QuoteEvent) -> QuoteState:
    """The state that follows.

    Raises:
        IllegalQuoteMoveError: the table has no such move; a quote that was answered never moves again.
    """
    try:
        return MOVES[state, event]
    except KeyError:
        raise IllegalQuoteMoveError(state, event) from None


def state_on(state: QuoteState, valid_until: date | None, today: date) -> QuoteState:
    """Where a quote stands on a day: what was sent and not answered in time has expired."""
    if state is _S.SENT and valid_until is not None and today > valid_until:
        return move(state, _E.EXPIRE)
    return state


def valid_until(sent_on: date, validity_days: int) -> date:
    """The last day on which a quote can be accepted; the day it is sent does not count.

    Raises:
        ValueError: a quote is valid for 1 to 90 days.
    """
    if not is_validity(validity_days):
        raise ValueError("a quote is valid for 1 to 90 days")
    return sent_on + timedelta(days=validity_days)


def is_validity(days: int) -> bool:
    """Whether a quote may be valid for so many days."""
    return SHORTEST_VALIDITY <= days <= LONGEST_VALIDITY


def whole_periods(term_months: int | None, frequencies: Iterable[Frequency]) -> bool:
    """Whether a contract term ends together with a billing period of everything it is about."""
    if term_months is None:
        return True
    in_reach = 1 <= term_months <= LONGEST_TERM_MONTHS
    return in_reach and all(term_months % one.months == 0 for one in frequencies)


class PriceKind(StrEnum):
    """How the price for a customer was agreed."""

    CONTRACT = "contract"  # what the subscription costs now; for what was never bought, the list price
    LIST = "list"
    PRICE = "price"  # this much a seat and billing period, in minor units
    PERCENT = "percent"  # so many millionths off the list price
    MONEY = "money"  # so much off the list price of a seat and billing period, in minor units


@dataclass(frozen=True, slots=True)
class PriceWish:
    """A price for a customer: its kind, and a number whose unit the kind says."""

    kind: PriceKind = PriceKind.CONTRACT
    value: int = 0


class PriceProblem(StrEnum):
    """Why a price cannot be granted to anybody."""

    DISCOUNT_BEYOND_PRICE = "discount_beyond_price"
    PRICE_TOO_LOW = "price_too_low"
    PRICE_TOO_HIGH = "price_too_high"


def agreed_price(
    wish: PriceWish, list_price: Money, contract: Money | None, frequency: Frequency
) -> Money | PriceProblem:
    """The price a seat and billing period, or why there is none. A share of a price is rounded once, half up."""
    currency = list_price.currency
    match wish.kind:
        case PriceKind.CONTRACT:
            unit = contract if contract is not None else list_price
        case PriceKind.PRICE:
            unit = Money(wish.value, currency)
            if unit.minor > list_price.minor * MOST_TIMES_LIST:
                return PriceProblem.PRICE_TOO_HIGH
        case PriceKind.PERCENT:
            if not 0 <= wish.value <= MILLION:
                return PriceProblem.DISCOUNT_BEYOND_PRICE
            unit = list_price.share(MILLION - wish.value, MILLION)
        case PriceKind.MONEY:
            if not 0 <= wish.value <= list_price.minor:
                return PriceProblem.DISCOUNT_BEYOND_PRICE
            unit = list_price - Money(wish.value, currency)
        case _:
            unit = list_price
    return unit if unit.minor >= _DAYS[frequency] else PriceProblem.PRICE_TOO_LOW


def discount(list_price: Money, unit: Money) -> int:
    """How far a price lies below the list, in millionths, rounded up so that a limit is never passed by rounding."""
    if unit.minor >= list_price.minor:
        return 0
    return -((unit.minor - list_price.minor) * MILLION // list_price.minor)


def granted(wish: PriceWish, list_price: Money, unit: Money) -> int:
    """The discount that counts against limits, in millionths: a share that was granted as such is that share.

    A list price that does not divide rounds the price by half a minor unit at most; that is no further discount.
    """
    return wish.value if wish.kind is PriceKind.PERCENT else discount(list_price, unit)


@dataclass(frozen=True, slots=True)
class Limits:
    """How far somebody may go alone: a discount in millionths of the list price, and a contract term in months."""

    discount: int
    term_months: int

    def allow(self, discounts: Iterable[int], term_months: int | None) -> bool:
        """Whether all of these stay within the limits."""
        return all(one <= self.discount for one in discounts) and (term_months or 0) <= self.term_months


NO_LIMITS_AT_ALL = Limits(0, 0)


class Approval(StrEnum):
    """What a quote needs before it may be sent."""

    NONE = "none"
    MANAGER = "manager"
    BEYOND_EVERYBODY = "beyond_everybody"


def approval_needed(
    author: StaffRole, limits: Mapping[StaffRole, Limits], discounts: Iterable[int], term_months: int | None
) -> Approval:
    """Whether the author may send a quote alone, a manager has to approve it, or nobody could."""
    discounts = tuple(discounts)
    if limits.get(author, NO_LIMITS_AT_ALL).allow(discounts, term_months):
        return Approval.NONE
    if limits.get(StaffRole.MANAGER, NO_LIMITS_AT_ALL).allow(discounts, term_months):
        return Approval.MANAGER
    return Approval.BEYOND_EVERYBODY
