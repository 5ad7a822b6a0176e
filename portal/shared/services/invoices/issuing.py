"""Documents about money: one for every order, numbered without gap, settled in the ledger's own movements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.money import Money, zero
from portal.shared.domain.summary import OrderSummary, SummaryLine
from portal.shared.records.accounts import Account
from portal.shared.records.in_bulk import insert_row, insert_rows
from portal.shared.records.invoices import (
    Invoice,
    InvoiceLine,
    Settlement,
    invoices_of,
    unpaid_amounts,
    written_off_invoices,
)
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment, kind_of_method
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.services import ledger
from portal.shared.services.invoices import recipients as invoice_recipients
from portal.shared.services.taxes.buyers import buyer_of
from portal.shared.services.webhooks.telling import told_when_paid

# The kind of the movement that periods without an order make.
PERIOD_BILLED = "period-billed"
_OF_A_SETTLEMENT = ("account_id", "invoice_id", "movement_id", "source", "amount_minor", "at")


class UnsettledError(RuntimeError):
    """The books and the confirmed summary disagree; the transaction must not be committed."""


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A document as lists show it. `open` is what is still to be paid."""

    name: str
    kind: str
    issued_on: date
    due_on: date
    total: Money
    open: Money
    written_off: bool = False


@dataclass(slots=True)
class _Source:
    """Money that settles something: from a credit, the balance, or cash."""

    source: str
    movement_id: int
    left: int


def latest(session: Session, account_id: int, limit: int = 20) -> list[InvoiceView]:
    """The account's last documents, newest first."""
    rests = unpaid_amounts(session, account_id)
    lost = set(session.scalars(written_off_invoices(account_id)))
    return [
        InvoiceView(
            name=row.name,
            kind=row.kind,
            issued_on=row.issued_on,
            due_on=row.due_on,
            total=Money(row.total_minor, row.currency),
            open=Money(rests.get(row.id, 0), row.currency),
            written_off=row.id in lost,
        )
        for row in invoices_of(session, account_id, limit)
    ]


def issue(
    session: Session,
    account: Account,
    summary: OrderSummary,
    order_id: int | None,
    due_on: date,
    *,
    issued_on: date | None = None,
    purchase_order: PurchaseOrderRow | None = None,
    correction: tuple[Invoice, str] | None = None,
) -> Invoice:
    """Write the numbered document of a summary with its lines. The caller holds the account's lock.

    A `correction` names the invoice that was wrong, and the reason; it stands on that one's purchase order.

    It is issued on the day of the summary unless another one is given: a quote was computed before it was accepted.
    """
    if correction is not None:
        billed_on = correction[0].purchase_order_id, correction[0].purchase_order_number
    else:
        billed_on = (purchase_order.id, purchase_order.number) if purchase_order else (None, "")
    account.last_invoice_number += 1
    invoice = Invoice(
        account_id=account.id,
        order_id=order_id,
        **numbered(account, account.last_invoice_number),
        issued_on=issued_on or summary.today,
        due_on=due_on,
        purchase_order_id=billed_on[0],
        purchase_order_number=billed_on[1],
        corrects_id=correction[0].id if correction else None,
        reason=correction[1] if correction else "",
        **figures(summary),
    )
    session.add(invoice)
    session.flush()
    _write_lines(session, account, summary, invoice)
    return invoice


def numbered(account: Account, number: int) -> dict[str, Any]:
    """What a document takes from its account: its place in the series, and who buys."""
    return {
        "number": number,
        "name": named(account, number),
        "buyer": buyer_of(account),
    }


def named(account: Account, number: int) -> str:
    """The name of a document in the series of its account."""
    return f"{account.invoice_series}-{number:06d}"


def figures(summary: OrderSummary) -> dict[str, Any]:
    """What a document takes from its summary: its kind and its sums."""
    return {
        "kind": "credit_note" if summary.total.minor < 0 else "invoice",
        "currency": summary.total.currency,
        "subtotal_minor": summary.subtotal.minor,
        "tax_minor": summary.tax_total.minor,
        "total_minor": summary.total.minor,
    }


def told_by(line: SummaryLine) -> dict[str, Any]:
    """What a document's line takes from the summary's, wherever it stands."""
    return {
        "kind": line.kind,
        "product": line.product,
        "plan_id": line.plan_id,
        "seats": line.seats,
        "unit_minor": line.unit.minor,
        "service_start": line.service.start,
        "service_end": line.service.end,
        "days": line.days,
        "of_days": line.of_days,
        "amount_minor": line.amount.minor,
        "tax_name": line.tax_rate.name,
        "tax_millionths": line.tax_rate.millionths,
        "tax_minor": line.tax.minor,
        "tax_kind": line.tax_kind,
        "exemption": line.exemption,
    }


def billed(summary: OrderSummary) -> dict[str, Money]:
    """What a document moves: from sales and tax to what the account owes."""
    return {"receivable": summary.total, "sales": -summary.subtotal, "tax": -summary.tax_total}


def _write_lines(session: Session, account: Account, summary: OrderSummary, invoice: Invoice) -> None:
    """Write the lines in their order, which is that of their numbers.

    A credit that is said again is one of the line that took the place of its own.
    """
    successors: dict[int | None, int] = {}
    rows: list[dict[str, Any]] = []
    for position, line in enumerate(summary.lines, start=1):
        said_again = line.takes_place_of is not None
        row = {
            "account_id": account.id,
            "invoice_id": invoice.id,
            "subscription_id": line.subscription_id,
            "position": position,
            "credits_line": successors[line.credits_line]
            if said_again and line.credits_line
            else line.credits_line,
            "takes_place_of": line.takes_place_of,
            **told_by(line),
        }
        if said_again:
            _write_rows(session, rows)
            rows.clear()
            successors[line.takes_place_of] = insert_row(session, InvoiceLine, row)
        else:
            rows.append(row)
    _write_rows(session, rows)


