"""Our own people looking at an account as its billing contact does: why, from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.people import Person
from portal.shared.records.signs import ACCOUNT, may_have, sign


class Viewing(Base):
    """One look at an account; `sign_in` is the fingerprint of the sign-in it was begun in, and ends with it."""

    __tablename__ = "viewings"
    __table_args__ = (
        sa.Index(
            "uq_viewings_one_each",
            "staff_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    staff_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    sign_in: Mapped[str]
    reason: Mapped[str]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    pages: Mapped[int] = mapped_column(default=0)


def running_of(session: Session, staff_id: int) -> Viewing | None:
    """Which look of this person has not been ended, whether or not its time is up?"""
    return session.scalar(sa.select(Viewing).where(Viewing.staff_id == staff_id, Viewing.ended_at.is_(None)))


_RUNNING_AT = (
    sa.select(Viewing, Person.name)
    .join(Person, Person.id == Viewing.staff_id)
    .where(
        Viewing.account_id == sa.bindparam("account_id"),
        Viewing.ended_at.is_(None),
        Viewing.ends_at > sa.bindparam("now"),
    )
    .order_by(Viewing.started_at, Viewing.id)
)

_SIGN = sign("look", Viewing.account_id == ACCOUNT, Viewing.ended_at.is_(None))


def running_at(session: Session, account_id: int, now: datetime) -> Sequence[tuple[Viewing, str]]:
    """Who looks at an account at this moment, the first first?"""
    if not may_have(session, account_id, _SIGN):
        return []
    found = session.execute(_RUNNING_AT, {"account_id": account_id, "now": now})
    return [(viewing, name) for viewing, name in found]


def run_out(session: Session, now: datetime) -> Sequence[Viewing]:
    """Which looks are over and were not ended?"""
    question = sa.select(Viewing).where(Viewing.ended_at.is_(None), Viewing.ends_at <= now)
    return session.scalars(question.order_by(Viewing.staff_id)).all()


def count_page(session: Session, viewing_id: int) -> None:
    """One more page was looked at."""
    session.execute(sa.update(Viewing).where(Viewing.id == viewing_id).values(pages=Viewing.pages + 1))
