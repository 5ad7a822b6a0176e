"""Questions about many people and their seats, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.seats import PeopleWish
from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_spells import in_lots
from portal.shared.records.subscriptions import Seat


def people_of(session: Session, account_id: int, wish: PeopleWish, most: int) -> Sequence[Person]:
    """Which people of this account match, by name?"""
    question = sa.select(Person).where(*_matching(account_id, wish))
    return session.scalars(question.order_by(Person.name, Person.id).limit(most)).all()


def count_people_of(session: Session, account_id: int, wish: PeopleWish, most: int) -> int:
    """How many people of this account match? Nobody is counted beyond `most`."""
    some = sa.select(Person.id).where(*_matching(account_id, wish)).limit(most).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def person_of(session: Session, account_id: int, person_id: int) -> Person | None:
    """Which person of this account has this id? Somebody of another account is nobody."""
    question = sa.select(Person).where(*_matching(account_id, PeopleWish()), Person.id == person_id)
    return session.scalars(question).one_or_none()


def _matching(account_id: int, wish: PeopleWish) -> list[sa.ColumnElement[bool]]:
    """The people of an account are those who are something for it; seat holders are, too."""
    found: list[sa.ColumnElement[bool]] = [_is(account_id), Person.disabled_at.is_(None)]
    if wish.text:
        found.append(_named(wish.text))
    if wish.holds is not None:
        found.append(_holds(account_id, wish.holds))
    if wish.lacks is not None:
        found.append(sa.not_(_holds(account_id, wish.lacks)))
    if wish.suspended:
        found += [_is(account_id, "seat_holder"), sa.not_(_holds(account_id))]
    if wish.ids is not None:
        found.append(Person.id.in_(sorted(wish.ids)))
    if wish.after is not None:
        found.append(_comes_after(wish.after))
    return found


def _named(text: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(one.icontains(text, autoescape=True) for one in (Person.name, Person.email)))


def _comes_after(person_id: int) -> sa.ColumnElement[bool]:
    last = aliased(Person)
    name = sa.select(last.name).where(last.id == person_id).scalar_subquery()
    return sa.or_(Person.name > name, sa.and_(Person.name == name, Person.id > person_id))


def _is(account_id: int, role: str | None = None) -> sa.ColumnElement[bool]:
    # Looked for from the account's side: nobody asks all people there are whether they are of this one.
    found = sa.select(Membership.person_id).where(Membership.account_id == account_id)
    return Person.id.in_(found if role is None else found.where(Membership.role == role))


def _holds(account_id: int, subscription_id: int | None = None) -> sa.Exists:
    found = sa.exists().where(Seat.person_id == Person.id, Seat.account_id == account_id)
    return found if subscription_id is None else found.where(Seat.subscription_id == subscription_id)


def seats_of_people(session: Session, account_id: int, people: Sequence[int]) -> Sequence[Seat]:
    """Which seats of this account do these people hold?"""
    found: list[Seat] = []
    for some in in_lots(people):
        question = sa.select(Seat).where(Seat.account_id == account_id, Seat.person_id.in_(some))
        found += session.scalars(question.order_by(Seat.id))
    return found


def with_role(session: Session, account_id: int, people: Sequence[int], role: str) -> frozenset[int]:
    """Who of these people is this for the account?"""
    found: set[int] = set()
    for some in in_lots(people):
        question = sa.select(Membership.person_id).where(
            Membership.account_id == account_id, Membership.role == role, Membership.person_id.in_(some)
        )
        found |= set(session.scalars(question))
    return frozenset(found)


def known_people(session: Session, emails: Sequence[str]) -> dict[str, Person]:
    """Who has one of these (plain) addresses of mail?"""
    found: dict[str, Person] = {}
    for some in in_lots(emails):
        question = sa.select(Person).where(Person.email.in_(some))
        found |= {person.email: person for person in session.scalars(question)}
    return found


def known_to(session: Session, account_id: int, emails: Sequence[str]) -> dict[str, str]:
    """Who of these addresses is somebody of this account: address → name? Of other accounts nothing is told."""
    found: dict[str, str] = {}
    for some in in_lots(emails):
        question = sa.select(Person.email, Person.name).where(Person.email.in_(some), _is(account_id))
        found |= dict(session.execute(question).all())
    return found


def held_by(session: Session, account_id: int, subscription_id: int) -> frozenset[str]:
    """The addresses of those who hold a seat of a subscription?"""
    question = (
        sa.select(Person.email)
        .join(Seat, Seat.person_id == Person.id)
        .where(Seat.account_id == account_id, Seat.subscription_id == subscription_id)
    )
    return frozenset(session.scalars(question))


def seats_and_people(
    session: Session, account_id: int, subscription_id: int, seats: Sequence[int]
) -> Sequence[tuple[Seat, Person]]:
    """Which of these seats (by id) are seats of this subscription, and who holds them?"""
    found: list[tuple[Seat, Person]] = []
    for some in in_lots(seats):
        question = (
            sa.select(Seat, Person)
            .join(Person, Person.id == Seat.person_id)
            .where(Seat.account_id == account_id, Seat.subscription_id == subscription_id, Seat.id.in_(some))
            .order_by(Seat.id)
        )
        found += [(seat, person) for seat, person in session.execute(question)]
    return found


def holders_page(
    session: Session, account_id: int, subscription_id: int, wish: PeopleWish, most: int
) -> Sequence[tuple[Seat, Person]]:
    """Who holds a seat of a subscription, a page by name?"""
    question = (
        sa.select(Seat, Person)
        .join(Person, Person.id == Seat.person_id)
        .where(Seat.account_id == account_id, Seat.subscription_id == subscription_id)
        .order_by(Person.name, Person.id)
        .limit(most)
    )
    if wish.text:
        question = question.where(_named(wish.text))
    if wish.after is not None:
        question = question.where(_comes_after(wish.after))
    return [(seat, person) for seat, person in session.execute(question)]