def _write_rows(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        insert_rows(session, InvoiceLine, tuple(rows[0]), [tuple(one.values()) for one in rows])


def bill(session: Session, account: Account, order: Order, summary: OrderSummary, now: datetime) -> Invoice:
    """Write the document of a placed order, post its movements, and settle it and what its credit lowers.

    What is due stays open where the account pays by invoice; a card has paid it otherwise.
    """
    day = local_day(order.created_at, account.time_zone)
    invoice = issue(
        session,
        account,
        summary,
        order.id,
        day + timedelta(days=order.due_days or 0),
        issued_on=day,
        purchase_order=_purchase_order(session, order),
    )
    on_account = order.due_days is not None
    _post_and_settle(
        session,
        account,
        summary,
        invoice,
        "order-billed",
        now,
        pay=None if on_account else lambda: _pay(session, account, order, summary, invoice, now),
    )
    invoice_recipients.tell(session, account, invoice, now)
    return invoice


def bill_period(
    session: Session,
    account: Account,
    summary: OrderSummary,
    due_on: date,
    issued_on: date,
    purchase_order: PurchaseOrderRow | None,
    now: datetime,
) -> Invoice:
    """Write the document of periods that begin without an order. The balance pays first; the rest stays open."""
    invoice = issue(
        session, account, summary, None, due_on, issued_on=issued_on, purchase_order=purchase_order
    )
    _post_and_settle(session, account, summary, invoice, PERIOD_BILLED, now, pay=None)
    invoice_recipients.tell(session, account, invoice, now)
    return invoice


def correct(
    session: Session,
    account: Account,
    summary: OrderSummary,
    wrong: Invoice,
    reason: str,
    now: datetime,
    *,
    contacts_know: bool = False,
) -> Invoice:
    """Write the credit note that corrects an invoice: it lowers what is unpaid of it, and the rest is kept.

    Where `contacts_know`, the caller brings it to the billing contacts. The caller holds the account's lock.
    """
    note = issue(session, account, summary, None, summary.today, correction=(wrong, reason))
    _post_and_settle(session, account, summary, note, "credit-note", now, pay=None)
    invoice_recipients.tell(session, account, note, now, also_online=True, contacts_know=contacts_know)
    return note


def _post_and_settle(
    session: Session,
    account: Account,
    summary: OrderSummary,
    invoice: Invoice,
    kind: str,
    now: datetime,
    *,
    pay: Callable[[], int] | None,
) -> None:
    """Post the movements of a document, and settle it and what its credit lowers; without `pay` the rest stays open."""
    movement = _post(session, kind, billed(summary), invoice, now)
    used = {"balance": summary.balance_used, "receivable": -summary.balance_used}
    from_balance = _post(session, "balance-used", used, invoice, now)
    due = summary.total_due.minor
    sources = [
        _Source("credit", movement, max(0, -summary.total.minor)),
        _Source("balance", from_balance, summary.balance_used.minor),
        _Source("cash", pay() if pay else 0, due if pay else 0),
    ]
    sinks = [(relief.invoice_id, relief.amount.minor) for relief in summary.reliefs]
    sinks.append((invoice.id, max(0, summary.total.minor)))
    if _settle(session, account.id, sources, sinks, now) != (0 if pay else due):
        raise UnsettledError("an invoice the summary settles did not get its money")
    kept = Money(sum(source.left for source in sources), account.currency)
    _post(session, "credit-kept", {"receivable": kept, "balance": -kept}, invoice, now)
    expected = summary.balance_after - summary.balance_before + summary.balance_used
    if kept != expected:
        raise UnsettledError("what is left over is not what the summary promised to keep")


def _purchase_order(session: Session, order: Order) -> PurchaseOrderRow | None:
    if order.purchase_order_id is None:
        return None
    return session.get_one(PurchaseOrderRow, order.purchase_order_id)


def _post(session: Session, kind: str, entries: dict[str, Money], invoice: Invoice, now: datetime) -> int:
    if not any(entries.values()):
        return 0
    return ledger.post(
        session, invoice.account_id, kind, entries, now, order_id=invoice.order_id, invoice_id=invoice.id
    )


def _pay(
    session: Session, account: Account, order: Order, summary: OrderSummary, invoice: Invoice, now: datetime
) -> int:
    due = summary.total_due
    if due == zero(account.currency):
        return 0
    assert order.payment_method_id is not None, "something was due, so a method was chosen"
    payment = {
        "account_id": account.id,
        "kind": kind_of_method(session, order.payment_method_id),
        "order_id": order.id,
        "payment_method_id": order.payment_method_id,
        "processor_reference": order.processor_reference or "",
        "currency": due.currency,
        "amount_minor": due.minor,
        "at": now,
    }
    insert_row(session, Payment, payment)
    return _post(session, "payment-received", {"cash": due, "receivable": -due}, invoice, now)


def _settle(
    session: Session,
    account_id: int,
    sources: Sequence[_Source],
    sinks: Sequence[tuple[int, int]],
    now: datetime,
) -> int:
    """Pour the sources, in their order, into the sinks, in theirs, and say what the sinks still miss.

    One settlement for each meeting.
    """
    open_rest, rows = 0, []
    for invoice_id, wanted in sinks:
        missing = wanted
        for source in sources:
            amount = min(source.left, missing)
            if amount == 0:
                continue
            source.left -= amount
            missing -= amount
            rows.append((account_id, invoice_id, source.movement_id, source.source, amount, now))
            told_when_paid(session, account_id, invoice_id)
        open_rest += missing
    insert_rows(session, Settlement, _OF_A_SETTLEMENT, rows)
    return open_rest
