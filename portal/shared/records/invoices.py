"""Invoices, their lines, and what settled them. All of it is appended and never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.shared.domain.summary import LineKind
from portal.shared.domain.taxes import TaxKind
from portal.shared.records.base import Base, index_where_told
from portal.shared.records.plain_rows import plain_rows, rows_of, rows_with


class Invoice(Base):
    """A numbered document: a request for payment, or a credit note when it is in the account's favour."""

    __tablename__ = "invoices"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.UniqueConstraint("account_id", "number"),
        sa.UniqueConstraint("order_id"),
        index_where_told("ix_invoices_purchase_order_id", "purchase_order_id"),
        index_where_told("ix_invoices_corrects_id", "corrects_id"),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id"), default=None)
    purchase_order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("purchase_orders.id"), default=None)
    # As printed: the purchase order itself may be corrected later.
    purchase_order_number: Mapped[str] = mapped_column(default="")
    # The document that a credit note of our staff corrects, and why.
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id"), default=None)
    reason: Mapped[str] = mapped_column(default="")
    # Name, address and VAT number of the account on the day of issue.
    buyer: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    number: Mapped[int]
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str]
    subtotal_minor: Mapped[int]
    tax_minor: Mapped[int]
    total_minor: Mapped[int]


class InvoiceLine(Base):
    """A charged line, or a credit that points back to one. Amounts are positive; the kind gives the sign."""

    __tablename__ = "invoice_lines"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "id"),
        sa.ForeignKeyConstraint(["account_id", "invoice_id"], ["invoices.account_id", "invoices.id"]),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "credits_line"], ["invoice_lines.account_id", "invoice_lines.id"]
        ),
        sa.CheckConstraint("(kind = 'credit') = (credits_line IS NOT NULL)", name="credit_points_back"),
        sa.CheckConstraint("amount_minor >= 0 AND tax_minor >= 0", name="amounts_positive"),
        sa.Index(
            "ix_invoice_lines_account_id_subscription_id", "account_id", "subscription_id", "service_end"
        ),
        sa.Index("ix_invoice_lines_invoice_id", "account_id", "invoice_id"),
        sa.ForeignKeyConstraint(
            ["account_id", "takes_place_of"], ["invoice_lines.account_id", "invoice_lines.id"]
        ),
        index_where_told("ix_invoice_lines_credits_line", "account_id", "credits_line"),
        index_where_told("ix_invoice_lines_takes_place_of", "takes_place_of", unique=True),
        sa.Index("ix_invoice_lines_tax_kind", "tax_kind", "account_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    invoice_id: Mapped[int]
    subscription_id: Mapped[int]
    position: Mapped[int]
    kind: Mapped[LineKind]
    credits_line: Mapped[int | None] = mapped_column(default=None)
    product: Mapped[str]
    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("plans.id"))
    seats: Mapped[int]
    unit_minor: Mapped[int]
    service_start: Mapped[date]
    service_end: Mapped[date]
    days: Mapped[int]
    of_days: Mapped[int]
    amount_minor: Mapped[int]
    tax_name: Mapped[str]
    tax_millionths: Mapped[int]
    tax_minor: Mapped[int]
    # Why it carries its tax; for an exemption the document that was seen.
    tax_kind: Mapped[TaxKind] = mapped_column(default=TaxKind.CHARGED)
    exemption: Mapped[str] = mapped_column(default="")
    # The line that this one says again with another tax; each at most once.
    takes_place_of: Mapped[int | None] = mapped_column(default=None)


