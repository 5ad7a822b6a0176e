"""The people of an account and what each of them holds, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.shared.domain.seats import PeopleWish
from portal.shared.records.people import Person
from portal.shared.records.seat_reading import (
    count_people_of,
    people_of,
    person_of,
    seats_of_people,
    with_role,
)
from portal.shared.services.seats.choosing import MOST_AT_ONCE, UnknownPersonError


@dataclass(frozen=True, slots=True)
class PersonSeats:
    """A person and their seats: subscription id → seat id. Suspended: was given seats before and holds none now."""

    id: int
    name: str
    email: str
    seats: dict[int, int]
    suspended: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """A page of people by name, how many match in all, and where the next page begins.

    `total` is counted to one more than one step may change; nobody looks for the end of a longer list.
    """

    people: tuple[PersonSeats, ...]
    total: int
    more_after: int | None


def page_of_people(session: Session, account_id: int, wish: PeopleWish, size: int = 50) -> PeoplePage:
    """The people of an account that match, with what they hold; four statements, however many there are."""
    found = people_of(session, account_id, wish, size + 1)
    shown = _with_seats(session, account_id, found[:size])
    total = count_people_of(session, account_id, replace(wish, after=None), MOST_AT_ONCE + 1)
    last = shown[-1] if len(found) > size else None
    return PeoplePage(tuple(shown), total, last.id if last else None)


def one_person(session: Session, account_id: int, person_id: int) -> PersonSeats:
    """A person of the account with what they hold.

    Raises:
        UnknownPersonError: this account has no such person.
    """
    person = person_of(session, account_id, person_id)
    if person is None:
        raise UnknownPersonError(person_id)
    return _with_seats(session, account_id, [person])[0]


def _with_seats(session: Session, account_id: int, people: Sequence[Person]) -> list[PersonSeats]:
    ids = [person.id for person in people]
    held: dict[int, dict[int, int]] = {person_id: {} for person_id in ids}
    for seat in seats_of_people(session, account_id, ids):
        held[seat.person_id][seat.subscription_id] = seat.id
    holders = with_role(session, account_id, ids, "seat_holder")
    return [
        PersonSeats(
            person.id,
            person.name,
            person.email,
            held[person.id],
            suspended=person.id in holders and not held[person.id],
        )
        for person in people
    ]
