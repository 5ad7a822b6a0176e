"""Rehearsing the future in a demo: its clock is moved forward, and the days in between are lived through one by one.

Whoever moves the clock dies without harm: what is due on a day may be repeated, and the move is gone on with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.renewals import is_due
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.demo_clock import DemoClock, Move
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.invoices import Invoice
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.desk.staff import Staff, is_of
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.services.subscriptions.standing import as_value

__all__ = ["DemoClock", "Move"]

# Two looks a day, so that no account's day passes unseen, not even the short one in spring.
STEP = timedelta(hours=12)
LONGEST_DAYS = 731
# When people come to work: the hour a day begins with, where the account lives.
MORNING = time(9)


class Refused(StrEnum):
    """Why the clock is not moved."""

    BACKWARD = "backward"
    TOO_FAR = "too_far"
    MOVING = "moving"


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next renewal of an account: of which products, on which day."""

    account_id: int
    account_name: str
    account_type: str
    products: tuple[str, ...]
    on: date
    instant: datetime


@dataclass(frozen=True, slots=True)
class Document:
    """A document that came of a move."""

    account_id: int
    account_name: str
    account_type: str
    name: str
    kind: str
    issued_on: date


def movable(clock: Clock) -> DemoClock | None:
    """The clock, if it is one that can be moved."""
    return clock if isinstance(clock, DemoClock) else None


def machines(clock: Clock) -> Clock:
    """The clock of the machine behind a demo's: what guards people rather than accounts goes by it."""
    return clock.machine if isinstance(clock, DemoClock) else clock


def next_renewals(session: Session, person: SignedIn, now: datetime) -> list[Ahead]:
    """The next renewal of each account that a person serves, those that have one, by name."""
    if person.staff_role is not None:
        which = is_of(Staff(person.person_id, person.name, person.staff_role))
    else:
        which = Account.id.in_([one.account_id for one in person.memberships])
    found = (next_renewal(session, one, now) for one in _accounts(session, which))
    return [one for one in found if one is not None]


def next_renewal(session: Session, account: Account, now: datetime) -> Ahead | None:
    """When an account renews next, if nothing changes; nothing where no period follows."""
    question = sa.select(SubscriptionRow).where(
        SubscriptionRow.account_id == account.id,
        SubscriptionRow.period_end.is_not(None),
        SubscriptionRow.ended_on.is_(None),
    )
    values = [as_value(row, account.currency) for row in session.scalars(question)]
    coming = [one for one in values if one.period is not None and is_due(one, one.period.end)]
    if not coming:
        return None
    on = min(one.period.end for one in coming if one.period is not None)
    products = sorted(one.product for one in coming if one.period is not None and one.period.end == on)
    instant = max(now, morning_of(on, account.time_zone))
    return Ahead(account.id, account.name, account.type, tuple(products), on, instant)


def morning_of(day: date, time_zone: str) -> datetime:
    """The instant at which people come to work on a day."""
    return datetime.combine(day, MORNING, ZoneInfo(time_zone)).astimezone(UTC)


def account_named(session: Session, name: str) -> Account | None:
    """The account with this number or name, whosever it is."""
    if name.isascii() and name.isdigit():
        return account_by_id(session, int(name))
    return session.scalars(sa.select(Account).where(Account.name == name).order_by(Account.id)).first()


def wish(
    session: Session, clock: DemoClock, until: datetime, account_id: int | None = None
) -> Refused | None:
    """Keep the wish to move the clock; who works in the background moves it. Says why it is not kept."""
    now = clock.now()
    if until < now and account_id is None:
        return Refused.BACKWARD
    if until - now > timedelta(days=LONGEST_DAYS):
        return Refused.TOO_FAR
    newest = session.scalar(sa.select(sa.func.max(Invoice.id))) or 0
    kept = clock.begin(Move(now, max(now, until), account_id, newest))
    return None if kept else Refused.MOVING


def go_on(
    clock: DemoClock, live: Callable[[], object], told: Callable[[datetime], object] = lambda _: None
) -> bool:
    """Move the clock to where it was wanted, if somebody wanted it, and say whether this process did.

    `live` does what is due at the present instant; it is called for every half day in between, and may be called again
    for one that was broken off. `told` hears how far the clock is.
    """
    with clock.alone() as mine:
        move = clock.move()
        if not mine or move is None or move.done:
            return False
        live()
        while clock.now() < move.until:
            clock.stand_at(min(move.until, clock.now() + STEP))
            live()
            told(clock.now())
        clock.finish()
        return True


def came_of(session: Session, move: Move, accounts: Iterable[int]) -> Sequence[Document]:
    """The documents of these accounts that were issued since a move began, oldest first."""
    question = (
        sa.select(Invoice, Account)
        .join(Account, Account.id == Invoice.account_id)
        .where(Invoice.id > move.after_invoice, Invoice.account_id.in_(list(accounts)))
        .order_by(Invoice.id)
    )
    return [
        Document(account.id, account.name, account.type, row.name, row.kind, row.issued_on)
        for row, account in session.execute(question)
    ]


def accounts_of(session: Session, person: SignedIn) -> list[int]:
    """The accounts a person serves, as a customer or as one of our own."""
    if person.staff_role is None:
        return [one.account_id for one in person.memberships]
    which = is_of(Staff(person.person_id, person.name, person.staff_role))
    return [one.id for one in _accounts(session, which)]


def all_accounts(session: Session) -> list[int]:
    """Every account of the demo."""
    return [one.id for one in _accounts(session, sa.true())]


def zone_of(session: Session, person: SignedIn) -> str:
    """The time zone in which somebody tells days: that of the account at hand, or of the first one."""
    number = person.account_id or next(iter(accounts_of(session, person)), None)
    account = account_by_id(session, number) if number is not None else None
    return account.time_zone if account is not None else "UTC"


def _accounts(session: Session, which: sa.ColumnElement[bool]) -> Sequence[Account]:
    return session.scalars(sa.select(Account).where(which).order_by(Account.name, Account.id)).all()
