"""What people ask about their own data: to have it, and to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base

_OPEN = "done_at IS NULL AND taken_back_at IS NULL"


class Erasure(Base):
    """A wish to be forgotten; open until it is done or taken back, and one of a person at a time."""

    __tablename__ = "erasures"
    __table_args__ = (
        sa.Index(
            "uq_erasures_person_id_open",
            "person_id",
            unique=True,
            sqlite_where=sa.text(_OPEN),
            postgresql_where=sa.text(_OPEN),
        ),
        sa.Index("ix_erasures_due_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(
        default=""
    )  # what one of our own people gave; empty where the person asked
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None] = mapped_column(default=None)
    # When something stood in the way on the day, and the person was told.
    hindered_at: Mapped[datetime | None] = mapped_column(default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)


class DataExport(Base):
    """A link to everything about a person: good once, for its owner, for a short time. No file is kept."""

    __tablename__ = "data_exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    asked_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    taken_at: Mapped[datetime | None] = mapped_column(default=None)


def open_erasure_of(session: Session, person_id: int) -> Erasure | None:
    """Which wish to be forgotten of this person is neither done nor taken back?"""
    question = sa.select(Erasure).where(Erasure.person_id == person_id, sa.text(_OPEN))
    return session.scalars(question).one_or_none()


def erasures_due(session: Session, now: datetime) -> Sequence[int]:
    """Whose time of waiting is over, the oldest first?"""
    question = sa.select(Erasure.id).where(Erasure.due_at <= now, sa.text(_OPEN))
    return session.scalars(question.order_by(Erasure.due_at, Erasure.id)).all()


def export_of(session: Session, person_id: int, token_hash: str) -> DataExport | None:
    """Which link of this person has this fingerprint? Another person's is none."""
    question = sa.select(DataExport).where(
        DataExport.person_id == person_id, DataExport.token_hash == token_hash
    )
    return session.scalars(question).one_or_none()
