"""Who held which seat, from when to when, and who gave and took it. Nothing here is edited but the end, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from portal.shared.domain.seats import How, SpellWish
from portal.shared.records.base import Base
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import Seat, SubscriptionRow

_OPEN = sa.text("taken_at IS NULL")


class SeatSpell(Base):
    """The time in which one person held a seat of one subscription; without an end they hold it now."""

    __tablename__ = "seat_spells"
    __table_args__ = (
        sa.CheckConstraint("(taken_at IS NULL) = (taken_how IS NULL)", name="taken_whole"),
        sa.CheckConstraint("taken_at >= given_at", name="forward"),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"], ["subscriptions.account_id", "subscriptions.id"]
        ),
        sa.Index("ix_seat_spells_account_id_id", "account_id", "id"),
        sa.Index(
            "uq_seat_spells_open",
            "subscription_id",
            "person_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    subscription_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    given_at: Mapped[datetime]
    # Nobody is named where it began before the history did, or where the system itself did it.
    given_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    given_how: Mapped[str]
    taken_at: Mapped[datetime | None] = mapped_column(default=None)
    taken_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), default=None)
    taken_how: Mapped[str | None] = mapped_column(default=None)


def begin_spells(session: Session, seats: Sequence[Seat], by: int | None, how: How) -> None:
    """Note that these seats are held from now on."""
    session.add_all(
        SeatSpell(
            account_id=seat.account_id,
            subscription_id=seat.subscription_id,
            person_id=seat.person_id,
            given_at=seat.assigned_at,
            given_by=by,
            given_how=str(how),
        )
        for seat in seats
    )


def end_spells(
    session: Session, subscription_id: int, people: Sequence[int], by: int | None, how: How, now: datetime
) -> None:
    """Note that these people hold their seat of a subscription no longer."""
    at = sa.literal(now, SeatSpell.given_at.type)
    for some in in_lots(people):
        session.execute(
            sa.update(SeatSpell)
            .where(
                SeatSpell.subscription_id == subscription_id,
                SeatSpell.person_id.in_(some),
                SeatSpell.taken_at.is_(None),
            )
            .values(
                taken_at=sa.case((SeatSpell.given_at > at, SeatSpell.given_at), else_=at),
                taken_by=by,
                taken_how=str(how),
            )
        )


def in_lots(ids: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    """The ids in lots that one statement takes."""
    return [ids[first : first + size] for first in range(0, len(ids), size)]


def spells_of(
    session: Session, account_id: int, wish: SpellWish, most: int
) -> Sequence[tuple[SeatSpell, Person, str, str | None, str | None]]:
    """Who held a seat, newest first: the spell, its person, the product, and the names of who gave and took it?"""
    giver, taker = aliased(Person), aliased(Person)
    question = (
        sa.select(SeatSpell, Person, SubscriptionRow.product, giver.name, taker.name)
        .join(Person, Person.id == SeatSpell.person_id)
        .join(SubscriptionRow, SubscriptionRow.id == SeatSpell.subscription_id)
        .outerjoin(giver, giver.id == SeatSpell.given_by)
        .outerjoin(taker, taker.id == SeatSpell.taken_by)
        .where(SeatSpell.account_id == account_id)
        .order_by(SeatSpell.id.desc())
        .limit(most)
    )
    if wish.text:
        looked_in = (Person.name, Person.email)
        question = question.where(sa.or_(*(one.icontains(wish.text, autoescape=True) for one in looked_in)))
    if wish.person_id is not None:
        question = question.where(SeatSpell.person_id == wish.person_id)
    if wish.subscription_id is not None:
        question = question.where(SeatSpell.subscription_id == wish.subscription_id)
    if wish.until is not None:
        question = question.where(SeatSpell.given_at < wish.until)
    if wish.since is not None:
        question = question.where(sa.or_(SeatSpell.taken_at.is_(None), SeatSpell.taken_at > wish.since))
    if wish.before is not None:
        question = question.where(SeatSpell.id < wish.before)
    return [tuple(row) for row in session.execute(question)]  # type: ignore[misc]
