"""Webhooks: who wants to hear what, what happened, and what was told to whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.in_bulk import IDS, among
from portal.shared.records.plain_rows import plain_rows


class WebhookEndpoint(Base):
    """An address that hears of an account, or of one product across all accounts (the seller's own).

    Its secret is made of the salt and a key of the installation, so that the database alone does not hold it; the
    salt before it stays good for a while after a change.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (
        sa.CheckConstraint("(account_id IS NULL) <> (product IS NULL)", name="account_or_product"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    product: Mapped[str | None] = mapped_column(sa.ForeignKey("products.code"), index=True, default=None)
    url: Mapped[str]
    events: Mapped[list[Any]]
    salt: Mapped[str]
    former_salt: Mapped[str | None] = mapped_column(default=None)
    former_until: Mapped[datetime | None] = mapped_column(default=None)
    last_sequence: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    # Switched off, by a person or because it failed for days.
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)
    removed_at: Mapped[datetime | None] = mapped_column(default=None)


class WebhookEvent(Base):
    """Something that happened, written in the transaction that did it; a job then spreads it to who wants to hear."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        sa.Index(
            "ix_webhook_events_waiting",
            "account_id",
            "id",
            sqlite_where=sa.text("spread_at IS NULL"),
            postgresql_where=sa.text("spread_at IS NULL"),
        ),
        sa.Index("ix_webhook_events_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The name under which receivers know it and tell a repetition.
    name: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    product: Mapped[str | None] = mapped_column(default=None)
    type: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    # Told to one endpoint alone: a test.
    endpoint_id: Mapped[int | None] = mapped_column(sa.ForeignKey("webhook_endpoints.id"), default=None)
    spread_at: Mapped[datetime | None] = mapped_column(default=None)


class WebhookDelivery(Base):
    """One event for one endpoint, with the number it has there; the body stays as it was signed."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.UniqueConstraint("endpoint_id", "sequence"),
        sa.UniqueConstraint("endpoint_id", "event_id"),
        sa.Index("ix_webhook_deliveries_event_id", "event_id"),
        sa.Index(
            "ix_webhook_deliveries_waiting",
            "next_attempt_at",
            sqlite_where=sa.text("next_attempt_at IS NOT NULL"),
            postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_endpoints.id"))
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook_events.id"))
    sequence: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    # None once it has arrived or was given up.
    next_attempt_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    last_status: Mapped[int | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="")


def _listening(account_id: int, product: str | None) -> sa.ColumnElement[bool]:
    mine = WebhookEndpoint.account_id == account_id
    wanted = mine if product is None else sa.or_(mine, WebhookEndpoint.product == product)
    return sa.and_(wanted, WebhookEndpoint.disabled_at.is_(None), WebhookEndpoint.removed_at.is_(None))


_LISTENERS = sa.select(WebhookEndpoint.account_id, WebhookEndpoint.product).where(
    WebhookEndpoint.disabled_at.is_(None),
    WebhookEndpoint.removed_at.is_(None),
    # Any product: SQLite finds what is greater in an index, but not what is there at all.
    sa.or_(WebhookEndpoint.product > "", among(WebhookEndpoint.account_id)),
)


def listened_to(session: Session, account_ids: Sequence[int]) -> tuple[set[int], set[str]]:
    """Which of these accounts, and which products, does any address want to hear of?"""
    found = plain_rows(session, _LISTENERS, {IDS: tuple(account_ids)})
    return {one for one, _ in found if one is not None}, {one for _, one in found if one is not None}


def listeners(session: Session, event: WebhookEvent) -> Sequence[WebhookEndpoint]:
    """Which addresses hear of an event? Locked, in one order everywhere."""
    question = sa.select(WebhookEndpoint).order_by(WebhookEndpoint.id).with_for_update()
    if event.endpoint_id is not None:
        return session.scalars(
            question.where(WebhookEndpoint.id == event.endpoint_id, WebhookEndpoint.removed_at.is_(None))
        ).all()
    found = session.scalars(question.where(_listening(event.account_id, event.product))).all()
    return [one for one in found if event.type in one.events]


def events_to_spread(session: Session, account_id: int) -> Sequence[WebhookEvent]:
    """Which events of an account were not spread yet, in the order they happened? Locked."""
    question = sa.select(WebhookEvent).where(
        WebhookEvent.account_id == account_id, WebhookEvent.spread_at.is_(None)
    )
    return session.scalars(question.order_by(WebhookEvent.id).with_for_update()).all()


def accounts_with_events(session: Session, limit: int) -> Sequence[int]:
    """Which accounts have events that were not spread yet?"""
    question = sa.select(WebhookEvent.account_id).where(WebhookEvent.spread_at.is_(None)).distinct()
    return session.scalars(question.order_by(WebhookEvent.account_id).limit(limit)).all()


def endpoints_of(session: Session, account_id: int) -> Sequence[WebhookEndpoint]:
    """Which addresses hear of an account?"""
    question = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.account_id == account_id, WebhookEndpoint.removed_at.is_(None)
    )
    return session.scalars(question.order_by(WebhookEndpoint.id)).all()


def endpoint_of(
    session: Session, account_id: int, endpoint_id: int, *, with_removed: bool = False
) -> WebhookEndpoint | None:
    """Which address of this account has this number? Another account's is none."""
    question = sa.select(WebhookEndpoint).where(
        WebhookEndpoint.account_id == account_id, WebhookEndpoint.id == endpoint_id
    )
    if not with_removed:
        question = question.where(WebhookEndpoint.removed_at.is_(None))
    return session.scalar(question)


def deliveries_of(
    session: Session, endpoint_id: int, limit: int
) -> Sequence[tuple[WebhookDelivery, WebhookEvent]]:
    """What was told to an address, the newest first?"""
    question = (
        sa.select(WebhookDelivery, WebhookEvent)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
        .where(WebhookDelivery.endpoint_id == endpoint_id)
        .order_by(WebhookDelivery.sequence.desc())
        .limit(limit)
    )
    return [(delivery, event) for delivery, event in session.execute(question)]


def delivery_of(session: Session, endpoint_id: int, delivery_id: int) -> WebhookDelivery | None:
    """Which delivery of an address has this number?"""
    question = sa.select(WebhookDelivery).where(
        WebhookDelivery.endpoint_id == endpoint_id, WebhookDelivery.id == delivery_id
    )
    return session.scalar(question)


def delivery_waiting(session: Session, delivery_id: int, now: datetime) -> WebhookDelivery | None:
    """The delivery, locked, if it should be tried now and nobody holds it."""
    question = sa.select(WebhookDelivery).where(
        WebhookDelivery.id == delivery_id, WebhookDelivery.next_attempt_at <= now
    )
    return session.scalars(question.with_for_update(skip_locked=True)).one_or_none()


def deliveries_waiting(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Which deliveries should be tried now, by number?"""
    question = (
        sa.select(WebhookDelivery.id)
        .where(WebhookDelivery.next_attempt_at <= now)
        .order_by(WebhookDelivery.next_attempt_at)
        .limit(limit)
    )
    return session.scalars(question).all()


def forget(session: Session, before: datetime) -> None:
    """Let go of events from before an instant, and of what was told about them."""
    old = sa.select(WebhookEvent.id).where(WebhookEvent.at < before, WebhookEvent.spread_at.is_not(None))
    session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(old)))
    session.execute(
        sa.delete(WebhookEvent).where(WebhookEvent.at < before, WebhookEvent.spread_at.is_not(None))
    )
