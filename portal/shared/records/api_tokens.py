"""Tokens by which programs ask: kept as fingerprints, shown once when they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base


class ApiToken(Base):
    """The right of a program to ask: for one account in a person's name, or for one product in the seller's own."""

    __tablename__ = "api_tokens"
    __table_args__ = (
        sa.CheckConstraint(
            "(account_id IS NULL) <> (product IS NULL) AND (account_id IS NULL) = (created_by IS NULL)",
            name="account_or_product",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    product: Mapped[str | None] = mapped_column(sa.ForeignKey("products.code"), default=None)
    name: Mapped[str]
    scopes: Mapped[list[Any]]
    digest: Mapped[str] = mapped_column(unique=True)
    # The last letters of the secret, by which somebody who has it finds it in the list.
    ending: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True, default=None)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiRequestKey(Base):
    """An Idempotency-Key that a program, or a form of the desk, sent with a change, and what it asked for with it."""

    __tablename__ = "api_request_keys"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"), sa.Index("ix_api_request_keys_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    at: Mapped[datetime]
    # The number of what came of it, once there is one; an order carries its key itself.
    thing: Mapped[str | None] = mapped_column(default=None)


class ApiPace(Base):
    """How many requests a token may ask this minute were handed out to the processes that answer it."""

    __tablename__ = "api_paces"

    token_id: Mapped[int] = mapped_column(
        sa.ForeignKey("api_tokens.id"), primary_key=True, autoincrement=False
    )
    minute: Mapped[int]
    taken: Mapped[int]


def token_with_digest(session: Session, digest: str) -> ApiToken | None:
    """Which token has this fingerprint?"""
    return session.scalar(sa.select(ApiToken).where(ApiToken.digest == digest))


def tokens_of(session: Session, account_id: int) -> Sequence[ApiToken]:
    """Which tokens does an account have, the newest first?"""
    question = sa.select(ApiToken).where(ApiToken.account_id == account_id).order_by(ApiToken.id.desc())
    return session.scalars(question).all()


def token_of(session: Session, account_id: int, token_id: int) -> ApiToken | None:
    """Which token of this account has this number? Another account's is none."""
    question = sa.select(ApiToken).where(ApiToken.account_id == account_id, ApiToken.id == token_id)
    return session.scalar(question)


def request_key(session: Session, account_id: int, key: str) -> ApiRequestKey | None:
    """What was asked for with this key before?"""
    question = sa.select(ApiRequestKey).where(
        ApiRequestKey.account_id == account_id, ApiRequestKey.key == key
    )
    return session.scalar(question)


def forget_request_keys(session: Session, before: datetime) -> None:
    """Let go of keys that are older."""
    session.execute(sa.delete(ApiRequestKey).where(ApiRequestKey.at < before))


def hand_out(session: Session, token_id: int, minute: int, wanted: int) -> int:
    """Hand out so many requests of a minute to one process; gives how many all processes have got, these among them.

    One statement on both databases, so that two processes never get the same one.
    """
    upsert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = upsert(ApiPace).values(token_id=token_id, minute=minute, taken=wanted)
    taken = sa.case((ApiPace.minute == minute, ApiPace.taken + wanted), else_=wanted)
    handed = fresh.on_conflict_do_update(
        index_elements=[ApiPace.token_id], set_={"minute": minute, "taken": taken}
    )
    return int(session.execute(handed.returning(ApiPace.taken)).scalar_one())
