"""What a token may be good for, and how long."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.shared.domain.routing.tasks import Task


class Scope(StrEnum):
    """One thing a program may do; a token carries some of them, and never more than its person may do."""

    ACCOUNT_READ = "account:read"
    SUBSCRIPTIONS_READ = "subscriptions:read"
    ORDERS_WRITE = "orders:write"
    SEATS_READ = "seats:read"
    SEATS_WRITE = "seats:write"
    INVOICES_READ = "invoices:read"
    QUOTES_READ = "quotes:read"
    QUOTES_WRITE = "quotes:write"
    REQUESTS_READ = "requests:read"
    REQUESTS_WRITE = "requests:write"
    ENTITLEMENTS_READ = "entitlements:read"
    EXTERNAL_IDS_WRITE = "external-ids:write"


# The task of the policy table that each stands for: who may not do it, is not offered it.
TASKS: Mapping[Scope, Task] = {
    Scope.ACCOUNT_READ: Task.SUBSCRIPTIONS,
    Scope.SUBSCRIPTIONS_READ: Task.SUBSCRIPTIONS,
    Scope.ORDERS_WRITE: Task.CHANGE_PLAN,
    Scope.SEATS_READ: Task.ASSIGN_SEATS,
    Scope.SEATS_WRITE: Task.ASSIGN_SEATS,
    Scope.INVOICES_READ: Task.INVOICES,
    Scope.QUOTES_READ: Task.QUOTES,
    Scope.QUOTES_WRITE: Task.QUOTES,
    Scope.REQUESTS_READ: Task.CONTACT,
    Scope.REQUESTS_WRITE: Task.CONTACT,
    Scope.EXTERNAL_IDS_WRITE: Task.BILLING_CONTACT,
    Scope.ENTITLEMENTS_READ: Task.BILLING_CONTACT,  # both billing contacts and account admins ask who may come in
}

# What the product that is sold does by a token of its own; the second is nothing for a token of an account.
OF_A_PRODUCT = (Scope.ENTITLEMENTS_READ, Scope.EXTERNAL_IDS_WRITE)
NOT_OFFERED = frozenset({Scope.EXTERNAL_IDS_WRITE})

# Days a token lives, as they are offered.
LIFETIMES = (30, 90, 365)
LONGEST_NAME = 60


def scope_named(text: str) -> Scope | None:
    """The scope of this name, if there is one."""
    try:
        return Scope(text)
    except ValueError:
        return None
