"""Taking seats away: by a person who decides it, or by the order that buys fewer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.seat_reading import seats_and_people
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.subscriptions.standing import row_of


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
    held = seats_and_people(session, account_id, subscription_id, sorted(set(seats)))
    change(session, account, row, Deed(actor_id, How.ASSIGNED, now, notify), takes=held)
    return len(held)


def release(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    seats: Iterable[int],
    actor_id: int | None,
    now: datetime,
    *,
    notify: bool = True,
) -> None:
    """End the seats that an order gives up and tell their people. The caller holds the account's lock."""
    held = seats_and_people(session, account.id, row.id, sorted(set(seats)))
    change(session, account, row, Deed(actor_id, How.ORDERED, now, notify), takes=held)
