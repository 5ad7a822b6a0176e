"""Everything that goes over the wire, as types: what programs send, and what they are answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from portal.api.typed import Limits
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.integrations.entitlements import Closed
from portal.shared.domain.invoices import InvoiceState
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.summary import LineKind

LARGEST = 2**63 - 1
Number = Annotated[int, Limits(at_least=1, at_most=LARGEST)]
Seats = Annotated[int, Limits(at_least=1, at_most=100_000, example=25)]
Code = Annotated[str, Limits(shortest=1, longest=60)]
Address = Annotated[str, Limits(shortest=3, longest=254, example="ada@example.com")]
Digest = Annotated[str, Limits(shortest=64, longest=64)]
Note = Annotated[str, Limits(shortest=1, longest=2000)]
A_PAGE = 50


# --- asked with an address ---


@dataclass(frozen=True, slots=True)
class NoQuestion:
    """Nothing is asked with the address."""


@dataclass(frozen=True, slots=True)
class OlderPage:
    """A page of a list, newest first: `before` is the `next` of the page before."""

    before: Annotated[int | None, Limits(at_least=1)] = None


@dataclass(frozen=True, slots=True)
class FurtherPage:
    """A page of a list in its order: `after` is the `next` of the page before."""

    after: Number | None = None


@dataclass(frozen=True, slots=True)
class EntitlementQuestion:
    """Whose entitlements, and of which product only."""

    email: Address
    product: Code | None = None


# --- what the product that is sold asks ---


@dataclass(frozen=True, slots=True)
class EntitlementFeature:
    """Something the plan has: how much of it in words, or true."""

    name: str
    value: str | bool


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A seat and what it is worth now. Ask again on the day `until` at the latest."""

    person: int
    product: str
    active: bool
    state: Standing
    closed: Closed | None
    account: int
    account_name: str
    subscription: int
    plan: str
    features: tuple[EntitlementFeature, ...]
    since: datetime
    until: date | None


@dataclass(frozen=True, slots=True)
class Entitlements:
    """Whether somebody is let in, and by which seats; those that let in stand first."""

    email: str
    active: bool
    entitlements: tuple[Entitlement, ...]


# --- the account ---


@dataclass(frozen=True, slots=True)
class Account:
    """The account of the token. `today` is the day where it lives."""

    id: int
    name: str
    type: str
    currency: str
    country: str
    time_zone: str
    language: str
    vat_number: str
    vat_state: str
    expired: bool
    today: date
    balance: Money
    invoice_terms_days: int | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription. `renewal` is what the next period costs with tax, if one follows."""

    id: int
    product: str
    plan: str
    seats: int
    seats_held: int
    state: Standing
    frequency: Frequency | None
    unit: Money | None
    period_start: date | None
    period_end: date | None
    renews: bool
    renewal: Money | None
    trial_end: date | None
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """All subscriptions of the account; there are never many."""

    items: tuple[Subscription, ...]
    next: int | None = None


# --- what an order would do, and did ---


@dataclass(frozen=True, slots=True)
class WantedTerms:
    """Wanted terms of a subscription; `release` names the seats that are given up, where there are fewer than held."""

    plan: Code
    seats: Seats
    frequency: Frequency
    release: Annotated[tuple[Number, ...], Limits(longest=1000)] = ()


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line; amount and tax are positive, the kind says in whose favour."""

    kind: LineKind
    subscription: int
    product: str
    plan: str
    seats: int
    unit: Money
    base: Money
    service_start: date
    service_end: date
    days: int
    of_days: int
    amount: Money
    tax_name: str
    tax_millionths: int
    tax: Money


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """What becomes of one subscription."""

    subscription: int
    product: str
    plan: str
    seats: int
    frequency: Frequency
    period_start: date
    period_end: date
    next_charge_on: date
    next_charge: Money


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything that an order will do; whoever orders with this digest gets exactly this, or nothing."""

    digest: str
    today: date
    items: tuple[SummaryItem, ...]
    lines: tuple[SummaryLine, ...]
    subtotal: Money
    tax: Money
    total: Money
    balance_before: Money
    balance_used: Money
    balance_after: Money
    total_due: Money


@dataclass(frozen=True, slots=True)
class WantedChange:
    """A change of one subscription, as its summary was asked for."""

    subscription: Number
    plan: Code
    seats: Seats
    frequency: Frequency
    release: Annotated[tuple[Number, ...], Limits(longest=1000)] = ()


@dataclass(frozen=True, slots=True)
class NewOrder:
    """The changes, and the digest of the summary that was seen. Without a payment method the default one is charged."""

    digest: Digest
    changes: Annotated[tuple[WantedChange, ...], Limits(shortest=1, longest=50)]
    payment_method: Number | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order and how far it came. Where the bank wants a confirmation, a person opens `confirmation_url`."""

    reference: str
    state: OrderState
    summary: Summary
    invoice: str | None
    created_at: datetime
    declined: str | None
    confirmation_url: str | None


# --- seats ---


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat and who holds it. `person` is the number under which webhooks name them."""

    id: int
    person: int
    name: str
    email: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SeatPage:
    """Seats in the order of their holders' names."""

    items: tuple[Seat, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class NewHolder:
    """Somebody who gets a seat."""

    email: Address
    name: Annotated[str, Limits(longest=120)] = ""


@dataclass(frozen=True, slots=True)
class NewSeats:
    """Who gets a seat: all of them, or nobody. Who holds one keeps it."""

    people: Annotated[tuple[NewHolder, ...], Limits(shortest=1, longest=500)]
    notify: bool = True


@dataclass(frozen=True, slots=True)
class SeatsGiven:
    """How many people got a seat now; the others held one."""

    assigned: int


# --- documents ---


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice or a credit note. `open` is what is still to be paid."""

    name: str
    kind: str
    state: InvoiceState
    issued_on: date
    due_on: date
    purchase_order: str
    total: Money
    open: Money


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Documents, the newest first."""

    items: tuple[Invoice, ...]
    next: int | None


# --- quotes ---


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote. `summary` is what accepting it would do now, where it can be accepted."""

    number: int
    state: QuoteState
    sent_at: datetime | None
    valid_until: date | None
    term_months: int | None
    note: str
    order: str | None
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class QuotePage:
    """Quotes, the newest first, without their figures."""

    items: tuple[Quote, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a quote is turned down."""

    reason: Annotated[str, Limits(longest=2000)] = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The digest of the summary that was seen, and how it is paid: on the account's terms, or by a method on file."""

    digest: Digest
    on_invoice: bool = False
    payment_method: Number | None = None
    purchase_order: Number | None = None


# --- requests ---


@dataclass(frozen=True, slots=True)
class Request:
    """Something only the seller's people can do: asked for, with a state and an answer."""

    number: int
    kind: RequestKind
    state: RequestState
    note: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Requests, the newest first."""

    items: tuple[Request, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request in words; `lower_plan` makes it one for a lower plan of a subscription."""

    note: Note
    lower_plan: WantedChange | None = None
