"""A long list of subscriptions: in which order they stand, and which of them somebody looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from portal.shared.domain.subscriptions import Standing

MOST_WORDS = 8


class Place(IntEnum):
    """Where a subscription stands in a list: what needs somebody first, what is over last; then by number."""

    ATTENTION = 0
    ENDS = 1
    RUNS = 2
    OVER = 3


PLACES: Mapping[Standing, Place] = {
    Standing.PAST_DUE: Place.ATTENTION,
    Standing.PENDING_CANCELLATION: Place.ENDS,
    Standing.TRIAL_RUNNING: Place.ENDS,
    Standing.ACTIVE: Place.RUNS,
    Standing.TRIAL_ENDED: Place.OVER,
    Standing.EXPIRED: Place.OVER,
}


@dataclass(frozen=True, slots=True)
class MeantBy:
    """What one typed word may mean: products by code, plans by id, or the number of a subscription."""

    products: frozenset[str] = frozenset()
    plans: frozenset[int] = frozenset()
    number: int | None = None


@dataclass(frozen=True, slots=True)
class SubscriptionWish:
    """Which subscriptions of an account are asked for.

    Every word has to fit; no places: all of them. `with_seats` leaves out what is over and nobody holds a seat of;
    `after` is the last one of the page before, by id.
    """

    words: tuple[MeantBy, ...] = ()
    places: frozenset[Place] = frozenset()
    with_seats: bool = False
    after: int | None = None


def meanings(text: str, products: Mapping[str, str], plans: Mapping[int, str]) -> tuple[MeantBy, ...]:
    """What each word of a typed text may mean, by the names of products and plans; brackets are no part of a number."""
    return tuple(_meant(one, products, plans) for one in text.casefold().split()[:MOST_WORDS])


def _meant(word: str, products: Mapping[str, str], plans: Mapping[int, str]) -> MeantBy:
    digits = word.strip("()#")
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
    return MeantBy(
        frozenset(code for code, name in products.items() if word in name.casefold()),
        frozenset(plan for plan, name in plans.items() if word in name.casefold()),
        number,
    )
