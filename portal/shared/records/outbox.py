"""Messages that leave after the transaction that wrote them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base

# The next attempt of a mail that nobody will ever accept: it stays as a record, with its last error.
GIVEN_UP = datetime(9999, 1, 1, tzinfo=UTC)


# As the index of such mails says it, so that the planners see that it is meant.
NOT_EMPTIED = "sent_at IS NOT NULL AND recipient <> ''"


class OutboxMail(Base):
    """A mail to be rendered and sent, once for each dedupe key; `next_attempt_at` is GIVEN_UP when it never will be."""

    __tablename__ = "outbox_mails"
    __table_args__ = (
        sa.Index(
            "ix_outbox_mails_waiting",
            "next_attempt_at",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
        # What left and still says to whom: it is emptied after a while.
        sa.Index(
            "ix_outbox_mails_sent_at",
            "sent_at",
            sqlite_where=sa.text(NOT_EMPTIED),
            postgresql_where=sa.text(NOT_EMPTIED),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    language: Mapped[str]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    last_error: Mapped[str] = mapped_column(default="")


_EXISTS = sa.select(sa.exists().where(OutboxMail.dedupe_key == sa.bindparam("dedupe_key")))


def mail_exists(session: Session, dedupe_key: str) -> bool:
    """Is a mail with this key already on its way?"""
    return bool(session.scalar(_EXISTS, {"dedupe_key": dedupe_key}))


def mail_waiting(session: Session, mail_id: int, now: datetime) -> OutboxMail | None:
    """The mail, locked, if it should be tried now and nobody holds it."""
    question = sa.select(OutboxMail).where(
        OutboxMail.id == mail_id, OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at <= now
    )
    return session.scalars(question.with_for_update(skip_locked=True)).one_or_none()


def mails_waiting(session: Session, now: datetime, limit: int = 20) -> Sequence[OutboxMail]:
    """Which mails should be tried now, those that wait longest first?"""
    question = (
        sa.select(OutboxMail)
        .where(OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at <= now)
        .order_by(OutboxMail.next_attempt_at)
        .limit(limit)
    )
    return session.scalars(question).all()


def mails_given_up(session: Session) -> Sequence[OutboxMail]:
    """Which mails will not be tried again?"""
    question = sa.select(OutboxMail).where(
        OutboxMail.sent_at.is_(None), OutboxMail.next_attempt_at >= GIVEN_UP
    )
    return session.scalars(question.order_by(OutboxMail.id)).all()


def try_again(session: Session, mail_id: int, now: datetime) -> None:
    """Let a mail be tried at once; with a clean slate, since somebody has looked at it."""
    mail = session.get_one(OutboxMail, mail_id)
    mail.attempts, mail.next_attempt_at, mail.last_error = 0, now, ""
