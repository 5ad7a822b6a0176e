"""Choosing what people hold: the whole set of one person, or one product for many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import Difference, How, PeopleWish, difference
from portal.shared.records.accounts import lock_account
from portal.shared.records.people import Person
from portal.shared.records.seat_reading import (
    held_by,
    people_of,
    person_of,
    seats_and_people,
    seats_of_people,
)
from portal.shared.services.seats.assigning import TooFewSeatsError, check_access, free_now
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.subscriptions.standing import row_of

MOST_AT_ONCE = 1_000


class UnknownPersonError(LookupError):
    """The account has no such person; somebody of another account counts as none."""


class HeldMeanwhileError(ValueError):
    """The person does not hold what the page showed any more; nothing was changed."""


class TooManyPeopleError(ValueError):
    """More people than one step may change; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose seats are changed at once: these people (by id), or all that match."""

    people: tuple[int, ...] = ()
    all_of: PeopleWish | None = None


def choose(
    session: Session,
    account_id: int,
    person_id: int,
    chosen: Iterable[int],
    shown_as_held: Iterable[int],
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> Difference:
    """Let a person hold exactly the chosen subscriptions (by id): the set replaces what they had.

    Raises:
        UnknownPersonError: this account has no such person.
        HeldMeanwhileError: they hold something else than the page showed.
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: a subscription gives no access today.
        TooFewSeatsError: a subscription has no free seat; nothing was changed.
    """
    account = lock_account(session, account_id)
    person = person_of(session, account_id, person_id)
    if person is None:
        raise UnknownPersonError(person_id)
    held = {seat.subscription_id: seat for seat in seats_of_people(session, account_id, [person_id])}
    if set(held) != set(shown_as_held):
        raise HeldMeanwhileError(person_id)
    found = difference(held, chosen)
    deed = Deed(actor_id, How.ASSIGNED, now, notify)
    rows = {one: row_of(session, account_id, one) for one in (*found.takes, *found.gives)}
    for one in found.gives:
        check_access(account, rows[one], now)
        if not free_now(session, rows[one], held_by(session, account_id, one)):
            raise TooFewSeatsError(0, 1, one)
    for one in found.takes:
        change(session, account, rows[one], deed, takes=[(held[one], person)])
    for one in found.gives:
        change(session, account, rows[one], deed, gives=[person])
    return found


def give_to_many(
    session: Session,
    account_id: int,
    subscription_id: int,
    whose: Chosen,
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> int:
    """Give seats of one subscription to many people of the account; who holds one keeps it. All of them or nobody.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
        TooFewSeatsError: not enough seats are free.
        TooManyPeopleError: more people than one step may change.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    check_access(account, row, now)
    taken = held_by(session, account_id, subscription_id)
    found = [one for one in _people(session, account_id, whose) if one.email not in taken]
    free = free_now(session, row, taken)
    if len(found) > free:
        raise TooFewSeatsError(free, len(found), row.id)
    change(session, account, row, Deed(actor_id, How.ASSIGNED, now, notify), gives=found)
    return len(found)


def take_from_many(
    session: Session,
    account_id: int,
    subscription_id: int,
    whose: Chosen,
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> int:
    """Take seats of one subscription from many people of the account; who holds none is passed over.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        TooManyPeopleError: more people than one step may change.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    people = [one.id for one in _people(session, account_id, whose)]
    seats = [
        seat.id
        for seat in seats_of_people(session, account_id, people)
        if seat.subscription_id == subscription_id
    ]
    held = seats_and_people(session, account_id, subscription_id, seats)
    change(session, account, row, Deed(actor_id, How.ASSIGNED, now, notify), takes=held)
    return len(held)


def _people(session: Session, account_id: int, whose: Chosen) -> Sequence[Person]:
    """The people that are meant, in the order of their ids; ids of other accounts count as none."""
    if whose.all_of is not None:
        found = people_of(session, account_id, replace(whose.all_of, after=None), MOST_AT_ONCE + 1)
    else:
        wish = PeopleWish(ids=frozenset(whose.people))
        found = people_of(session, account_id, wish, MOST_AT_ONCE + 1)
    if len(found) > MOST_AT_ONCE:
        raise TooManyPeopleError(len(found))
    return sorted(found, key=lambda person: person.id)
