"""Buying seats and giving them to people is one step: with the order, or with the bank's answer, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat
from portal.shared.services import carts, seats
from portal.shared.services.seats import Newcomer
from tests.support.shop import MONTHLY, Customer, Shop, want


def named(subscription: int, *names: str, notify: bool = True) -> dict[str, Any] | None:
    people = [Newcomer(name.title(), f"{name}@example.net") for name in names]
    return seats.as_choices({subscription: people}, notify=notify)


def holders(shop: Shop, subscription: int) -> set[str]:
    held = {seat.person_id for seat in shop.rows(Seat, subscription_id=subscription)}
    return {person.email.partition("@")[0] for person in shop.rows(Person) if person.id in held}


def assign(shop: Shop, who: Customer, subscription: int, *names: str) -> int:
    people = [Newcomer("", f"{name}@example.net") for name in names]
    with shop.database.write() as session:
        now = shop.clock.now()
        return seats.assign(session, who.id, subscription, people, who.person_id, now, notify=False)


def test_three_seats_are_bought_and_given_to_three_people_in_one_step(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=1)
    assign(shop, who, mine, "ana")
    change = want(mine, shop.catalogue.standard, 4)
    order = shop.order(who, change, choices=named(mine, "ana", "bo", "cy", "di"))
    assert order.state is OrderState.PLACED
    assert holders(shop, mine) == {"ana", "bo", "cy", "di"}
    assert len(shop.mails("seat-assigned")) == 3
    assert {spell.given_how for spell in shop.rows(SeatSpell)} == {"assigned", "ordered"}


def test_nobody_is_told_where_that_was_wished(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=1)
    shop.order(who, want(mine, shop.catalogue.standard, 2), choices=named(mine, "bo", notify=False))
    assert (holders(shop, mine), shop.mails("seat-assigned")) == ({"bo"}, [])


def test_more_names_than_seats_order_and_charge_nothing(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=1)
    assign(shop, who, mine, "ana")
    seen, before = shop.look(who, want(mine, shop.catalogue.standard, 3)), len(shop.rows(Order))
    with pytest.raises(seats.TooFewSeatsError) as refused:
        shop.confirm(who, seen, choices=named(mine, "bo", "cy", "di"))
    assert (refused.value.free, refused.value.wanted) == (2, 3)
    assert len(shop.rows(Order, account_id=who.id)) == before
    assert shop.captured() == {}


def test_an_order_that_waits_for_the_bank_keeps_the_seats_for_those_who_were_named(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    mine = shop.monthly(who, seats=2)
    order = shop.order(who, want(mine, shop.catalogue.standard, 3), choices=named(mine, "bo", "cy"))
    assert order.state is OrderState.AWAITING_CONFIRMATION
    assert holders(shop, mine) == set()
    with pytest.raises(seats.TooFewSeatsError):
        assign(shop, who, mine, "ana", "eve")
    assert assign(shop, who, mine, "ana") == 1
    shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert holders(shop, mine) == {"ana", "bo", "cy"}


def test_an_order_the_bank_refuses_gives_nobody_a_seat(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    mine = shop.monthly(who, seats=1)
    order = shop.order(who, want(mine, shop.catalogue.standard, 2), choices=named(mine, "bo"))
    shop.answer_bank(order.reference, approved=False)
    shop.resume(order.reference)
    assert (holders(shop, mine), shop.rows(Person, email="bo@example.net")) == (set(), [])


def test_who_loses_a_seat_makes_room_for_who_is_named(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=3)
    one, two, _ = shop.seats(mine, 3)
    plus = shop.catalogue.plus
    seen = shop.look(who, want(mine, plus, 2, MONTHLY, one))
    with pytest.raises(seats.TooFewSeatsError):
        shop.confirm(who, seen, choices=named(mine, "bo"))
    assert len(shop.rows(Seat, subscription_id=mine)) == 3
    assert two in {seat.id for seat in shop.rows(Seat)}


def test_names_wait_in_the_cart_and_go_with_it(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who)
    change, people = want(mine, shop.catalogue.standard, 6), [("Bo", "bo@example.net")]
    with shop.database.write() as session:
        carts.put(session, who.id, change, who.person_id, shop.clock.now(), people)
        assert carts.people(session, who.id) == {mine: people}
        carts.put(session, who.id, change, who.person_id, shop.clock.now())
        assert carts.people(session, who.id) == {}
