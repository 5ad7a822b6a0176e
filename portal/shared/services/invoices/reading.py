"""Documents as people read them: one with its lines and what settled it, or many that were looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.invoices import InvoiceState, state_of
from portal.shared.domain.money import Money, zero
from portal.shared.domain.summary import SummaryLine
from portal.shared.domain.taxes import TaxRate
from portal.shared.records import invoice_reading as records
from portal.shared.records.accounts import account_by_id
from portal.shared.records.invoice_reading import LineAsWritten, SettlementAsWritten, Wish
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.records.people import Person
from portal.shared.services import accounts
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.taxes.buyers import buyer_of

__all__ = [
    "InvoiceHead",
    "InvoiceState",
    "InvoiceWhole",
    "Page",
    "SettledPart",
    "Wish",
    "invoice_of",
    "search",
]

A_PAGE = 20


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """A document as lists show it. `open` is what is still to be paid."""

    number: int
    name: str
    kind: str
    issued_on: date
    due_on: date
    purchase_order: str
    total: Money
    open: Money
    state: InvoiceState


@dataclass(frozen=True, slots=True)
class SettledPart:
    """What settled a part: cash (with how it came), the balance, a credit (with the document that gave it), or nobody.

    `with_order` says that it happened together with the document itself, and so stands on it.
    """

    source: str
    amount: Money
    at: datetime
    kind: str
    card: str
    reference: str
    by_invoice: str
    with_order: bool


@dataclass(frozen=True, slots=True)
class InvoiceWhole:
    """A document with everything it says and all that became of it."""

    id: int
    account_id: int
    account_type: str
    time_zone: str
    language: str
    head: InvoiceHead
    buyer: Mapping[str, Any]
    reason: str
    lines: tuple[SummaryLine, ...]
    credited_documents: tuple[str, ...]
    subtotal: Money
    tax: Money
    settlements: tuple[SettledPart, ...]
    # Both names of an order that needed an approval; empty where it did not.
    asked_by: str = ""
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Documents that were looked for; `older` is the wish's `before` for the next page, none on the last one."""

    rows: tuple[InvoiceHead, ...]
    older: int | None


def invoice_of(session: Session, account_id: int, name: str, now: datetime) -> InvoiceWhole | None:
    """A document of an account by its name; another account's is none.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    row = records.invoice_named(session, account_id, name)
    if row is None:
        return None
    lines = records.lines_of(session, account_id, row.id)
    settlements = _settled_parts(session, row)
    done = sum((part.amount.minor for part in settlements), 0)
    given_up = any(part.source == "written_off" for part in settlements)
    credited = (line.credited_invoice for line in lines if line.credited_invoice not in (None, row.name))
    asked_by, approved_by = _approved(session, row)
    return InvoiceWhole(
        id=row.id,
        account_id=account_id,
        account_type=account.type,
        time_zone=account.time_zone,
        language=account.language,
        head=_head(row, done, accounts.today(account, now), written_off=given_up),
        buyer=row.buyer or buyer_of(account),
        reason=row.reason,
        lines=tuple(_line(line, row.currency) for line in lines),
        credited_documents=tuple(dict.fromkeys(credited)),
        subtotal=Money(row.subtotal_minor, row.currency),
        tax=Money(row.tax_minor, row.currency),
        settlements=settlements,
        asked_by=asked_by,
        approved_by=approved_by,
    )


def search(session: Session, account_id: int, wish: Wish, now: datetime) -> Page:
    """The documents of an account that are looked for, newest first, a page at a time.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    today = accounts.today(account, now)
    found = records.invoices_like(session, account_id, wish, today, A_PAGE + 1)
    rows = tuple(_head(row, done, today, written_off=given_up) for row, done, given_up in found[:A_PAGE])
    return Page(rows, rows[-1].number if len(found) > A_PAGE else None)


def _head(row: Invoice, done: int, today: date, *, written_off: bool) -> InvoiceHead:
    total = Money(row.total_minor, row.currency)
    return InvoiceHead(
        number=row.number,
        name=row.name,
        kind=row.kind,
        issued_on=row.issued_on,
        due_on=row.due_on,
        purchase_order=row.purchase_order_number,
        total=total,
        open=zero(row.currency) if row.kind == "credit_note" else Money(total.minor - done, row.currency),
        state=state_of(row.kind, row.total_minor, done, row.due_on, today, written_off=written_off),
    )


def _approved(session: Session, row: Invoice) -> tuple[str, str]:
    """Who asked for the order of a document, and who approved it."""
    order = session.get(Order, row.order_id) if row.order_id is not None else None
    if order is None or order.approved_by is None:
        return "", ""
    return session.get_one(Person, order.placed_by).name, session.get_one(Person, order.approved_by).name


def _line(written: LineAsWritten, currency: str) -> SummaryLine:
    """The line as the summary that made it had it."""
    row = written.line
    unit = Money(row.unit_minor, currency)
    base = unit * row.seats if written.credited_minor is None else Money(written.credited_minor, currency)
    return SummaryLine(
        kind=row.kind,
        subscription_id=row.subscription_id,
        product=row.product,
        plan_id=row.plan_id,
        seats=row.seats,
        unit=unit,
        base=base,
        service=Period(row.service_start, row.service_end),
        days=row.days,
        of_days=row.of_days,
        amount=Money(row.amount_minor, currency),
        tax_rate=TaxRate(row.tax_name, row.tax_millionths),
        tax=Money(row.tax_minor, currency),
        credits_line=row.credits_line,
        tax_kind=row.tax_kind,
        exemption=row.exemption,
        takes_place_of=row.takes_place_of,
    )


def _settled_parts(session: Session, invoice: Invoice) -> tuple[SettledPart, ...]:
    written = records.settlements_of(session, invoice.account_id, invoice.id)
    cash = [one for one in written if one.settlement.source == "cash"]
    orders = {one.order_id for one in cash if one.order_id is not None}
    instants = {one.settlement.at for one in cash}
    payments = records.payments_behind(session, invoice.account_id, orders, instants)
    billed = records.billed_at(session, invoice.account_id, invoice.id)
    return tuple(_part(one, invoice, payments, billed) for one in written)


def _part(
    written: SettlementAsWritten,
    invoice: Invoice,
    payments: list[tuple[Payment, PaymentMethod | None]],
    billed: datetime | None,
) -> SettledPart:
    row = written.settlement
    payment, method = None, None
    if row.source == "cash":
        payment, method = next(
            (
                pair
                for pair in payments
                if pair[0].order_id == written.order_id
                and (written.order_id is not None or pair[0].at == row.at)
            ),
            (None, None),
        )
    other = written.by_invoice if written.by_invoice != invoice.name else None
    return SettledPart(
        source=row.source,
        amount=Money(row.amount_minor, invoice.currency),
        at=row.at,
        kind=payment.kind if payment else "",
        card=f"{method.brand} •••• {method.last4}" if method else "",
        reference=payment.reference if payment else "",
        by_invoice=(other or "") if row.source == "credit" else "",
        with_order=_came_with(written, invoice, billed),
    )


def _came_with(written: SettlementAsWritten, invoice: Invoice, billed: datetime | None) -> bool:
    """Whether it settled the document when it was issued: its order did, or, without one, the balance it drew on."""
    if invoice.order_id is not None:
        return written.order_id == invoice.order_id
    row = written.settlement
    return row.source == "balance" and row.at == billed and written.by_invoice == invoice.name
