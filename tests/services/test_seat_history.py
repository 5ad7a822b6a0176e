"""Who held which seat when: the history follows every change, and long lists are read a page at a time."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.shared.domain.calendar import first_instant
from portal.shared.domain.seats import How, PeopleWish, SpellWish
from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat
from portal.shared.services import seats
from portal.shared.services.seats import Newcomer, Spell
from tests.support.factories import NOW, TODAY
from tests.support.shop import MONTHLY, Customer, Shop, want

ZONE = "Europe/Berlin"


def history(shop: Shop, who: Customer, wish: SpellWish | None = None) -> list[Spell]:
    with shop.database.read() as session:
        return list(seats.page_of_history(session, who.id, wish or SpellWish()).spells)


def assign(shop: Shop, who: Customer, subscription: int, *names: str) -> None:
    people = [Newcomer(name.title(), f"{name}@example.net") for name in names]
    with shop.database.write() as session:
        seats.assign(session, who.id, subscription, people, who.person_id, shop.clock.now(), notify=False)


def take_all(shop: Shop, who: Customer, subscription: int) -> None:
    ids = [seat.id for seat in shop.rows(Seat, subscription_id=subscription)]
    with shop.database.write() as session:
        seats.take_away(session, who.id, subscription, ids, who.person_id, shop.clock.now(), notify=False)


def test_a_spell_says_who_gave_and_who_took_the_seat_and_when(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who)
    assign(shop, who, mine, "ana")
    shop.later(days=2)
    take_all(shop, who, mine)
    assign(shop, who, mine, "ana")
    again, first = history(shop, who)
    giver = shop.rows(Person, id=who.person_id)[0].name
    assert (first.name, first.given_at, first.given_by, first.given_how) == ("Ana", NOW, giver, How.ASSIGNED)
    assert (first.taken_at, first.taken_by, first.taken_how) == (NOW + timedelta(days=2), giver, How.ASSIGNED)
    assert (again.given_at, again.taken_at, again.taken_how) == (NOW + timedelta(days=2), None, None)


def test_an_order_that_takes_seats_is_told_with_the_person_who_placed_it(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who)
    seat, *_ = shop.seats(mine, 4)
    shop.order(who, want(mine, shop.catalogue.plus, 3, MONTHLY, seat))
    (ended,) = [one for one in history(shop, who) if one.taken_at]
    assert (ended.taken_how, ended.taken_by is not None) == (How.ORDERED, True)


def test_who_held_a_seat_on_a_day(shop: Shop) -> None:
    who = shop.customer()
    mine, other = shop.monthly(who), shop.monthly(who)
    assign(shop, who, mine, "ana")
    shop.later(days=3)
    take_all(shop, who, mine)
    assign(shop, who, other, "bo")

    def on(days: int, subscription: int | None = None, person: int | None = None) -> list[str]:
        day = TODAY + timedelta(days=days)
        since, until = first_instant(day, ZONE), first_instant(day + timedelta(days=1), ZONE)
        wish = SpellWish("", person, subscription, since, until)
        return [one.name for one in history(shop, who, wish)]

    assert [on(days) for days in (-1, 0, 2, 3, 4)] == [[], ["Ana"], ["Ana"], ["Bo", "Ana"], ["Bo"]]
    assert on(3, subscription=mine) == ["Ana"]
    assert on(3, person=shop.rows(Person, email="bo@example.net")[0].id) == ["Bo"]


def test_the_history_of_another_account_is_not_told(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    assign(shop, stranger, shop.monthly(stranger), "ana")
    assert history(shop, who) == []


def crowd(shop: Shop, who: Customer, subscription: int, count: int) -> None:
    """So many people with a seat, written at once."""
    with shop.database.write() as session:
        people = [Person(name=f"P {n:05}", email=f"p{n:05}@example.net") for n in range(count)]
        session.add_all(people)
        session.flush()
        for person in people:
            session.add(Membership(person_id=person.id, account_id=who.id, role="seat_holder"))
            about = {"account_id": who.id, "subscription_id": subscription, "person_id": person.id}
            session.add(Seat(**about, assigned_at=NOW))
            session.add(SeatSpell(**about, given_at=NOW, given_how="assigned"))


def test_long_lists_are_read_page_by_page_with_a_constant_number_of_statements(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=500)
    crowd(shop, who, mine, 130)
    names, counts, after = [], set(), None
    with shop.database.read() as session:
        connection = session.connection()
        seen: list[str] = []
        sa.event.listen(connection, "before_cursor_execute", lambda *told: seen.append(told[2]))
        while True:
            seen.clear()
            page = seats.page_of_people(session, who.id, PeopleWish(holds=mine, after=after))
            counts.add(len(seen))
            names += [one.name for one in page.people]
            after = page.more_after
            if after is None:
                break
        holders = seats.page_of_holders(session, who.id, mine, PeopleWish(text="p 0012"))
        older = seats.page_of_history(session, who.id, SpellWish(), size=100).older
        rest = seats.page_of_history(session, who.id, SpellWish(before=older), size=100)
    assert names == [f"P {n:05}" for n in range(130)]
    assert (counts, page.total) == ({4}, 130)
    assert [one.name for one in holders.holders] == [f"P {n:05}" for n in range(120, 130)]
    assert (len(rest.spells), rest.older) == (30, None)
