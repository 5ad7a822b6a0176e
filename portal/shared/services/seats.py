"""Seats: assigning and releasing them; never more than were bought."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.subscriptions import standing
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.orders import open_order_of
from portal.shared.records.people import Person, plain_email
from portal.shared.records.subscriptions import Seat, SubscriptionRow, seat_ids, seats_of
from portal.shared.services import accounts, activity, notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.subscriptions.standing import NotPossibleError, as_value, row_of


class TooFewSeatsError(ValueError):
    """More people than seats are left; nothing was assigned. `free` says how many are."""

    def __init__(self, free: int) -> None:
        super().__init__(f"{free} seats are free")
        self.free = free


@dataclass(frozen=True, slots=True)
class Holder:
    """A seat and who holds it."""

    seat_id: int
    name: str
    email: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to get a seat."""

    name: str
    email: str


def holders(session: Session, account_id: int, subscription_id: int) -> list[Holder]:
    """Who holds a seat of a subscription, by name."""
    return [
        Holder(seat.id, person.name, person.email, seat.assigned_at)
        for seat, person in seats_of(session, account_id, subscription_id)
    ]


def assign(
    session: Session,
    account_id: int,
    subscription_id: int,
    newcomers: Sequence[Newcomer],
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> int:
    """Give seats to people and say how many got one; who holds one already keeps it. All of them or nobody.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
        TooFewSeatsError: not enough seats are free.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    where = standing(as_value(row, account.currency), accounts.today(account, now))
    if not where.has_access:
        raise NotPossibleError(where)
    taken = {person.email for _, person in seats_of(session, account_id, subscription_id)}
    fresh = {plain_email(one.email): one for one in newcomers if plain_email(one.email) not in taken}
    free = max(0, _capacity(session, row) - len(taken))
    if len(fresh) > free:
        raise TooFewSeatsError(free)
    # In one order everywhere: two accounts that welcome the same people must not wait for each other.
    for _, one in sorted(fresh.items()):
        person = people.find_or_add(session, one.name, one.email)
        people.add_role(session, person.id, account_id, "seat_holder")
        session.add(Seat(account_id=account_id, subscription_id=row.id, person_id=person.id, assigned_at=now))
        activity.record(
            session, account_id, actor_id, "seat-assigned", {"subscription": row.id, "to": person.id}, now
        )
        if notify:
            _tell(session, account, row, person, "seat-assigned", now)
    session.flush()
    return len(fresh)


def take_away(
    session: Session,
    account_id: int,
    subscription_id: int,
    seats: Iterable[int],
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> int:
    """Take seats away and say how many; ids of other subscriptions count as none.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    mine = seat_ids(session, account_id, subscription_id) & set(seats)
    for seat_id in sorted(mine):
        activity.record(
            session, account_id, actor_id, "seat-released", {"subscription": row.id, "seat": seat_id}, now
        )
    release(session, account, row, mine, now, notify=notify)
    return len(mine)


def release(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    seats: Iterable[int],
    now: datetime,
    *,
    notify: bool = True,
) -> None:
    """End these seats and tell their people. The caller holds the account's lock."""
    question = (
        sa.select(Seat, Person)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.account_id == account.id, Seat.subscription_id == row.id, Seat.id.in_(list(seats)))
        .order_by(Seat.id)
    )
    for seat, person in session.execute(question).all():
        session.delete(seat)
        if notify:
            _tell(session, account, row, person, "seat-released", now)
    session.flush()


def _capacity(session: Session, row: SubscriptionRow) -> int:
    """Seats that may be held: an order on its way that buys fewer already counts."""
    order = open_order_of(session, row.account_id)
    wanted = [
        int(item["after"]["seats"])
        for item in (order.summary["items"] if order else [])
        if item["subscription_id"] == row.id
    ]
    return min([row.seats, *wanted])


def _tell(
    session: Session, account: Account, row: SubscriptionRow, person: Person, kind: str, now: datetime
) -> None:
    notifications.enqueue_mail(
        session,
        kind,
        person.email,
        person.language or account.language,
        {"name": person.name, "account": account.name, "product": row.product},
        f"{kind}:{row.id}:{person.id}:{now.isoformat()}",
        now,
    )
