"""Giving seats to people: all of them or nobody, and never more than were bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How, OnItsWay, free_seats
from portal.shared.domain.subscriptions import standing
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.orders import open_order_of
from portal.shared.records.people import Person, plain_email
from portal.shared.records.seat_reading import held_by, known_people
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import accounts
from portal.shared.services.people import contacts as people
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.subscriptions.standing import NotPossibleError, as_value, row_of


class TooFewSeatsError(ValueError):
    """More people (`wanted`) than seats are left; nothing was assigned. `free` says how many are."""

    def __init__(self, free: int, wanted: int, subscription_id: int) -> None:
        super().__init__(f"{free} seats are free")
        self.free = free
        self.wanted = wanted
        self.subscription_id = subscription_id


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to get a seat."""

    name: str
    email: str


def assign(
    session: Session,
    account_id: int,
    subscription_id: int,
    newcomers: Sequence[Newcomer],
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
    how: How = How.ASSIGNED,
) -> int:
    """Give seats to people and say how many got one; who holds one already keeps it. All of them or nobody.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
        TooFewSeatsError: not enough seats are free.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    check_access(account, row, now)
    taken = held_by(session, account_id, subscription_id)
    fresh = {plain_email(one.email): one for one in newcomers if plain_email(one.email) not in taken}
    free = free_now(session, row, taken)
    if len(fresh) > free:
        raise TooFewSeatsError(free, len(fresh), row.id)
    change(session, account, row, Deed(actor_id, how, now, notify), gives=welcome(session, fresh))
    return len(fresh)


def check_access(account: Account, row: SubscriptionRow, now: datetime) -> None:
    """See that a subscription gives access today.

    Raises:
        NotPossibleError: it does not.
    """
    where = standing(as_value(row, account.currency), accounts.today(account, now))
    if not where.has_access:
        raise NotPossibleError(where)


def free_now(session: Session, row: SubscriptionRow, taken: frozenset[str]) -> int:
    """How many seats may be given now, while an order on its way already counts. `taken`: who holds one."""
    order = open_order_of(session, row.account_id)
    for item in order.summary["items"] if order else []:
        if item["subscription_id"] == row.id:
            named = promised((order.choices if order else None) or {}).get(row.id, [])
            coming = OnItsWay(item["after"]["seats"], frozenset(plain_email(one.email) for one in named))
            return free_seats(row.seats, taken, coming)
    return free_seats(row.seats, taken)


def promised(choices: Mapping[str, object]) -> dict[int, list[Newcomer]]:
    """Who is to get the seats that an order buys, by subscription, as it stands beside the order's figures."""
    kept = choices.get("people")
    if not isinstance(kept, dict):
        return {}
    return {int(key): [Newcomer(name, email) for name, email in named] for key, named in kept.items()}


def welcome(session: Session, fresh: dict[str, Newcomer]) -> list[Person]:
    """The people behind these addresses, known or new, in the order of the list.

    They are looked for in one order everywhere: two accounts that welcome the same people must not wait for each other.
    """
    known = known_people(session, sorted(fresh))
    found = {
        email: known.get(email) or people.find_or_add(session, one.name, email)
        for email, one in sorted(fresh.items())
    }
    return [found[email] for email in fresh]
