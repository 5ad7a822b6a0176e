"""Orders as pages show them, and pricing for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Audience, Wanted
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.domain.summary import OrderSummary, from_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records.accounts import account_by_id
from portal.shared.records.invoices import invoice_of_order, invoices_by_id
from portal.shared.records.orders import Order, open_order_of, order_by_reference
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Person
from portal.shared.records.plain_rows import row_by_id
from portal.shared.records.quotes import Quote
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.orders.accepting import choices_of
from portal.shared.services.orders.pricing import Priced, price


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order and how far it came.

    `quote` is the number of the one that was accepted; `due_on` is the day until which its invoice is to be paid,
    none where a card was charged (`card`, what may be shown of it). `admin` is who becomes an account admin with it;
    `approved_by` is empty where nobody had to approve it.
    """

    reference: str
    state: OrderState
    summary: OrderSummary
    decline_reason: str | None
    confirmation_path: str | None
    placed_by: str
    placed_by_email: str
    approved_by: str
    created_at: datetime
    invoice: str | None
    quote: int | None
    purchase_order: str
    due_on: date | None
    card: str
    by_debit: bool
    admin: str


def price_for_page(
    session: Session,
    account_id: int,
    wanted: Sequence[Wanted],
    audience: Audience,
    seller: SellerTaxes,
    now: datetime,
) -> Priced:
    """What placing these changes would do now; the very function that placing calls.

    Raises:
        UnknownAccountError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    return price(session, account, wanted, audience, seller, now)


def order(session: Session, account_id: int, reference: str) -> OrderView | None:
    """One order of an account; another account's is none."""
    row = order_by_reference(session, account_id, reference)
    return _view(session, row) if row else None


def on_its_way(session: Session, account_id: int) -> str | None:
    """The reference of the account's order that is not settled yet."""
    row = open_order_of(session, account_id)
    return row.reference if row else None


def open_order(session: Session, account_id: int) -> tuple[str | None, str | None]:
    """`on_its_way` and `awaiting_confirmation` by one question."""
    row = open_order_of(session, account_id)
    if row is None:
        return None, None
    return row.reference, row.reference if row.state is OrderState.AWAITING_CONFIRMATION else None


def awaiting_confirmation(session: Session, account_id: int, request_id: int | None = None) -> str | None:
    """The reference of the account's order that the bank wants confirmed; only that of a request, if one is named."""
    row = open_order_of(session, account_id)
    if row is None or row.state is not OrderState.AWAITING_CONFIRMATION:
        return None
    return row.reference if request_id in {None, row.request_id} else None


def invoice_names(session: Session, summary: OrderSummary) -> dict[int, str]:
    """The names of the unpaid invoices that a summary lowers."""
    ids = [relief.invoice_id for relief in summary.reliefs]
    found = invoices_by_id(session, summary.account_id, ids) if ids else {}
    return {key: invoice.name for key, invoice in found.items()}


def _person(session: Session, person_id: int) -> Person:
    person = row_by_id(session, Person, person_id)
    assert person is not None, "an order names who placed it"
    return person


def _view(session: Session, row: Order) -> OrderView:
    person = _person(session, row.placed_by)
    invoice = invoice_of_order(session, row.account_id, row.id)
    quote = row_by_id(session, Quote, row.quote_id) if row.quote_id else None
    method = row_by_id(session, PaymentMethod, row.payment_method_id) if row.payment_method_id else None
    return OrderView(
        reference=row.reference,
        state=row.state,
        summary=from_plain(row.summary),
        decline_reason=row.decline_reason,
        confirmation_path=row.confirmation_path,
        placed_by=person.name,
        placed_by_email=person.email,
        approved_by=_person(session, row.approved_by).name if row.approved_by is not None else "",
        created_at=row.created_at,
        invoice=invoice.name if invoice else None,
        quote=quote.number if quote else None,
        purchase_order=(invoice.purchase_order_number or "") if invoice else "",
        due_on=invoice.due_on if invoice and row.due_days is not None else None,
        card=f"{method.brand} •••• {method.last4}" if method else "",
        by_debit=method is not None and method.kind == MethodKind.DIRECT_DEBIT,
        admin=(choices_of(row, quote).get("admin") or {}).get("name", "") if quote else "",
    )
