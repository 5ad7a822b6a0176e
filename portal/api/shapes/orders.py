"""What an order would do, and did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from portal.api.shapes.basics import Code, Digest, Number, Seats
from portal.api.typed import Limits
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import LineKind


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
