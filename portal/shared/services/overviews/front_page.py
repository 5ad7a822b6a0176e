"""What waits for the billing contact of a corporate account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import Warned
from portal.shared.domain.quotes import OPEN_QUOTE, state_on
from portal.shared.domain.summary import from_plain
from portal.shared.records.invoices import invoices_by_id, unpaid_amounts
from portal.shared.records.quotes import sent_quotes_of
from portal.shared.services import requests
from portal.shared.services.accounts import AccountView
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.services.requests import RequestView

# An answer is news for so long.
NEWS_DAYS = 14


@dataclass(frozen=True, slots=True)
class QuoteToAnswer:
    """A quote that can be accepted or rejected up to its last day."""

    number: int
    valid_until: date
    days_left: int
    total: Money


@dataclass(frozen=True, slots=True)
class InvoiceToPay:
    """An invoice that is not wholly settled; `days` to its day, below zero when that is past."""

    name: str
    open: Money
    due_on: date
    days: int


@dataclass(frozen=True, slots=True)
class ForTheContact:
    """What waits, a list a kind, what ends first on top."""

    quotes: Sequence[QuoteToAnswer]
    invoices: Sequence[InvoiceToPay]
    purchase_orders: Sequence[PurchaseOrderView]
    answered: Sequence[RequestView]


def for_the_contact(session: Session, account: AccountView, now: datetime) -> ForTheContact:
    """What a billing contact should see first; so many statements, however much there is."""
    return ForTheContact(
        quotes=_quotes(session, account),
        invoices=_invoices(session, account),
        purchase_orders=_running_out(purchase_orders.of_account(session, account.id, now), account.today),
        answered=[
            one
            for one in requests.of_account(session, account.id)
            if one.answered_at is not None and one.answered_at > now - timedelta(days=NEWS_DAYS)
        ],
    )


def _quotes(session: Session, account: AccountView) -> list[QuoteToAnswer]:
    found = [
        QuoteToAnswer(
            row.number,
            row.valid_until,
            (row.valid_until - account.today).days,
            from_plain(row.summary).total,
        )
        for row in sent_quotes_of(session, account.id)
        if row.valid_until is not None
        and row.summary is not None
        and state_on(row.state, row.valid_until, account.today) is OPEN_QUOTE
    ]
    return sorted(found, key=lambda one: (one.valid_until, one.number))


def _invoices(session: Session, account: AccountView) -> list[InvoiceToPay]:
    rests = unpaid_amounts(session, account.id)
    rows = sorted(invoices_by_id(session, account.id, rests).values(), key=lambda row: (row.due_on, row.id))
    return [
        InvoiceToPay(
            row.name, Money(rests[row.id], row.currency), row.due_on, (row.due_on - account.today).days
        )
        for row in rows
    ]


def _running_out(found: Sequence[PurchaseOrderView], today: date) -> list[PurchaseOrderView]:
    """Those that warn; one past its day only where no other has taken its place."""
    valid = [one for one in found if not one.closed and one.begun]
    covered = any(one.valid_to is None or today <= one.valid_to for one in valid)
    return [one for one in valid if one.warnings and not (covered and Warned.PAST_ITS_DAY in one.warnings)]
