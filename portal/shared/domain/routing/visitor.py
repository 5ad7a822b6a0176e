"""Who asks: everything the router may know about a person, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.shared.domain.subscriptions import Standing


class AccountType(StrEnum):
    """How an account was bought; this, and nothing a visitor can set, decides the portal."""

    ONLINE = "online"
    CORPORATE = "corporate"


class Role(StrEnum):
    """What a person is for an account."""

    BILLING_CONTACT = "billing_contact"
    ACCOUNT_ADMIN = "account_admin"
    APPROVER = "approver"
    VIEWER = "viewer"
    SEAT_HOLDER = "seat_holder"


class StaffRole(StrEnum):
    """What a person is for us."""

    REP = "rep"
    MANAGER = "manager"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class SubscriptionFact:
    """What the router has to know of a subscription."""

    id: int
    product: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person is for one account, and what the router has to know of that account.

    Most decisions are made without the subscriptions, so whoever fills them in may look them up when they are wanted.
    """

    account_id: int
    account_type: AccountType
    roles: frozenset[Role]
    subscriptions: Sequence[SubscriptionFact] = ()
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who asks for a page. `chosen` is the account they picked for this sign-in, if they did."""

    signed_in: bool
    memberships: tuple[Membership, ...] = ()
    chosen: int | None = None
    staff_role: StaffRole | None = None

    @property
    def candidates(self) -> tuple[Membership, ...]:
        """The account that was chosen, alone, when it is one of theirs; otherwise all of them."""
        picked = tuple(one for one in self.memberships if one.account_id == self.chosen)
        return picked or self.memberships


STRANGER = Visitor(signed_in=False)
