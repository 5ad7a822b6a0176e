"""Entitlements: what the product that is sold asks before it lets somebody in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from portal.shared.domain.calendar import local_day
from portal.shared.domain.integrations.entitlements import Closed, Entitlement, entitlement
from portal.shared.domain.subscriptions import Standing
from portal.shared.records.entitlements import seats_held_by, seats_held_by_called, subscriptions_of_called
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.subscriptions.standing import as_value


@dataclass(frozen=True, slots=True)
class Unlocked:
    """Something the plan has: how much of it in words, or simply that it has it."""

    name: str
    value: str | bool


@dataclass(frozen=True, slots=True)
class Held:
    """A seat somebody holds, and what it is worth now. `until` is when to ask again at the latest."""

    person: int
    product: str
    active: bool
    state: Standing
    closed: Closed | None
    account: int
    account_name: str
    subscription: int
    plan: str
    features: tuple[Unlocked, ...]
    since: datetime
    until: date | None


@dataclass(frozen=True, slots=True)
class HeldByAccount:
    """A subscription of an account, and what its seats are worth now."""

    account: int
    account_name: str
    subscription: int
    product: str
    active: bool
    state: Standing
    closed: Closed | None
    plan: str
    features: tuple[Unlocked, ...]
    seats: int
    seats_held: int
    until: date | None


def held_by(
    session: Session, email: str, now: datetime, *, account_id: int | None = None, product: str | None = None
) -> tuple[Held, ...]:
    """The seats somebody holds, those that let in first; one statement, and as fresh as the last commit."""
    found = [_held(row, now) for row in seats_held_by(session, email, account_id=account_id, product=product)]
    return tuple(sorted(found, key=lambda one: not one.active))


def held_by_called(
    session: Session, product: str, external_id: str, now: datetime, *, account_id: int | None = None
) -> tuple[Held, ...]:
    """The same of somebody as the product calls them."""
    rows = seats_held_by_called(session, product, external_id, account_id=account_id)
    return tuple(sorted((_held(row, now) for row in rows), key=lambda one: not one.active))


def of_account(session: Session, product: str, external_id: str, now: datetime) -> tuple[HeldByAccount, ...]:
    """What an account has of a product that calls it so; one statement, those that let in first."""
    found = [_has(row, now) for row in subscriptions_of_called(session, product, external_id)]
    return tuple(sorted(found, key=lambda one: not one.active))


def _has(row: Any, now: datetime) -> HeldByAccount:
    worth = _worth(row, now, person_disabled=False)
    return HeldByAccount(
        account=row.account_id,
        account_name=row.account_name,
        subscription=row.id,
        product=row.product,
        active=worth.active,
        state=worth.standing,
        closed=worth.closed,
        plan=row.plan,
        features=_features(row.features, row.plan) if worth.active else (),
        seats=row.seats,
        seats_held=row.held,
        until=worth.until,
    )


def _worth(row: Any, now: datetime, *, person_disabled: bool) -> Entitlement:
    today = local_day(now, row.time_zone)
    # The row has every column that the value is made of, under the same names.
    value = as_value(cast(SubscriptionRow, row), row.currency)
    expired = row.expired_on is not None and today >= row.expired_on
    return entitlement(value, today, account_expired=expired, person_disabled=person_disabled)


def _held(row: Any, now: datetime) -> Held:
    worth = _worth(row, now, person_disabled=row.disabled_at is not None)
    return Held(
        person=row.person_id,
        product=row.product,
        active=worth.active,
        state=worth.standing,
        closed=worth.closed,
        account=row.account_id,
        account_name=row.account_name,
        subscription=row.id,
        plan=row.plan,
        features=_features(row.features, row.plan) if worth.active else (),
        since=row.assigned_at,
        until=worth.until,
    )


def _features(features: list[Mapping[str, Any]], plan: str) -> tuple[Unlocked, ...]:
    """What a plan unlocks, by the catalogue's English names, which do not change with the reader."""
    had = ((one["names"]["en"], one["plans"][plan]) for one in features if one["plans"].get(plan))
    return tuple(Unlocked(name, told if isinstance(told, bool) else told["en"]) for name, told in had)
