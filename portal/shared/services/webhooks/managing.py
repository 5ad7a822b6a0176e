"""What an account does with its webhooks: add, test, change the secret, switch off and on, remove, send again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.integrations.events import (
    FORMER_SECRET,
    OF_A_PRODUCT,
    OFFERED,
    EventType,
    secret_of,
)
from portal.shared.domain.integrations.targets import BadTarget, target_of
from portal.shared.records import webhooks as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.catalog import Product
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint
from portal.shared.services import activity
from portal.shared.services.webhooks.delivering import put_in_queue
from portal.shared.services.webhooks.telling import tell

MOST_ENDPOINTS = 20
SHOWN = 50


class BadTargetError(ValueError):
    """Nothing can be sent to this address; `why` says why not."""

    def __init__(self, why: BadTarget) -> None:
        super().__init__(str(why))
        self.why = why


class TooManyEndpointsError(ValueError):
    """The account has as many addresses as it may have."""


@dataclass(frozen=True, slots=True)
class EndpointView:
    """An address that hears of an account, as pages show it."""

    id: int
    url: str
    events: tuple[EventType, ...]
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    former_until: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One event that was told to an address, or is about to be."""

    id: int
    sequence: int
    type: str
    name: str
    at: datetime
    attempts: int
    delivered_at: datetime | None
    next_attempt_at: datetime | None
    status: int | None
    error: str
    body: str


def add(
    session: Session,
    account_id: int,
    url: str,
    events: Iterable[EventType],
    person_id: int,
    now: datetime,
    *,
    private: bool,
) -> int:
    """Let an address hear of an account; gives its number.

    Raises:
        BadTargetError: nothing can be sent there.
        TooManyEndpointsError: the account has `MOST_ENDPOINTS`.
        ValueError: no event was chosen.
    """
    lock_account(session, account_id)
    found = target_of(url, private=private)
    if isinstance(found, BadTarget):
        raise BadTargetError(found)
    wanted = sorted(set(events) & set(OFFERED))
    if not wanted:
        raise ValueError("no event was chosen")
    if len(records.endpoints_of(session, account_id)) >= MOST_ENDPOINTS:
        raise TooManyEndpointsError(account_id)
    row = _made(url, wanted, now)
    row.account_id, row.created_by = account_id, person_id
    session.add(row)
    session.flush()
    detail = {"name": url, "events": [str(one) for one in wanted]}
    activity.record(session, account_id, person_id, "webhook-added", detail, now)
    return row.id


def add_for_product(
    session: Session, product: str, url: str, key: bytes, now: datetime, *, private: bool
) -> str:
    """Let an address of the seller's own hear of a product across all accounts; gives its secret.

    Raises:
        BadTargetError: nothing can be sent there.
        LookupError: no such product is sold.
    """
    found = target_of(url, private=private)
    if isinstance(found, BadTarget):
        raise BadTargetError(found)
    if session.get(Product, product) is None:
        raise LookupError(product)
    row = _made(url, OF_A_PRODUCT, now)
    row.product = product
    session.add(row)
    session.flush()
    return secret_of(key, row.salt)


def endpoints(session: Session, account_id: int) -> list[EndpointView]:
    """The addresses that hear of an account."""
    return [_view(row) for row in records.endpoints_of(session, account_id)]


def endpoint(session: Session, account_id: int, endpoint_id: int) -> EndpointView:
    """One of them.

    Raises:
        LookupError: the account has no such address.
    """
    return _view(_found(session, account_id, endpoint_id))


def secret(session: Session, account_id: int, endpoint_id: int, key: bytes) -> str:
    """The secret of an address, for the one time that it is shown.

    Raises:
        LookupError: the account has no such address.
    """
    return secret_of(key, _found(session, account_id, endpoint_id).salt)


def deliveries(session: Session, account_id: int, endpoint_id: int) -> list[DeliveryView]:
    """The last things told to an address, the newest first.

    Raises:
        LookupError: the account has no such address.
    """
    _found(session, account_id, endpoint_id)
    return [
        DeliveryView(
            id=row.id,
            sequence=row.sequence,
            type=event.type,
            name=event.name,
            at=event.at,
            attempts=row.attempts,
            delivered_at=row.delivered_at,
            next_attempt_at=row.next_attempt_at,
            status=row.last_status,
            error=row.last_error,
            body=row.body,
        )
        for row, event in records.deliveries_of(session, endpoint_id, SHOWN)
    ]