class Settlement(Base):
    """A part of an invoice that was settled: by cash, from the balance, or by a credit that lowers it."""

    __tablename__ = "settlements"
    __table_args__ = (
        sa.ForeignKeyConstraint(["account_id", "invoice_id"], ["invoices.account_id", "invoices.id"]),
        sa.Index("ix_settlements_account_id_invoice_id", "account_id", "invoice_id"),
        sa.CheckConstraint("source IN ('cash', 'balance', 'credit', 'written_off')", name="source"),
        sa.CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    invoice_id: Mapped[int]
    movement_id: Mapped[int] = mapped_column(sa.ForeignKey("ledger_movements.id"))
    source: Mapped[str]
    amount_minor: Mapped[int]
    at: Mapped[datetime]


class StillOpen(Base):
    """What is still to be paid of an invoice; no row when it is wholly settled.

    The database keeps it by itself (migration 0020) from whatever is appended to `invoices` and `settlements`, so that
    nobody adds up an account's whole past to learn what is open. `ledger.verify` proves it against the books.
    """

    __tablename__ = "open_invoices"
    __table_args__ = (
        sa.Index("ix_open_invoices_account_type_due_on", "account_type", "due_on", "invoice_id"),
        {"sqlite_with_rowid": False},
    )

    account_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    invoice_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The account's, so that each desk finds its own.
    account_type: Mapped[str]
    due_on: Mapped[date]
    rest_minor: Mapped[int]


@dataclass(frozen=True, slots=True)
class LineOnTheBooks:
    """A charged line with what was credited of it so far, in minor units, and up to which day credits reach.

    `asked_for_by` is the document that asked for its money: for a line that says another one again, that one's.
    """

    line: InvoiceLine
    credited_minor: int
    tax_credited_minor: int
    credited_to: date | None
    asked_for_by: int


def lines_to_credit(
    session: Session, account_id: int, subscription_ids: Iterable[int], today: date
) -> list[LineOnTheBooks]:
    """Which charged lines of these subscriptions still pay for days to come, and what was credited of each?

    What was written off was never paid for, and gives nothing back.
    """
    of = {"account_id": account_id, "subscription_ids": tuple(subscription_ids), "today": today}
    return [
        one for one in _on_the_books(session, _TO_CREDIT, of) if one.credited_minor < one.line.amount_minor
    ]


def charged_lines_of(session: Session, account_id: int, invoice_id: int) -> list[LineOnTheBooks]:
    """What does a document charge, line by line, and what was credited of each line so far?"""
    return _on_the_books(session, _OF_A_DOCUMENT, {"account_id": account_id, "invoice_id": invoice_id})


def written_off_invoices(account_id: int) -> sa.Select[int]:
    """Which invoices of an account were written off, in whole or in part? A question to be asked within another."""
    return sa.select(Settlement.invoice_id).where(
        Settlement.account_id == account_id, Settlement.source == "written_off"
    )


def _on_the_books(
    session: Session, question: sa.Select[InvoiceLine, int, int, Any, int], of: Mapping[str, Any]
) -> list[LineOnTheBooks]:
    return [
        LineOnTheBooks(line, int(done), int(tax), reach, asked_for_by)
        for line, done, tax, reach, asked_for_by in rows_with(session, question, of)
    ]


_replaced = aliased(InvoiceLine)
_asked_for_by = sa.func.coalesce(
    sa.select(_replaced.invoice_id)
    .where(_replaced.account_id == InvoiceLine.account_id, _replaced.id == InvoiceLine.takes_place_of)
    .scalar_subquery(),
    InvoiceLine.invoice_id,
)


_credit = aliased(InvoiceLine)
_CHARGED: sa.Select[InvoiceLine, int, int, Any, int] = (
    sa.select(
        InvoiceLine,
        sa.func.coalesce(sa.func.sum(_credit.amount_minor), 0),
        sa.func.coalesce(sa.func.sum(_credit.tax_minor), 0),
        # A credit for days closes the line up to its end; an allowance shares no days, and closes nothing.
        sa.func.max(sa.case((_credit.days > 0, _credit.service_end))),
        _asked_for_by,
    )
    .outerjoin(
        _credit,
        sa.and_(_credit.account_id == InvoiceLine.account_id, _credit.credits_line == InvoiceLine.id),
    )
    .where(InvoiceLine.account_id == sa.bindparam("account_id"), InvoiceLine.kind == LineKind.CHARGE)
    .group_by(InvoiceLine.id)
    .order_by(InvoiceLine.id)
)
_ACCOUNT: Any = sa.bindparam("account_id")
_OF_A_DOCUMENT = _CHARGED.where(_asked_for_by == sa.bindparam("invoice_id"))
_TO_CREDIT = _CHARGED.where(
    InvoiceLine.subscription_id.in_(sa.bindparam("subscription_ids", expanding=True)),
    InvoiceLine.service_end > sa.bindparam("today"),
    _asked_for_by.not_in(written_off_invoices(_ACCOUNT)),
)


_UNPAID = sa.select(StillOpen.invoice_id, StillOpen.rest_minor).where(
    StillOpen.account_id == sa.bindparam("account_id")
)


def unpaid_amounts(session: Session, account_id: int) -> dict[int, int]:
    """Which invoices of an account are not wholly settled, and how much of each is open, in minor units?"""
    found = plain_rows(session, _UNPAID, {"account_id": account_id})
    return {row.invoice_id: row.rest_minor for row in found}


def invoices_of(session: Session, account_id: int, limit: int = 20) -> Sequence[Invoice]:
    """Which documents did an account get last?"""
    question = (
        sa.select(Invoice)
        .where(Invoice.account_id == account_id)
        .order_by(Invoice.number.desc())
        .limit(limit)
    )
    return session.scalars(question).all()


def invoices_by_id(session: Session, account_id: int, ids: Iterable[int]) -> dict[int, Invoice]:
    """Which invoices of this account have these ids?"""
    wanted = list(ids)
    if not wanted:
        return {}
    question = sa.select(Invoice).where(Invoice.account_id == account_id, Invoice.id.in_(wanted))
    return {invoice.id: invoice for invoice in session.scalars(question)}


def invoice_named(session: Session, account_id: int, name: str) -> Invoice | None:
    """Which document of this account has this name? Another account's is none."""
    question = sa.select(Invoice).where(Invoice.account_id == account_id, Invoice.name == name)
    return session.scalars(question).one_or_none()


_OF_ORDER = sa.select(Invoice).where(
    Invoice.account_id == sa.bindparam("account_id"), Invoice.order_id == sa.bindparam("order_id")
)


def invoice_of_order(session: Session, account_id: int, order_id: int) -> Invoice | None:
    """Which document did an order make?"""
    return next(iter(rows_of(session, _OF_ORDER, {"account_id": account_id, "order_id": order_id})), None)
