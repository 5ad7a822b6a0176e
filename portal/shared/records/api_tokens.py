"""Tokens by which programs ask: kept as fingerprints, shown once when they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
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
    """An Idempotency-Key that a program sent with a change, and what it asked for with it."""

    __tablename__ = "api_request_keys"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"), sa.Index("ix_api_request_keys_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    key: Mapped[str]
    fingerprint: Mapped[str]
    at: Mapped[datetime]


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
