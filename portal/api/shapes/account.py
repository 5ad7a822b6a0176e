"""The account of a token, and its subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing


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
class SubscriptionPage:
    """Subscriptions, in the order in which they began."""

    items: tuple[Subscription, ...]
    next: int | None
