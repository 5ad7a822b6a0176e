"""Buying seats and giving them away is one step: the names wait with the order and get their seats with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How, still_to_seat
from portal.shared.domain.summary import SummaryItem
from portal.shared.records.accounts import Account
from portal.shared.records.people import plain_email
from portal.shared.records.seat_reading import held_by, seats_and_people
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.seats.assigning import Newcomer, TooFewSeatsError, promised, welcome
from portal.shared.services.seats.carrying_out import Deed, change

# Whether the people are told is kept beside their names.
_QUIET = "quiet"


def as_choices(people: Mapping[int, Sequence[Newcomer]], *, notify: bool) -> dict[str, Any] | None:
    """Names as they are kept beside an order's figures; nothing where there are none."""
    kept = {
        str(number): [[one.name, one.email] for one in named] for number, named in people.items() if named
    }
    return {"people": kept, _QUIET: not notify} if kept else None


def check_room(
    session: Session,
    account_id: int,
    subscription_id: int,
    seats: int,
    release: Iterable[int],
    named: Sequence[Newcomer],
) -> None:
    """See that everybody who is named fits into the seats that there will be.

    Raises:
        TooFewSeatsError: more people are named than seats are free then.
    """
    leaving = seats_and_people(session, account_id, subscription_id, sorted(release))
    held = held_by(session, account_id, subscription_id) - {person.email for _, person in leaving}
    fresh = still_to_seat([plain_email(one.email) for one in named], held)
    free = max(0, seats - len(held))
    if len(fresh) > free:
        raise TooFewSeatsError(free, len(fresh), subscription_id)


def check_choices(
    session: Session, account_id: int, items: Iterable[SummaryItem], choices: Mapping[str, Any] | None
) -> None:
    """See that everybody who is named beside an order fits. The caller holds the account's lock.

    Raises:
        TooFewSeatsError: more people are named than seats are free then.
    """
    named = promised(choices or {})
    for item in items:
        if item.subscription_id in named:
            about = (item.subscription_id, item.after.seats, item.release)
            check_room(session, account_id, *about, named[item.subscription_id])


def keep_promises(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    choices: Mapping[str, Any] | None,
    actor_id: int,
    now: datetime,
) -> None:
    """Give the people who were named with an order their seats, now that it is placed; who holds one keeps it.

    Until now nobody else could be given their seats. The caller holds the account's lock.
    """
    named = {plain_email(one.email): one for one in promised(choices or {}).get(row.id, [])}
    if not named:
        return
    held = held_by(session, account.id, row.id)
    fresh = still_to_seat(list(named), held)[: max(0, row.seats - len(held))]
    notify = not (choices or {}).get(_QUIET, False)
    gives = welcome(session, {email: named[email] for email in fresh})
    change(session, account, row, Deed(actor_id, How.ORDERED, now, notify), gives=gives)
