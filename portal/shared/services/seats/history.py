"""Who held which seat when, as billing contacts and admins read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.seats import How, SpellWish
from portal.shared.records.seat_spells import spells_of


@dataclass(frozen=True, slots=True)
class Spell:
    """One person held a seat of one subscription, from when to when; without an end they hold it now."""

    id: int
    person_id: int
    name: str
    email: str
    subscription_id: int
    product: str
    given_at: datetime
    given_by: str | None
    given_how: How
    taken_at: datetime | None
    taken_by: str | None
    taken_how: How | None


@dataclass(frozen=True, slots=True)
class SpellPage:
    """A page of the history, newest first; `older` is where the next page begins."""

    spells: tuple[Spell, ...]
    older: int | None


def page_of_history(session: Session, account_id: int, wish: SpellWish, size: int = 50) -> SpellPage:
    """Who held a seat, newest first; one statement."""
    found = spells_of(session, account_id, wish, size + 1)
    shown = tuple(
        Spell(
            id=row.id,
            person_id=person.id,
            name=person.name,
            email=person.email,
            subscription_id=row.subscription_id,
            product=product,
            given_at=row.given_at,
            given_by=giver,
            given_how=How(row.given_how),
            taken_at=row.taken_at,
            taken_by=taker,
            taken_how=How(row.taken_how) if row.taken_how else None,
        )
        for row, person, product, giver, taker in found[:size]
    )
    return SpellPage(shown, shown[-1].id if len(found) > size else None)
