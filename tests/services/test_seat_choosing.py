"""Choosing: the set of one person, one product for many, and a seat that moves."""

from __future__ import annotations

import pytest

from portal.shared.domain.seats import Difference, PeopleWish
from portal.shared.records.activity import Activity
from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat
from portal.shared.services import seats
from portal.shared.services.seats import Chosen, Newcomer
from portal.shared.services.subscriptions.standing import NotPossibleError, UnknownSubscriptionError
from tests.support.factories import TODAY
from tests.support.shop import Customer, Shop


def assign(shop: Shop, who: Customer, subscription: int, *names: str) -> list[int]:
    """Give seats; gives the people's ids."""
    people = [Newcomer(name.title(), f"{name}@example.net") for name in names]
    with shop.database.write() as session:
        seats.assign(session, who.id, subscription, people, who.person_id, shop.clock.now(), notify=False)
    return [shop.rows(Person, email=one.email)[0].id for one in people]


def choose(shop: Shop, who: Customer, person: int, chosen: set[int], held: set[int]) -> Difference:
    with shop.database.write() as session:
        now = shop.clock.now()
        return seats.choose(session, who.id, person, chosen, held, who.person_id, now, notify=True)


def held_by(shop: Shop, person: int) -> set[int]:
    return {seat.subscription_id for seat in shop.rows(Seat, person_id=person)}


def actions(shop: Shop, who: Customer) -> list[str]:
    return [one.action for one in shop.rows(Activity, account_id=who.id) if one.action.startswith("seat")]


def test_the_chosen_set_replaces_what_the_person_had(shop: Shop) -> None:
    who = shop.customer()
    one, two, three = shop.monthly(who), shop.monthly(who), shop.monthly(who)
    (ana,) = assign(shop, who, one, "ana")
    assert choose(shop, who, ana, {two, three}, {one}) == Difference((two, three), (one,))
    assert held_by(shop, ana) == {two, three}
    assert actions(shop, who) == ["seat-assigned", "seat-released", "seat-assigned", "seat-assigned"]
    assert len(shop.mails("seat-assigned")) == 2
    assert len(shop.mails("seat-released")) == 1


def test_who_is_left_with_nothing_is_suspended_and_stays_in_the_list(shop: Shop) -> None:
    who = shop.customer()
    one = shop.monthly(who)
    (ana,) = assign(shop, who, one, "ana")
    choose(shop, who, ana, set(), {one})
    with shop.database.read() as session:
        (found,) = seats.page_of_people(session, who.id, PeopleWish(suspended=True)).people
    assert (found.id, found.suspended, found.seats) == (ana, True, {})


def test_a_page_that_shows_what_is_no_longer_held_changes_nothing(shop: Shop) -> None:
    who = shop.customer()
    one, two = shop.monthly(who), shop.monthly(who)
    (ana,) = assign(shop, who, one, "ana")
    assign(shop, who, two, "ana")
    with pytest.raises(seats.HeldMeanwhileError):
        choose(shop, who, ana, set(), {one})
    assert held_by(shop, ana) == {one, two}


def test_a_set_with_a_product_without_free_seats_changes_nothing(shop: Shop) -> None:
    who = shop.customer()
    one, full = shop.monthly(who), shop.monthly(who, seats=1)
    (ana,) = assign(shop, who, one, "ana")
    assign(shop, who, full, "bo")
    with pytest.raises(seats.TooFewSeatsError) as refused:
        choose(shop, who, ana, {full}, {one})
    assert refused.value.subscription_id == full
    assert held_by(shop, ana) == {one}


