"""Who holds which seat now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import PeopleWish
from portal.shared.records.seat_reading import holders_page, seats_and_people
from portal.shared.records.subscriptions import seats_of


@dataclass(frozen=True, slots=True)
class Holder:
    """A seat and who holds it."""

    seat_id: int
    name: str
    email: str
    since: datetime
    person_id: int = 0


@dataclass(frozen=True, slots=True)
class HolderPage:
    """A page of holders by name, and where the next one begins."""

    holders: tuple[Holder, ...]
    more_after: int | None


def holders(session: Session, account_id: int, subscription_id: int) -> list[Holder]:
    """Who holds a seat of a subscription, by name."""
    return [
        Holder(seat.id, person.name, person.email, seat.assigned_at, person.id)
        for seat, person in seats_of(session, account_id, subscription_id)
    ]


def holders_of(session: Session, account_id: int, subscription_id: int, seats: Sequence[int]) -> list[Holder]:
    """Who holds these seats (by id); seats of other subscriptions count as none."""
    return [
        Holder(seat.id, person.name, person.email, seat.assigned_at, person.id)
        for seat, person in seats_and_people(session, account_id, subscription_id, seats)
    ]


def holder_of(session: Session, account_id: int, subscription_id: int, seat_id: int) -> Holder | None:
    """Who holds this seat of this subscription, if it is one and somebody does."""
    return next(iter(holders_of(session, account_id, subscription_id, [seat_id])), None)


def page_of_holders(
    session: Session, account_id: int, subscription_id: int, wish: PeopleWish, size: int = 50
) -> HolderPage:
    """Who holds a seat of a subscription, by name, a page at a time; two statements at most."""
    found = holders_page(session, account_id, subscription_id, wish, size + 1)
    shown = tuple(
        Holder(seat.id, person.name, person.email, seat.assigned_at, person.id)
        for seat, person in found[:size]
    )
    last = shown[-1] if len(found) > size else None
    return HolderPage(shown, last.person_id if last else None)
