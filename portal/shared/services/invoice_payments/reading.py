"""Payments and payable invoices as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.payment_references import PaymentReference
from portal.shared.records.accounts import account_by_id
from portal.shared.records.invoices import invoices_by_id, unpaid_amounts
from portal.shared.records.on_its_way import charge_on_its_way
from portal.shared.records.open_invoices import invoice_called
from portal.shared.records.payments import PaymentAttempt, attempt_by_reference
from portal.shared.services.invoice_payments.paying import OnItsWay


@dataclass(frozen=True, slots=True)
class Payable:
    """An invoice, what is open of it, and the reference for a transfer."""

    id: int
    name: str
    issued_on: date
    due_on: date
    total: Money
    open: Money
    reference: str


@dataclass(frozen=True, slots=True)
class AttemptView:
    """A payment by card and how far it came. `open` is what is open of the invoice now."""

    reference: str
    state: OrderState
    invoice: str
    amount: Money
    open: Money
    card: str
    decline_reason: str | None
    confirmation_path: str | None
    created_at: datetime


def payable(session: Session, account_id: int, name: str) -> Payable | None:
    """One invoice of an account, paid or not; another account's, and a credit note, is none."""
    invoice, account = invoice_called(session, account_id, name), account_by_id(session, account_id)
    if invoice is None or account is None:
        return None
    rest = unpaid_amounts(session, account_id).get(invoice.id, 0)
    return Payable(
        id=invoice.id,
        name=invoice.name,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total=Money(invoice.total_minor, invoice.currency),
        open=Money(rest, invoice.currency),
        reference=PaymentReference(account.invoice_series, invoice.number).text,
    )


def account_reference(session: Session, account_id: int) -> str:
    """The reference for a transfer that is meant for the account, whatever is open.

    Raises:
        LookupError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise LookupError(account_id)
    return PaymentReference(account.invoice_series).text


def attempt(session: Session, account_id: int, reference: str) -> AttemptView | None:
    """One payment of an account; another account's is none."""
    row = attempt_by_reference(session, account_id, reference)
    return _view(session, row) if row else None


def on_its_way(session: Session, account_id: int) -> OnItsWay | None:
    """The order or the payment of an account that is not settled yet; until it is, nothing else can be paid."""
    found = charge_on_its_way(session, account_id)
    return OnItsWay(found.reference, is_order=found.is_order) if found else None


def _view(session: Session, row: PaymentAttempt) -> AttemptView:
    invoice = invoices_by_id(session, row.account_id, [row.invoice_id])[row.invoice_id]
    rest = unpaid_amounts(session, row.account_id).get(row.invoice_id, 0)
    return AttemptView(
        reference=row.reference,
        state=row.state,
        invoice=invoice.name,
        amount=Money(row.amount_minor, row.currency),
        open=Money(rest, row.currency),
        card=row.card_label,
        decline_reason=row.decline_reason,
        confirmation_path=row.confirmation_path,
        created_at=row.created_at,
    )
