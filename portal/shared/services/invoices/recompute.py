"""Proving a document from the history: every line is computed again from what it says it was computed from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.calendar import Period
from portal.shared.domain.money import Money, zero
from portal.shared.domain.proration import ChargedLine, charge, credit
from portal.shared.domain.summary import LineKind, OpenLine, credited_tax
from portal.shared.domain.taxes import MILLION, TaxRate
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.orders import Order


class UnknownInvoiceError(LookupError):
    """There is no document of this name."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of a document that its history does not give. `line` is its position, 0 for the totals."""

    line: int
    figure: str
    stands: int
    computed: int


def recompute(session: Session, name: str) -> list[Difference]:
    """Compute every line and the totals of a document again; an empty list says that all of it is equal.

    A charge is its price per seat, times the seats, times its days of the period. A credit is what the charged line
    it points back to had left, after every earlier credit, for the days it was not used; an allowance of our own people
    is what they said, and no more than was left. Tax follows the line.

    Raises:
        UnknownInvoiceError: there is no document of this name.
    """
    invoice = session.scalars(sa.select(Invoice).where(Invoice.name == name)).one_or_none()
    if invoice is None:
        raise UnknownInvoiceError(name)
    question = sa.select(InvoiceLine).where(
        InvoiceLine.account_id == invoice.account_id, InvoiceLine.invoice_id == invoice.id
    )
    lines = session.scalars(question.order_by(InvoiceLine.position)).all()
    found: list[Difference] = []
    for line in lines:
        amount, tax = _computed(session, invoice, line)
        found += _compare(
            line.position, {"amount": (line.amount_minor, amount), "tax": (line.tax_minor, tax)}
        )
    return found + _totals(invoice, lines)


def _computed(session: Session, invoice: Invoice, line: InvoiceLine) -> tuple[Money, Money]:
    if line.kind is LineKind.CREDIT:
        return _credit(session, invoice, line)
    service = Period(line.service_start, line.service_end)
    # Only the length of the whole period matters; the line keeps it, whichever days it began and ended on.
    period = Period(service.end - timedelta(days=line.of_days), service.end)
    amount = charge(Money(line.unit_minor, invoice.currency), line.seats, service, period).amount
    return amount, amount.share(line.tax_millionths, MILLION)


def _credit(session: Session, invoice: Invoice, line: InvoiceLine) -> tuple[Money, Money]:
    assert line.credits_line is not None, "the table keeps every credit pointing back"
    charged = session.get_one(InvoiceLine, line.credits_line)
    earlier = session.scalars(
        sa.select(InvoiceLine).where(
            InvoiceLine.account_id == line.account_id,
            InvoiceLine.credits_line == charged.id,
            InvoiceLine.id < line.id,
        )
    ).all()
    currency = invoice.currency
    whole = ChargedLine(
        Money(charged.amount_minor, currency),
        Period(charged.service_start, charged.service_end),
        Money(sum(one.amount_minor for one in earlier), currency),
        closed=any(one.days and one.service_end == charged.service_end for one in earlier),
    )
    # What was allowed is what somebody said, as far as the line had it left.
    allowed = min(line.amount_minor, whole.remainder.minor)
    # A credit that is said again was computed for the day its service begins on.
    day = _day(session, invoice) if line.takes_place_of is None else line.service_start
    amount = credit(whole, day).amount if line.days else Money(allowed, currency)
    open_line = OpenLine(
        id=charged.id,
        invoice_id=charged.invoice_id,
        plan_id=charged.plan_id,
        seats=charged.seats,
        unit=Money(charged.unit_minor, currency),
        charged=whole,
        tax_rate=TaxRate(charged.tax_name, charged.tax_millionths),
        tax=Money(charged.tax_minor, currency),
        tax_credited=Money(sum(one.tax_minor for one in earlier), currency),
        tax_kind=charged.tax_kind,
        exemption=charged.exemption,
    )
    return amount, credited_tax(open_line, amount)


def _day(session: Session, invoice: Invoice) -> date:
    """The day the document was computed for: of an order that begins later, its first day of service."""
    order = session.get(Order, invoice.order_id) if invoice.order_id is not None else None
    return date.fromisoformat(order.summary["today"]) if order is not None else invoice.issued_on


def _totals(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[Difference]:
    nothing = zero(invoice.currency)
    signed = [(1 if line.kind is LineKind.CHARGE else -1, line) for line in lines]
    net = sum((Money(sign * line.amount_minor, invoice.currency) for sign, line in signed), nothing)
    tax = sum((Money(sign * line.tax_minor, invoice.currency) for sign, line in signed), nothing)
    return _compare(
        0,
        {
            "subtotal": (invoice.subtotal_minor, net),
            "tax": (invoice.tax_minor, tax),
            "total": (invoice.total_minor, net + tax),
        },
    )


def _compare(position: int, figures: dict[str, tuple[int, Money]]) -> list[Difference]:
    return [
        Difference(position, figure, stands, computed.minor)
        for figure, (stands, computed) in figures.items()
        if stands != computed.minor
    ]
