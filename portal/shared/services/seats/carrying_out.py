"""The one place where a seat changes hands: seat, history, role, activity and mail together.

Whoever wants to know of every change of a seat (a message to the product, say) asks `change` to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How
from portal.shared.records.accounts import Account
from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_reading import with_role
from portal.shared.records.seat_spells import begin_spells, end_spells
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import activity, notifications


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does it (nobody: the system itself), in what way, when, and whether the people are told."""

    by: int | None
    how: How
    now: datetime
    notify: bool = True


def change(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    deed: Deed,
    *,
    gives: Sequence[Person] = (),
    takes: Sequence[tuple[Seat, Person]] = (),
) -> None:
    """Take these seats of a subscription away and give seats to these people, who hold none.

    The caller holds the account's lock and has seen that seats are free.
    """
    if not gives and not takes:
        return
    _take(session, account, row, deed, takes)
    _give(session, account, row, deed, gives)
    _record(session, account, row, deed, gives, [person for _, person in takes])
    if deed.notify:
        for _, person in takes:
            _tell(session, account, row, person, "seat-released", deed.now)
        for person in gives:
            _tell(session, account, row, person, "seat-assigned", deed.now)
    session.flush()


def _take(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    deed: Deed,
    takes: Sequence[tuple[Seat, Person]],
) -> None:
    if not takes:
        return
    for seat, _ in takes:
        assert (seat.account_id, seat.subscription_id) == (account.id, row.id), (
            "a seat of another subscription"
        )
        session.delete(seat)
    session.flush()
    end_spells(session, row.id, [person.id for _, person in takes], deed.by, deed.how, deed.now)


def _give(
    session: Session, account: Account, row: SubscriptionRow, deed: Deed, gives: Sequence[Person]
) -> None:
    if not gives:
        return
    holders = with_role(session, account.id, [person.id for person in gives], "seat_holder")
    session.add_all(
        Membership(person_id=person.id, account_id=account.id, role="seat_holder")
        for person in gives
        if person.id not in holders
    )
    seats = [
        Seat(account_id=account.id, subscription_id=row.id, person_id=person.id, assigned_at=deed.now)
        for person in gives
    ]
    session.add_all(seats)
    begin_spells(session, seats, deed.by, deed.how)
    session.flush()


def _record(
    session: Session,
    account: Account,
    row: SubscriptionRow,
    deed: Deed,
    gives: Sequence[Person],
    takes: Sequence[Person],
) -> None:
    """One entry for each seat; a seat that moves is one. What an order takes stands in the order's own entry."""
    about = {"subscription": row.id, "product": row.product}
    if deed.how is How.MOVED:
        for old, new in zip(takes, gives, strict=True):
            detail = {**about, "old": {"person": old.id}, "new": {"person": new.id}}
            activity.record(session, account.id, deed.by, "seat-moved", detail, deed.now)
        return
    for person in takes if deed.how is not How.ORDERED else ():
        detail = {**about, "old": {"person": person.id}, "new": None}
        activity.record(session, account.id, deed.by, "seat-released", detail, deed.now)
    for person in gives:
        detail = {**about, "old": None, "new": {"person": person.id}}
        activity.record(session, account.id, deed.by, "seat-assigned", detail, deed.now)


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