def test_nothing_of_another_account_can_be_chosen(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    mine, theirs = shop.monthly(who), shop.monthly(stranger)
    (ana,), (bo,) = assign(shop, who, mine, "ana"), assign(shop, stranger, theirs, "bo")
    with pytest.raises(UnknownSubscriptionError):
        choose(shop, who, ana, {mine, theirs}, {mine})
    with pytest.raises(seats.UnknownPersonError):
        choose(shop, who, bo, {mine}, set())
    with shop.database.write() as session:
        given = seats.give_to_many(
            session, who.id, mine, Chosen((bo,)), who.person_id, shop.clock.now(), notify=True
        )
    assert given == 0
    assert held_by(shop, bo) == {theirs}


def test_an_ended_trial_can_be_unticked_but_not_ticked(shop: Shop) -> None:
    who = shop.customer()
    mine, ended = shop.monthly(who), shop.trial(who, ends=TODAY)
    (ana,) = assign(shop, who, mine, "ana")
    with pytest.raises(NotPossibleError):
        choose(shop, who, ana, {mine, ended}, {mine})
    seat = shop.seats(ended, 1)
    holder = shop.rows(Seat, id=seat[0])[0].person_id
    with shop.database.write() as session:
        session.add(Membership(person_id=holder, account_id=who.id, role="seat_holder"))
    assert choose(shop, who, holder, set(), {ended}).takes == (ended,)


def test_one_product_is_given_to_many_and_taken_from_all_that_match(shop: Shop) -> None:
    who = shop.customer()
    one, two = shop.monthly(who, seats=9), shop.monthly(who, seats=3)
    people = assign(shop, who, one, "ana", "anabel", "bo", "cy")
    with shop.database.write() as session:
        now = shop.clock.now()
        everybody = Chosen(all_of=PeopleWish(holds=one))
        with pytest.raises(seats.TooFewSeatsError) as refused:
            seats.give_to_many(session, who.id, two, everybody, who.person_id, now, notify=True)
        assert (refused.value.wanted, refused.value.free) == (4, 3)
        chosen = Chosen(tuple(people[1:]))
        assert seats.give_to_many(session, who.id, two, chosen, who.person_id, now, notify=True) == 3
        ana = Chosen(all_of=PeopleWish(text="ana"))
        assert seats.take_from_many(session, who.id, two, ana, who.person_id, now, notify=True) == 1
        assert seats.take_from_many(session, who.id, two, ana, who.person_id, now, notify=True) == 0
    assert [held_by(shop, person) for person in people] == [{one}, {one}, {one, two}, {one, two}]


def test_a_seat_moves_in_one_step_even_when_every_seat_is_held(shop: Shop) -> None:
    who = shop.customer()
    one = shop.monthly(who, seats=1)
    (ana,) = assign(shop, who, one, "ana")
    (seat,) = shop.rows(Seat)
    with shop.database.write() as session:
        to = Newcomer("Bo", "BO@example.net")
        seats.move(session, who.id, one, seat.id, to, who.person_id, shop.clock.now(), notify=True)
    (held,) = shop.rows(Seat)
    (bo,) = shop.rows(Person, email="bo@example.net")
    assert (held.person_id, held_by(shop, ana)) == (bo.id, set())
    (told,) = [entry for entry in shop.rows(Activity, account_id=who.id) if entry.action == "seat-moved"]
    assert (told.detail["old"], told.detail["new"]) == ({"person": ana}, {"person": bo.id})
    assert len(shop.mails("seat-assigned")) == len(shop.mails("seat-released")) == 1
    spells = {(spell.person_id, spell.given_how, spell.taken_how) for spell in shop.rows(SeatSpell)}
    assert spells == {(ana, "assigned", "moved"), (bo.id, "moved", None)}


def test_a_seat_does_not_move_to_somebody_who_holds_one_nor_once_it_is_gone(shop: Shop) -> None:
    who = shop.customer()
    one, other = shop.monthly(who), shop.monthly(who)
    assign(shop, who, one, "ana", "bo")
    seat = shop.rows(Seat)[0]
    with shop.database.write() as session:
        now = shop.clock.now()
        bo, cy = Newcomer("", "bo@example.net"), Newcomer("", "cy@example.net")
        with pytest.raises(seats.HoldsOneError):
            seats.move(session, who.id, one, seat.id, bo, who.person_id, now, notify=True)
        with pytest.raises(seats.SeatGoneError):
            seats.move(session, who.id, other, seat.id, cy, who.person_id, now, notify=True)
    assert len(shop.rows(Seat, subscription_id=one)) == 2