def change_secret(session: Session, account_id: int, endpoint_id: int, person_id: int, now: datetime) -> None:
    """Give an address another secret; the one before signs beside it for a day, so that nothing is missed.

    Raises:
        LookupError: the account has no such address.
    """
    row = _locked(session, account_id, endpoint_id)
    row.former_salt, row.former_until = row.salt, now + FORMER_SECRET
    row.salt = secrets.token_urlsafe(24)
    activity.record(session, account_id, person_id, "webhook-secret-changed", {"name": row.url}, now)


def switch(
    session: Session, account_id: int, endpoint_id: int, person_id: int, now: datetime, *, on: bool
) -> None:
    """Switch an address off, or on again.

    Raises:
        LookupError: the account has no such address.
    """
    row = _locked(session, account_id, endpoint_id)
    if (row.disabled_at is None) is on:
        return
    row.disabled_at, row.failing_since = (None, None) if on else (now, row.failing_since)
    action = "webhook-switched-on" if on else "webhook-switched-off"
    activity.record(session, account_id, person_id, action, {"name": row.url}, now)


def remove(session: Session, account_id: int, endpoint_id: int, person_id: int, now: datetime) -> None:
    """Tell an address nothing more, for good; doing so twice is doing it once.

    Raises:
        LookupError: the account has no such address.
    """
    lock_account(session, account_id)
    row = records.endpoint_of(session, account_id, endpoint_id, with_removed=True)
    if row is None:
        raise LookupError(endpoint_id)
    if row.removed_at is not None:
        return
    row.removed_at = now
    activity.record(session, account_id, person_id, "webhook-removed", {"name": row.url}, now)


def send_test(session: Session, account_id: int, endpoint_id: int, person_id: int, now: datetime) -> None:
    """Tell an address that this is a test.

    Raises:
        LookupError: the account has no such address.
    """
    row = _locked(session, account_id, endpoint_id)
    tell(session, account_id, EventType.TEST, {"hello": "Twodoor"}, now, endpoint_id=row.id)
    activity.record(session, account_id, person_id, "webhook-tested", {"name": row.url}, now)


def send_again(
    session: Session, account_id: int, endpoint_id: int, delivery_id: int, person_id: int, now: datetime
) -> None:
    """Tell something again that was told before, or was given up; under the same id, so that it counts once.

    Raises:
        LookupError: there is no such delivery of an address of this account.
    """
    row = _locked(session, account_id, endpoint_id)
    delivery: WebhookDelivery | None = records.delivery_of(session, row.id, delivery_id)
    if delivery is None:
        raise LookupError(delivery_id)
    delivery.attempts, delivery.next_attempt_at, delivery.delivered_at = 0, now, None
    put_in_queue(session, delivery, now)
    detail = {"name": row.url, "sequence": delivery.sequence}
    activity.record(session, account_id, person_id, "webhook-sent-again", detail, now)


def _made(url: str, events: Iterable[EventType], now: datetime) -> WebhookEndpoint:
    return WebhookEndpoint(
        url=url, events=[str(one) for one in events], salt=secrets.token_urlsafe(24), created_at=now
    )


def _found(session: Session, account_id: int, endpoint_id: int) -> WebhookEndpoint:
    row = records.endpoint_of(session, account_id, endpoint_id)
    if row is None:
        raise LookupError(endpoint_id)
    return row


def _locked(session: Session, account_id: int, endpoint_id: int) -> WebhookEndpoint:
    lock_account(session, account_id)
    return _found(session, account_id, endpoint_id)


def _view(row: WebhookEndpoint) -> EndpointView:
    return EndpointView(
        id=row.id,
        url=row.url,
        events=tuple(EventType(one) for one in row.events),
        created_at=row.created_at,
        failing_since=row.failing_since,
        disabled_at=row.disabled_at,
        former_until=row.former_until,
    )
