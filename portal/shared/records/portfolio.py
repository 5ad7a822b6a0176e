"""What waits at many accounts at once: one statement a question, whatever the number of accounts.

Each question takes `which`, a condition about `Account`, and answers for all accounts that it lets through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import UNANSWERED
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, StillOpen
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.quotes import Quote
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.tax_exemptions import TaxExemption

Which = sa.ColumnElement[bool]
_WAITING_QUOTES = (str(QuoteState.SENT), str(QuoteState.AWAITING_APPROVAL))
_Question = sa.Select[*tuple[Any, ...]]
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class WaitingQuote:
    """A quote the account has not answered, or a manager has not approved."""

    account_id: int
    id: int
    number: int
    state: QuoteState
    valid_until: date | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingRequests:
    """How many requests of an account have no answer, since when, and which is the oldest, by number and id."""

    account_id: int
    count: int
    since: datetime
    number: int
    id: int


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that is not wholly settled; `rest` in minor units."""

    account_id: int
    name: str
    due_on: date
    rest: int


@dataclass(frozen=True, slots=True)
class RunningOut:
    """A purchase order in use, with what was billed on it in minor units, with tax."""

    account_id: int
    number: str
    valid_from: date
    valid_to: date | None
    authorised: int | None
    used: int


@dataclass(frozen=True, slots=True)
class ComingEnd:
    """A bought subscription and the day its running period or its contract ends."""

    account_id: int
    product: str
    ends_on: date
    pending_cancellation: bool


@dataclass(frozen=True, slots=True)
class ExemptionEnds:
    """An exemption from tax that holds, or will, and its last day."""

    account_id: int
    document: str
    valid_to: date


@dataclass(frozen=True, slots=True)
class Line:
    """An account as lists show it."""

    id: int
    name: str
    type: str
    currency: str
    country: str
    time_zone: str
    expired_on: date | None
    rep_id: int | None
    rep: str


def waiting_quotes(session: Session, which: Which) -> Sequence[WaitingQuote]:
    """Which quotes wait for an answer or an approval? Some may be past their day."""
    question = (
        sa.select(Quote.account_id, Quote.id, Quote.number, Quote.state, Quote.valid_until, Quote.changed_at)
        .join(Account, Account.id == Quote.account_id)
        .where(which, _from_the_accounts(Quote.state).in_(_WAITING_QUOTES))
        .order_by(Quote.id)
    )
    return _told(session, WaitingQuote, question)


def waiting_requests(session: Session, which: Which) -> Sequence[WaitingRequests]:
    """At which accounts do requests wait? Looked for at each account, not in all that wait everywhere."""
    question = (
        sa.select(
            Request.account_id,
            sa.func.count(),
            sa.func.min(Request.created_at),
            sa.func.min(Request.number),
            sa.func.min(Request.id),
        )
        .join(Account, Account.id == Request.account_id)
        .where(which, _from_the_accounts(Request.state).in_([str(one) for one in UNANSWERED]))
        .group_by(Request.account_id)
    )
    return _told(session, WaitingRequests, question)


def open_invoices(session: Session, which: Which) -> Sequence[OpenInvoice]:
    """Which invoices are not wholly settled, the first due first?"""
    question = (
        sa.select(StillOpen.account_id, Invoice.name, StillOpen.due_on, StillOpen.rest_minor)
        .join(Account, Account.id == StillOpen.account_id)
        .join(
            Invoice, sa.and_(Invoice.account_id == StillOpen.account_id, Invoice.id == StillOpen.invoice_id)
        )
        .where(which)
        .order_by(StillOpen.due_on, StillOpen.invoice_id)
    )
    return _told(session, OpenInvoice, question)


def purchase_orders_in_use(session: Session, which: Which) -> Sequence[RunningOut]:
    """Which purchase orders are not closed, and how much of each is used?"""
    used = sa.cast(sa.func.coalesce(sa.func.sum(Invoice.total_minor), 0), sa.BigInteger)
    row = PurchaseOrderRow
    question = (
        sa.select(row.account_id, row.number, row.valid_from, row.valid_to, row.authorised_minor, used)
        .join(Account, Account.id == row.account_id)
        .outerjoin(
            Invoice, sa.and_(Invoice.account_id == row.account_id, Invoice.purchase_order_id == row.id)
        )
        .where(which, row.closed_at.is_(None))
        .group_by(row.id)
        .order_by(row.id)
    )
    return _told(session, RunningOut, question)


