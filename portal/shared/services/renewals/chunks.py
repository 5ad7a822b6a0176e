"""Renewing many plain accounts in one transaction: a few questions for all of them, and every table written once.

A chunk is written as a whole or not at all, under the locks of its accounts, so that it may be broken off anywhere and
begun again; what it leaves alone is renewed account by account.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records import renewal_chunks as records
from portal.shared.records.in_bulk import insert_rows, new_numbers
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.renewals import Collection, Renewal
from portal.shared.services import activity, ledger
from portal.shared.services.invoices import issuing
from portal.shared.services.invoices import recipients as invoice_recipients
from portal.shared.services.invoices.recipients import Issued
from portal.shared.services.renewals.plain import STANDSTILL, UNUSUAL, Known, Plain, Rules
from portal.shared.services.taxes.buyers import buyer_text
from portal.shared.services.webhooks import telling
from portal.shared.services.webhooks.telling import PeriodsBegun

_NUMBERED = ("number", "name", "buyer")
_FIGURES = ("kind", "currency", "subtotal_minor", "tax_minor", "total_minor")
_OF_A_LINE = (
    *("kind", "product", "plan_id", "seats", "unit_minor", "service_start", "service_end", "days", "of_days"),
    *("amount_minor", "tax_name", "tax_millionths", "tax_minor", "tax_kind", "exemption"),
)


@dataclass(frozen=True, slots=True)
class Renewed:
    """Periods that began on one day, and their document."""

    account_id: int
    invoice: str
    subscriptions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chunk:
    """What became of the accounts of a chunk.

    `others` are to be renewed one by one; `busy` were held by somebody else at that moment.
    """

    renewed: Sequence[Renewed]
    others: Sequence[int]
    busy: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Found:
    """A plain account: its row, the subscriptions that renew, what they charge, and the day where it lives."""

    account: Any
    due: Sequence[Any]
    plain: Plain
    today: date
    number: int
    name: str

    @property
    def due_on(self) -> date:
        return self.today + timedelta(days=self.account.invoice_terms_days or 0)


@contextmanager
def _collector_resting() -> Iterator[None]:
    """Let Python not look for circles among a hundred thousand values that make none, and are gone after the chunk."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()


@_collector_resting()
def renew_chunk(
    session: Session,
    seller: SellerTaxes,
    now: datetime,
    account_ids: Sequence[int],
    known: Known,
    *,
    patiently: bool = False,
) -> Chunk:
    """Renew the plain ones of these accounts, and say which are left.

    `patiently` waits for accounts that somebody else holds; otherwise they are passed by.
    """
    accounts = records.locked_accounts(session, account_ids, patiently=patiently)
    locked = [account.id for account in accounts]
    busy = sorted(set(account_ids).difference(locked))
    if not locked:
        return Chunk((), (), busy)
    subscriptions: dict[int, list[Any]] = defaultdict(list)
    for row in records.subscriptions_among(session, locked):
        subscriptions[row[0]].append(row)
    special = records.special_among(session, locked)
    rules, days = Rules(session, seller, known), _Days(now)
    found: list[_Found] = []
    others: list[int] = []
    for account in accounts:
        today, rows = days.of(account.time_zone), subscriptions[account.id]
        usual = account.id not in special and account.expired_on is None
        decision = rules.decide(account, rows, today) if usual else UNUSUAL
        if isinstance(decision, Plain):
            due = [rows[place] for place in decision.due]
            number = account.last_invoice_number + 1
            name = issuing.named(account, number)
            found.append(_Found(account, due, decision, today, number, name))
        elif decision is not STANDSTILL:
            others.append(account.id)
    if found:
        _write(session, found, now)
    renewed = [Renewed(one.account.id, one.name, tuple([row.id for row in one.due])) for one in found]
    return Chunk(renewed, others, busy)


class _Days:
    """Which day it is where accounts live, asked once for each place."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[str, date] = {}

    def of(self, time_zone: str) -> date:
        if time_zone not in self._known:
            self._known[time_zone] = local_day(self._now, time_zone)
        return self._known[time_zone]


def _write(session: Session, found: Sequence[_Found], now: datetime) -> None:
    """Everything that the periods of these accounts leave in the books, table by table."""
    invoices = new_numbers(session, Invoice, len(found))
    pairs = list(zip(found, invoices, strict=True))
    insert_rows(
        session,
        Invoice,
        ("id", "account_id", "issued_on", "due_on", *_NUMBERED, *_FIGURES),
        [
            (
                invoice,
                one.account.id,
                one.today,
                one.due_on,
                one.number,
                one.name,
                buyer_text(one.account),
                *one.plain.figures.values(),
            )
            for one, invoice in pairs
        ],
    )
    insert_rows(
        session,
        InvoiceLine,
        ("account_id", "invoice_id", "subscription_id", "position", *_OF_A_LINE),
        [
            (one.account.id, invoice, row.id, place, *line)
            for one, invoice in pairs
            for place, (row, line) in enumerate(zip(one.due, one.plain.lines, strict=True), start=1)
        ],
    )
    movements = [(one.account.id, invoice, one.plain.moved) for one, invoice in pairs]
    ledger.post_many(session, issuing.PERIOD_BILLED, movements, now)
    insert_rows(
        session,
        Renewal,
        ("account_id", "subscription_id", "invoice_id", "period_start", "at"),
        [
            (one.account.id, row.id, invoice, item.period.start, now)
            for one, invoice in pairs
            for row, item in zip(one.due, one.plain.summary.items, strict=True)
        ],
    )
    insert_rows(
        session,
        Collection,
        ("account_id", "invoice_id", "due_on", "next_try_on", "changed_at"),
        [
            (one.account.id, invoice, one.today, one.today, now)
            for one, invoice in pairs
            if one.account.invoice_terms_days is None
        ],
    )
    records.begin_periods(
        session,
        [
            (item.after.unit.minor, item.period.start, item.period.end, row.id)
            for one in found
            for row, item in zip(one.due, one.plain.summary.items, strict=True)
        ],
    )
    _tell(session, pairs, now)
    ids = [one.account.id for one in found]
    details = [{"invoice": one.name, "subscriptions": [row.id for row in one.due]} for one in found]
    activity.record_for_locked(session, ids, "renewed", details, now)
    records.count_invoices_on(session, ids)


def _tell(session: Session, pairs: Sequence[tuple[_Found, int]], now: datetime) -> None:
    """Mail the documents of corporate accounts, and tell other systems."""
    documents = [
        Issued(one.account, invoice, one.name) for one, invoice in pairs if one.account.type == "corporate"
    ]
    if documents:
        invoice_recipients.tell_many(session, documents, now)
    ids = [one.account.id for one, _ in pairs]
    telling.tell_of_periods(session, ids, lambda: (_begun(one) for one, _ in pairs), now)


def _begun(one: _Found) -> PeriodsBegun:
    total = one.plain.summary.total
    return PeriodsBegun(
        one.account.id,
        telling.about_document(one.name, total.currency, total.minor, one.today, one.due_on),
        [
            telling.about_subscription(row, item.period.end)
            for row, item in zip(one.due, one.plain.summary.items, strict=True)
        ],
    )
