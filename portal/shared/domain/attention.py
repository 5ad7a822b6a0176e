"""What waits at an account, and which of it our own people should look at first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import WARNING_SHARES

RENEWAL_DAYS = 60


class Waiting(StrEnum):
    """A kind of thing that waits."""

    EXPIRED = "expired"
    APPROVAL = "approval"
    REQUEST = "request"
    OVERDUE = "overdue"
    QUOTE = "quote"
    PURCHASE_ORDER = "purchase_order"
    RENEWAL = "renewal"
    ENDING = "ending"  # a renewal that was switched off
    EXEMPTION = "exemption"  # from tax, and soon no more


@dataclass(frozen=True, slots=True)
class Signal:
    """One kind of thing that waits at an account.

    `days` counts to the day it is about: below zero when that day is past (an invoice due five days ago: -5). `number`,
    `id` and `subject` name the one that comes first.
    """

    kind: Waiting
    count: int = 1
    day: date | None = None
    days: int = 0
    amount: Money | None = None
    subject: str = ""
    number: int | None = None
    id: int | None = None
    percent: int | None = None


# The most urgent a kind can be, the least, and the days between which it grows.
_SCALES: dict[Waiting, tuple[int, int, int, int]] = {
    Waiting.EXPIRED: (100, 100, 0, 0),
    Waiting.APPROVAL: (95, 90, -5, 0),  # days since it was asked for
    Waiting.REQUEST: (89, 80, -9, 0),
    Waiting.OVERDUE: (79, 70, -30, -1),
    Waiting.QUOTE: (69, 40, 0, 14),
    Waiting.PURCHASE_ORDER: (60, 30, 0, 30),
    Waiting.RENEWAL: (59, 20, 0, RENEWAL_DAYS),
    Waiting.ENDING: (59, 20, 0, RENEWAL_DAYS),
    Waiting.EXEMPTION: (58, 20, 0, 30),
}


def urgency(signal: Signal) -> int:
    """How urgent one thing is, from 1 to 100: what somebody waits for before what only comes nearer."""
    most, least, from_day, to_day = _SCALES[signal.kind]
    if signal.kind is Waiting.PURCHASE_ORDER and (signal.percent or 0) >= max(WARNING_SHARES):
        return most
    if signal.days <= from_day:
        return most
    if signal.days >= to_day:
        return least
    return most - (most - least) * (signal.days - from_day) // (to_day - from_day)


def rank(signals: Iterable[Signal]) -> int:
    """One number for an account: its most urgent thing decides, the others only between equals; 0: nothing waits."""
    scores = sorted(map(urgency, signals), reverse=True)
    if not scores:
        return 0
    return scores[0] * 1000 + min(999, sum(scores[1:]))
