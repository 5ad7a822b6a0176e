"""Everything about one account, for the people at the desk who look after it.

Beside the desk and not in it: quotes, requests and payments ask the desk whose accounts these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import INTERNAL, OPEN_QUOTE, QuoteState, state_on
from portal.shared.domain.summary import from_plain
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.records import desk_account as records
from portal.shared.records.accounts import Account, account_by_id
from portal.shared.records.invoice_recipients import invoice_recipients_of
from portal.shared.records.invoices import invoices_by_id, invoices_of, unpaid_amounts, written_off_invoices
from portal.shared.records.quotes import quotes_of
from portal.shared.records.subscriptions import subscriptions_of
from portal.shared.services import accounts, requests
from portal.shared.services.accounts import AccountView
from portal.shared.services.activity import reading as activity
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.invoices.issuing import InvoiceView
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.services.requests import RequestView
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard

LATEST = 10


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with the account. `terms_days` is none where a card is charged at once."""

    street: str
    postal_code: str
    city: str
    region: str
    phone: str
    terms_days: int | None
    purchase_order_rule: LimitRule
    since: datetime


@dataclass(frozen=True, slots=True)
class ContactLine:
    """Somebody of the account, with all roles; none: gets invoices by mail and nothing else."""

    name: str
    email: str
    roles: tuple[str, ...]
    enabled: bool = True
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A subscription with the list price beside the price of the contract, and the day the contract ends."""

    card: SubscriptionCard
    list_price: Money | None
    contract_end: date | None


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A quote as the desk lists it. `total` is none until it was priced."""

    id: int
    number: int
    state: QuoteState
    by_customer: bool
    valid_until: date | None
    total: Money | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """Money that came in."""

    kind: str
    amount: Money
    at: datetime
    received_on: date | None
    reference: str


@dataclass(frozen=True, slots=True)
class WholeAccount:
    """Everything about an account; lists begin with what needs somebody."""

    view: AccountView
    agreed: Agreed
    contacts: Sequence[ContactLine]
    recipients: Sequence[ContactLine]
    subscriptions: Sequence[Agreement]
    quotes: Sequence[QuoteLine]
    invoices: Sequence[InvoiceView]
    payments: Sequence[PaymentLine]
    purchase_orders: Sequence[PurchaseOrderView]
    requests: Sequence[RequestView]
    activity: Sequence[activity.Line]


def whole_account(session: Session, account_id: int, seller: SellerTaxes, now: datetime) -> WholeAccount:
    """Everything about an account; so many statements, however much there is.

    Raises:
        UnknownAccountError: there is no such account.
    """
    view = accounts.account_view(session, account_id, now)
    account = account_by_id(session, account_id)
    assert account is not None, "it was just shown"
    return WholeAccount(
        view=view,
        agreed=_agreed(account),
        contacts=_contacts(session, account_id),
        recipients=[
            ContactLine(row.name, row.email, ()) for row in invoice_recipients_of(session, account_id)
        ],
        subscriptions=_agreements(session, view, seller, now),
        quotes=_quotes(session, view),
        invoices=_invoices(session, view),
        payments=[
            PaymentLine(
                row.kind, Money(row.amount_minor, row.currency), row.at, row.received_on, row.reference
            )
            for row in records.latest_payments(session, account_id, LATEST)
        ],
        purchase_orders=purchase_orders.of_account(session, account_id, now),
        requests=sorted(requests.of_account(session, account_id), key=lambda one: not one.is_unanswered)[
            : 2 * LATEST
        ],
        activity=activity.latest(session, account_id, LATEST),
    )


def _agreed(account: Account) -> Agreed:
    return Agreed(
        street=account.street,
        postal_code=account.postal_code,
        city=account.city,
        region=account.region,
        phone=account.phone,
        terms_days=account.invoice_terms_days,
        purchase_order_rule=account.purchase_order_rule,
        since=account.created_at,
    )


def _contacts(session: Session, account_id: int) -> list[ContactLine]:
    """People with roles in billing, with all their roles; seat holders are too many to be contacts."""
    found: dict[int, ContactLine] = {}
    for person, role in records.people_with_roles(session, account_id):
        roles = (*(found[person.id].roles if person.id in found else ()), role)
        found[person.id] = ContactLine(
            person.name, person.email, roles, person.disabled_at is None, person.id
        )
    return list(found.values())


def _agreements(session: Session, view: AccountView, seller: SellerTaxes, now: datetime) -> list[Agreement]:
    ends = {row.id: row.contract_end for row in subscriptions_of(session, view.id)}
    offers = catalog.catalog(session, view.currency, view.today).offers
    found = []
    for card in subscriptions.cards(session, view.id, now, seller):
        offer = offers.get(card.product)
        listed = offer.price(card.plan_id, card.terms.frequency) if offer and card.terms else None
        found.append(Agreement(card, listed, ends[card.id]))
    return sorted(found, key=lambda one: not one.card.active)


def _quotes(session: Session, view: AccountView) -> list[QuoteLine]:
    """What is open first, then what has an answer."""
    lines = [
        QuoteLine(
            id=row.id,
            number=row.number,
            state=state_on(row.state, row.valid_until, view.today),
            by_customer=row.by_customer,
            valid_until=row.valid_until,
            total=from_plain(row.summary).total if row.summary else None,
            changed_at=row.changed_at,
        )
        for row in quotes_of(session, view.id)
    ]
    waiting = {*INTERNAL, OPEN_QUOTE}
    return sorted(lines, key=lambda line: line.state not in waiting)


def _invoices(session: Session, view: AccountView) -> list[InvoiceView]:
    """Everything that is open, the first due first, then the last documents."""
    rests = unpaid_amounts(session, view.id)
    lost = set(session.scalars(written_off_invoices(view.id)))
    due = sorted(invoices_by_id(session, view.id, rests).values(), key=lambda row: (row.due_on, row.id))
    rows = [*due, *(row for row in invoices_of(session, view.id, LATEST) if row.id not in rests)]
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
        for row in rows
    ]
