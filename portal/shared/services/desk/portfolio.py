"""The portfolio of somebody at the desk: their accounts, the one that needs them most on top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.attention import Signal, rank, urgency
from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money, zero
from portal.shared.records import account_names
from portal.shared.records import portfolio as records
from portal.shared.records.accounts import Account
from portal.shared.services.desk.signals import Waits, what_waits
from portal.shared.services.desk.staff import Staff, is_of
from portal.shared.services.desk.urgent import MOST_URGENT, looks_after_everybody, most_urgent

ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Wish:
    """Which accounts somebody wants to see. `after` is the key of the page before."""

    search: str = ""
    attention_only: bool = False
    rep_id: int | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Renewal:
    """The next end of a running period; `ends`: nothing follows it."""

    product: str
    day: date
    ends: bool


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """An account with what waits there, the most urgent first."""

    id: int
    name: str
    country: str
    rep_id: int | None
    rep: str
    today: date
    signals: tuple[Signal, ...]
    renewal: Renewal | None
    open: Money


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One page of accounts; something waits at `waiting` of all. `following` is the key of the next page, or "".

    `more_wait`: only the most urgent of very many were ranked, and something waits at others, too.
    """

    rows: tuple[PortfolioRow, ...]
    waiting: int
    following: str
    more_wait: bool = False


def portfolio(
    session: Session, staff: Staff, wish: Wish, now: datetime, most: int = MOST_URGENT
) -> Portfolio:
    """The accounts of somebody at the desk; so many statements, however many accounts there are.

    Those where something waits come first, the most urgent on top, then the others by name. Whoever looks after
    everybody gets those ranked where something waits longest, `most` of each kind; at the others what waits stands
    beside their names.
    """
    wanted = _wanted(session, wish)
    which = sa.and_(is_of(staff), *wanted)
    urgent = most_urgent(session, wanted, now, most) if looks_after_everybody(staff) else None
    waits = what_waits(session, staff, urgent.which if urgent else which, now)
    lines = {line.id: line for line in records.lines_of(session, Account.id.in_(_many(list(waits.waiting))))}
    signals = {key: _signals(waits, line, now) for key, line in lines.items()}
    ranks = {key: rank(found) for key, found in signals.items() if found}
    ranked = sorted(ranks, key=lambda key: (-ranks[key], key))
    above, last = _key(wish.after)
    shown = [key for key in ranked if above is None or (-ranks[key], key) > (-above, last)]
    page = [lines[key] for key in shown[: ON_A_PAGE + 1]]
    missing = ON_A_PAGE + 1 - len(page)
    if missing and not wish.attention_only:
        after = _name(session, staff, last) if above == 0 else None
        page += records.calm_lines(session, which, ranked, after, missing)
    more, page = len(page) > ON_A_PAGE, page[:ON_A_PAGE]
    if urgent:
        waits = what_waits(session, staff, Account.id.in_(_many([line.id for line in page])), now)
        signals = {line.id: _signals(waits, line, now) for line in page}
    renewals = _renewals(session, [line.id for line in page])
    rows = tuple(_row(line, signals.get(line.id, []), renewals.get(line.id), waits, now) for line in page)
    following = f"{ranks.get(page[-1].id, 0)}-{page[-1].id}" if more else ""
    return Portfolio(rows, len(ranked), following, more_wait=bool(urgent and urgent.more))


def signals_of(session: Session, staff: Staff, account_id: int, now: datetime) -> list[Signal]:
    """What waits at one account, the most urgent first."""
    which = sa.and_(is_of(staff), Account.id == account_id)
    waits = what_waits(session, staff, which, now)
    return [signal for line in records.lines_of(session, which) for signal in _signals(waits, line, now)]


def _signals(waits: Waits, line: records.Line, now: datetime) -> list[Signal]:
    return sorted(waits.of(line, local_day(now, line.time_zone)), key=urgency, reverse=True)


def _row(
    line: records.Line, signals: Sequence[Signal], renewal: Renewal | None, waits: Waits, now: datetime
) -> PortfolioRow:
    return PortfolioRow(
        id=line.id,
        name=line.name,
        country=line.country,
        rep_id=line.rep_id,
        rep=line.rep,
        today=local_day(now, line.time_zone),
        signals=tuple(signals),
        renewal=renewal,
        open=sum(
            (Money(one.rest, line.currency) for one in waits.invoices.get(line.id, ())), zero(line.currency)
        ),
    )


def _wanted(session: Session, wish: Wish) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = []
    if wish.search.strip():
        wanted.append(account_names.named(session, wish.search))
    if wish.rep_id is not None:
        wanted.append(Account.rep_id == wish.rep_id)
    return wanted


def _renewals(session: Session, account_ids: list[int]) -> dict[int, Renewal]:
    """The next one of each account."""
    found: dict[int, Renewal] = {}
    for one in records.next_renewals(session, account_ids):
        found.setdefault(one.account_id, Renewal(one.product, one.ends_on, one.pending_cancellation))
    return found


def _key(text: str) -> tuple[int | None, int]:
    """The rank and the account a page ended with; a key that is none begins at the top."""
    above, _, last = text.partition("-")
    if not (above.isascii() and above.isdigit() and last.isascii() and last.isdigit()):
        return None, 0
    return (int(above), int(last)) if max(len(above), len(last)) < 10 else (None, 0)


def _name(session: Session, staff: Staff, account_id: int) -> tuple[str, int] | None:
    found = records.lines_of(session, sa.and_(is_of(staff), Account.id == account_id))
    return (found[0].name, account_id) if found else None


def _many(ids: list[int]) -> sa.BindParameter[list[int]]:
    """Numbers for an IN, written out: databases take only so many parameters."""
    return sa.bindparam("ids", ids, expanding=True, literal_execute=True)