def ends_coming(session: Session, which: Which, until: date) -> Sequence[ComingEnd]:
    """Which contracts and bought years end up to a day, the first first? Months renew too often to be news."""
    ends_on = sa.func.coalesce(SubscriptionRow.contract_end, SubscriptionRow.period_end)
    question = (
        _ends(ends_on)
        .join(Account, Account.id == SubscriptionRow.account_id)
        .where(
            which,
            ends_on <= until,
            sa.or_(SubscriptionRow.frequency == Frequency.ANNUAL, SubscriptionRow.contract_end.is_not(None)),
        )
    )
    return _told(session, ComingEnd, question)


def exemptions_not_over(session: Session, which: Which, today: date) -> Sequence[ExemptionEnds]:
    """Which exemptions from tax hold today, or begin later?"""
    question = (
        sa.select(TaxExemption.account_id, TaxExemption.document, TaxExemption.valid_to)
        .join(Account, Account.id == TaxExemption.account_id)
        .where(which, TaxExemption.ended_at.is_(None), TaxExemption.valid_to >= today)
        .order_by(TaxExemption.valid_to, TaxExemption.id)
    )
    return _told(session, ExemptionEnds, question)


def next_renewals(session: Session, account_ids: Iterable[int]) -> Sequence[ComingEnd]:
    """When do the running periods of these accounts end, the first first?"""
    question = _ends(SubscriptionRow.period_end).where(SubscriptionRow.account_id.in_(list(account_ids)))
    return _told(session, ComingEnd, question)


def _ends(ends_on: sa.SQLColumnExpression[Any]) -> _Question:
    return (
        sa.select(
            SubscriptionRow.account_id, SubscriptionRow.product, ends_on, SubscriptionRow.pending_cancellation
        )
        .where(SubscriptionRow.frequency.is_not(None), SubscriptionRow.ended_on.is_(None))
        .order_by(ends_on, SubscriptionRow.id)
    )


def _from_the_accounts(state: sa.SQLColumnExpression[Any]) -> sa.ColumnElement[str]:
    """A state as no index knows it: so what few accounts have is looked for there, not in all that waits everywhere."""
    return sa.type_coerce(state, sa.Text()).concat("")


def lines_of(session: Session, which: Which) -> Sequence[Line]:
    """Which accounts are these?"""
    return _told(session, Line, _lines().where(which))


def calm_lines(
    session: Session, which: Which, but: Iterable[int], after: tuple[str, int] | None, limit: int
) -> Sequence[Line]:
    """Which accounts come next by name, leaving some out?"""
    left_out: sa.BindParameter[Any] = sa.bindparam(
        "left_out", list(but), expanding=True, literal_execute=True
    )
    question = _lines().where(which, Account.id.not_in(left_out))
    if after is not None:
        question = question.where(
            sa.or_(Account.name > after[0], sa.and_(Account.name == after[0], Account.id > after[1]))
        )
    question = question.order_by(Account.name, Account.id).limit(limit)
    return _told(session, Line, question)


def expired_ids(session: Session, which: Which, today: date) -> Sequence[int]:
    """At which accounts is everything but renewing closed?"""
    return session.scalars(sa.select(Account.id).where(which, Account.expired_on <= today)).all()


def _lines() -> _Question:
    return sa.select(
        Account.id,
        Account.name,
        Account.type,
        Account.currency,
        Account.country,
        Account.time_zone,
        Account.expired_on,
        Account.rep_id,
        sa.func.coalesce(Person.name, ""),
    ).outerjoin(Person, Person.id == Account.rep_id)


def _told(session: Session, kind: Callable[..., _Answer], question: _Question) -> list[_Answer]:
    """One answer a row; its fields stand in the order of the columns."""
    return [kind(*row) for row in session.execute(question)]
