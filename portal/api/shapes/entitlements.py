"""What the product that is sold asks, and is answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal.api.shapes.basics import Address, Code, ExternalId
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
    """Whether somebody is let in, and by which seats; those that let in stand first. They are called as was asked."""

    email: str | None
    external_id: str | None
    active: bool
    entitlements: tuple[Entitlement, ...]


@dataclass(frozen=True, slots=True)
class AccountEntitlement:
    """A subscription of an account for the product, and what its seats are worth now."""

    subscription: int
    product: str
    active: bool
    state: Standing
    closed: Closed | None
    plan: str
    features: tuple[EntitlementFeature, ...]
    seats: int
    seats_held: int
    until: date | None


@dataclass(frozen=True, slots=True)
class AccountEntitlements:
    """Whether an account may use the product; which of its people may, their own entitlements say."""

    account: int
    account_name: str
    external_id: str
    active: bool
    entitlements: tuple[AccountEntitlement, ...]


@dataclass(frozen=True, slots=True)
class NewExternalId:
    """How the product calls them: its own number or name, no address of mail."""

    external_id: ExternalId


@dataclass(frozen=True, slots=True)
class Called:
    """An account or a person, by our number, and how the product calls them."""

    id: int
    product: str
    external_id: str
