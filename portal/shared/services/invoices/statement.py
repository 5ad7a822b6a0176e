"""The statement of an account: every movement of what it owes or has, with where it stood after it, for any span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import add_months, local_day
from portal.shared.domain.money import Money
from portal.shared.records import statement as records
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.services.accounts import UnknownAccountError

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement. `effect` is what it added to what is owed (below zero: in the account's favour).

    `over_balance` is what went through the account balance: used above zero, kept below. `stands` is what is owed
    after it; below zero it is in the account's favour.
    """

    id: int
    day: date
    kind: str
    document: str
    document_kind: str
    payment_kind: str
    reference: str
    effect: Money
    over_balance: Money
    stands: Money


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of a span, newest first. `older` is the `before` of the next page, none on the last one."""

    first: date
    last: date
    opening: Money
    closing: Money
    entries: tuple[Entry, ...]
    older: int | None


def default_span(today: date) -> tuple[date, date]:
    """The last twelve months."""
    return add_months(today, -12) + timedelta(days=1), today


def statement(
    session: Session,
    account_id: int,
    first: date,
    last: date,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> Statement:
    """The movements from one day to another, both with them, as the account's own calendar has these days.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    currency = account.currency
    since, until = _midnight(account, first), _midnight(account, last + timedelta(days=1))
    wanted = None if limit is None else limit + 1
    moved = records.moved_between(session, account_id, since, until, before, wanted)
    shown = moved if limit is None else moved[:limit]
    stands = records.stood_at(session, account_id, currency, until, before)
    payments = {
        (one.at, one.amount_minor): one for one in records.payments_between(session, account_id, since, until)
    }
    entries = []
    for one in shown:
        payment = payments.get((one.at, -one.effect)) if one.kind == "payment-received" else None
        entries.append(
            Entry(
                id=one.id,
                day=local_day(one.at, account.time_zone),
                kind=one.kind,
                document=one.document or "",
                document_kind=one.document_kind or "",
                payment_kind=payment.kind if payment else "",
                reference=payment.reference if payment else "",
                effect=Money(one.effect, currency),
                over_balance=Money(one.over_balance, currency),
                stands=Money(stands, currency),
            )
        )
        stands -= one.effect
    return Statement(
        first=first,
        last=last,
        opening=Money(records.stood_at(session, account_id, currency, since), currency),
        closing=Money(records.stood_at(session, account_id, currency, until), currency),
        entries=tuple(entries),
        older=shown[-1].id if len(moved) > len(shown) else None,
    )


def _midnight(account: Account, day: date) -> datetime:
    """When a day begins where the account lives."""
    return datetime.combine(day, time(), ZoneInfo(account.time_zone)).astimezone(UTC)
