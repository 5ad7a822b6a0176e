"""Spreading events to those who listen, and delivering them: signed, numbered, tried again, given up after days."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from sqlalchemy.orm import Session

from portal.shared.domain.integrations.events import KEPT, PATIENCE, headers, pause_after, secret_of
from portal.shared.gateways.webhooks import Told, WebhookSender
from portal.shared.records import webhooks as records
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.external_ids import name_of_account, name_of_person
from portal.shared.records.webhooks import WebhookDelivery, WebhookEndpoint, WebhookEvent
from portal.shared.services import activity, notifications
from portal.shared.services.jobs.enqueueing import enqueue
from portal.shared.services.people import contacts as people

# The task that delivers one event to one address.
DELIVER = "deliver-webhook"
# Longer than a delivery may take, so that a slow one is not begun twice.
LEASE = timedelta(minutes=1)
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Post:
    """What is sent, where, and which attempt it is."""

    url: str
    name: str
    body: str
    secrets: tuple[str, ...]


def spread(database: Database, account_id: int, now: datetime) -> int:
    """Give the events of an account to everybody who listens, in the order they happened; says how many deliveries."""
    made = 0
    with database.write() as session:
        for event in records.events_to_spread(session, account_id):
            for endpoint in records.listeners(session, event):
                _hand_over(session, event, endpoint, now)
                made += 1
            event.spread_at = now
    return made


def waiting(session: Session, now: datetime) -> tuple[list[int], list[int]]:
    """Accounts whose events, and deliveries that, should be seen to now: their jobs were lost, or it is time again."""
    return (
        list(records.accounts_with_events(session, MOST_AT_ONCE)),
        list(records.deliveries_waiting(session, now, MOST_AT_ONCE)),
    )


def deliver(database: Database, sender: WebhookSender, key: bytes, now: datetime, delivery_id: int) -> bool:
    """Send one event to one address if it is due, outside of any transaction, and say whether it arrived.

    It is leased before it is sent and marked after, so that a worker that dies leaves it to be sent again; receivers
    know a repetition by its id.
    """
    post = _lease(database, key, now, delivery_id)
    if post is None:
        return False
    told = sender.post(post.url, post.body, headers(post.secrets, post.name, int(now.timestamp()), post.body))
    with database.write() as session:
        _mark(session, delivery_id, told, now)
    return told.arrived


def forget(database: Database, now: datetime) -> None:
    """Let go of events that are old enough, with their deliveries."""
    with database.write() as session:
        records.forget(session, now - KEPT)


def _hand_over(session: Session, event: WebhookEvent, endpoint: WebhookEndpoint, now: datetime) -> None:
    endpoint.last_sequence += 1
    said = {
        "type": event.type,
        "timestamp": event.at.isoformat().replace("+00:00", "Z"),
        "sequence": endpoint.last_sequence,
        "account": event.account_id,
        "data": event.data,
    }
    if endpoint.product is not None:
        said |= _called(session, endpoint.product, event)
    delivery = WebhookDelivery(
        endpoint_id=endpoint.id,
        event_id=event.id,
        sequence=endpoint.last_sequence,
        body=json.dumps(said, separators=(",", ":"), ensure_ascii=False),
        created_at=now,
        next_attempt_at=now,
    )
    session.add(delivery)
    session.flush()
    put_in_queue(session, delivery, now)


def _called(session: Session, product: str, event: WebhookEvent) -> dict[str, str | None]:
    """How the product itself calls the account and the person, so that it need not ask for them by our numbers."""
    person = event.data.get("person")
    return {
        "account_external_id": name_of_account(session, product, event.account_id),
        "person_external_id": name_of_person(session, product, person) if person else None,
    }


def put_in_queue(session: Session, delivery: WebhookDelivery, now: datetime) -> None:
    """Leave the next attempt of a delivery to the workers."""
    at = delivery.next_attempt_at
    name = f"{DELIVER}:{delivery.id}:{at:%Y%m%d%H%M%S%f}"
    arguments = {"delivery_id": delivery.id}
    enqueue(session, DELIVER, arguments, now, dedupe_key=name, run_at=at if at and at > now else None)


def _lease(database: Database, key: bytes, now: datetime, delivery_id: int) -> _Post | None:
    with database.write() as session:
        delivery = records.delivery_waiting(session, delivery_id, now)
        if delivery is None:
            return None
        endpoint = session.get_one(WebhookEndpoint, delivery.endpoint_id)
        if endpoint.removed_at is not None or endpoint.disabled_at is not None:
            delivery.next_attempt_at, delivery.last_error = None, "switched_off"
            return None
        delivery.attempts += 1
        delivery.tried_at, delivery.next_attempt_at = now, now + LEASE
        name = session.get_one(WebhookEvent, delivery.event_id).name
        return _Post(endpoint.url, name, delivery.body, secrets_of(endpoint, key, now))


def secrets_of(endpoint: WebhookEndpoint, key: bytes, now: datetime) -> tuple[str, ...]:
    """The secrets that sign for an address now: its own, and for a while the one before."""
    salts = [endpoint.salt]
    if endpoint.former_salt and endpoint.former_until and now < endpoint.former_until:
        salts.append(endpoint.former_salt)
    return tuple(secret_of(key, salt) for salt in salts)


def _mark(session: Session, delivery_id: int, told: Told, now: datetime) -> None:
    endpoint = session.get_one(WebhookDelivery, delivery_id).endpoint_id
    listener = session.get_one(WebhookEndpoint, endpoint, with_for_update=True)
    delivery = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    delivery.last_status, delivery.last_error = told.status, told.error
    if told.arrived:
        delivery.delivered_at, delivery.next_attempt_at, listener.failing_since = now, None, None
        return
    pause = pause_after(delivery.attempts)
    delivery.next_attempt_at = now + pause if pause else None
    if pause:
        put_in_queue(session, delivery, now)
    listener.failing_since = listener.failing_since or now
    if told.status == HTTPStatus.GONE or now - listener.failing_since >= PATIENCE:
        _switch_off(session, listener, now)


def _switch_off(session: Session, endpoint: WebhookEndpoint, now: datetime) -> None:
    """An address that took nothing for days, or says that it is gone, is told nothing more; its people are told so."""
    if endpoint.disabled_at is not None:
        return
    endpoint.disabled_at = now
    if endpoint.account_id is None:
        return
    account = session.get_one(Account, endpoint.account_id)
    detail = {"name": endpoint.url}
    activity.record(session, account.id, None, "webhook-failed", detail, now)
    for reader in people.billing_contacts(session, account.id, account.language):
        notifications.enqueue_mail(
            session,
            "webhook-failed",
            reader.email,
            reader.language,
            {"name": reader.name, "account": account.name, "account_type": account.type, "url": endpoint.url},
            f"webhook-failed:{endpoint.id}:{now.isoformat()}:{reader.person_id}",
            now,
        )
