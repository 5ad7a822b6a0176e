"""A seat moves from one person to another, in one step."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How
from portal.shared.records.accounts import lock_account
from portal.shared.records.people import plain_email
from portal.shared.records.seat_reading import held_by, seats_and_people
from portal.shared.services.seats.assigning import Newcomer, check_access, welcome
from portal.shared.services.seats.carrying_out import Deed, change
from portal.shared.services.subscriptions.standing import row_of


class SeatGoneError(ValueError):
    """Nobody of this subscription holds the seat any more; nothing was changed."""


class HoldsOneError(ValueError):
    """The person who is to get the seat holds one already; nothing was changed."""


def move(
    session: Session,
    account_id: int,
    subscription_id: int,
    seat_id: int,
    to: Newcomer,
    actor_id: int,
    now: datetime,
    *,
    notify: bool,
) -> None:
    """Take a seat from the person who holds it and give it to another one; the number of seats held stays.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        NotPossibleError: the subscription gives no access today.
        SeatGoneError: nobody holds this seat of the subscription.
        HoldsOneError: the other person has a seat of it.
    """
    account = lock_account(session, account_id)
    row = row_of(session, account_id, subscription_id)
    check_access(account, row, now)
    held = seats_and_people(session, account_id, subscription_id, [seat_id])
    if not held:
        raise SeatGoneError(seat_id)
    email = plain_email(to.email)
    if email in held_by(session, account_id, subscription_id):
        raise HoldsOneError(email)
    gives = welcome(session, {email: to})
    change(session, account, row, Deed(actor_id, How.MOVED, now, notify), gives=gives, takes=held)
