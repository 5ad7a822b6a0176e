"""Purchase orders: a customer's own order numbers, how long and how far they reach, and what happens at the limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.shared.domain.money import Money

# Days before its last day, and shares of its amount in per cent, at which a purchase order warns.
WARNING_DAYS = (30, 7)
WARNING_SHARES = (80, 100)


class LimitRule(StrEnum):
    """What an account wants to happen when a purchase order does not cover what is billed."""

    HOLD = "hold"  # nothing is ordered or billed until it is covered
    WARN = "warn"  # billed on its number, and everybody is told
    BILL_WITHOUT = "bill_without"  # billed without a number


class Shortfall(StrEnum):
    """Why a purchase order does not cover a bill."""

    NOT_YET_VALID = "not_yet_valid"
    PAST_ITS_DAY = "past_its_day"
    AMOUNT_EXCEEDED = "amount_exceeded"


class Warned(StrEnum):
    """What a purchase order warns of, before and when it happens."""

    ENDS_IN_30_DAYS = "ends_in_30_days"
    ENDS_IN_7_DAYS = "ends_in_7_days"
    PAST_ITS_DAY = "past_its_day"
    USED_80 = "used_80"
    USED_100 = "used_100"


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """What was authorised: first and last day (both inside), and an amount with tax, if there is a limit."""

    number: str
    valid_from: date
    valid_to: date | None
    authorised: Money | None

    def __post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("a purchase order cannot end before it starts")
        if self.authorised is not None and self.authorised.minor <= 0:
            raise ValueError("an authorised amount is more than nothing")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the account's rule makes of a bill: whether it is written at all, with which number, and why not fully."""

    shortfall: Shortfall | None
    held: bool
    with_number: bool


def shortfall(order: PurchaseOrder, used: Money, bill: Money, day: date) -> Shortfall | None:
    """Why a purchase order does not cover a bill of a day, or nothing when it does. Amounts are with tax."""
    if day < order.valid_from:
        return Shortfall.NOT_YET_VALID
    if order.valid_to is not None and day > order.valid_to:
        return Shortfall.PAST_ITS_DAY
    exceeded = order.authorised is not None and used.minor + bill.minor > order.authorised.minor
    return Shortfall.AMOUNT_EXCEEDED if exceeded and bill.minor > 0 else None


def coverage(order: PurchaseOrder, used: Money, bill: Money, day: date, rule: LimitRule) -> Coverage:
    """What happens to a bill on a purchase order, by the rule of its account."""
    missing = shortfall(order, used, bill, day)
    if missing is None:
        return Coverage(None, held=False, with_number=True)
    return Coverage(missing, held=rule is LimitRule.HOLD, with_number=rule is LimitRule.WARN)


def used_percent(order: PurchaseOrder, used: Money) -> int | None:
    """How much of the authorised amount is used, in whole per cent, rounded down; none without a limit."""
    if order.authorised is None:
        return None
    return max(0, used.minor) * 100 // order.authorised.minor


def warnings(order: PurchaseOrder, used: Money, day: date) -> list[Warned]:
    """What should be said about a purchase order on a day: the nearest of its ends, the highest of its shares."""
    found: list[Warned] = []
    if order.valid_to is not None:
        left = (order.valid_to - day).days
        if left < 0:
            found.append(Warned.PAST_ITS_DAY)
        elif left <= min(WARNING_DAYS):
            found.append(Warned.ENDS_IN_7_DAYS)
        elif left <= max(WARNING_DAYS):
            found.append(Warned.ENDS_IN_30_DAYS)
    share = used_percent(order, used)
    if share is not None and share >= max(WARNING_SHARES):
        found.append(Warned.USED_100)
    elif share is not None and share >= min(WARNING_SHARES):
        found.append(Warned.USED_80)
    return found
