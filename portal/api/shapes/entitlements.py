"""What the product that is sold asks, and is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.api.shapes.basics import Address, Code
from portal.shared.domain.integrations.entitlements import Closed
from portal.shared.domain.subscriptions import Standing


@dataclass(frozen=True, slots=True)
class EntitlementQuestion:
    """Whose entitlements, and of which product only."""

    email: Address
    product: Code | None = None


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
