"""Seats: never more than were bought, whoever presses at the same time, and one mail for each change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.records.people import Membership, Person
from portal.shared.records.subscriptions import Seat
from portal.shared.services import seats
from portal.shared.services.subscriptions.standing import NotPossibleError, UnknownSubscriptionError
from tests.support.factories import TODAY
from tests.support.shop import MONTHLY, Customer, Shop, want


def newcomers(*names: str) -> list[seats.Newcomer]:
    return [seats.Newcomer(name.title(), f"{name}@example.net") for name in names]


def assign(shop: Shop, who: Customer, subscription: int, *names: str, notify: bool = True) -> int:
    with shop.database.write() as session:
        people = newcomers(*names)
        now = shop.clock.now()
        return seats.assign(session, who.id, subscription, people, who.person_id, now, notify=notify)


def take_away(shop: Shop, who: Customer, subscription: int, *ids: int) -> int:
    with shop.database.write() as session:
        now = shop.clock.now()
        return seats.take_away(session, who.id, subscription, ids, who.person_id, now, notify=True)


def test_people_get_a_seat_a_role_and_one_mail(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    assert assign(shop, who, subscription, "ana", "bo") == 2
    with shop.database.read() as session:
        holders = seats.holders(session, who.id, subscription)
    assert [(one.name, one.email) for one in holders] == [
        ("Ana", "ana@example.net"),
        ("Bo", "bo@example.net"),
    ]
    assert len(shop.rows(Membership, role="seat_holder")) == 2
    assert len(shop.mails("seat-assigned")) == 2


def test_nobody_gets_a_second_seat_however_the_address_is_written(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    assert assign(shop, who, subscription, "ana", "ANA", " Ana") == 1
    assert assign(shop, who, subscription, "Ana", "bo") == 1
    assert len(shop.rows(Seat)) == 2
    assert len(shop.mails("seat-assigned")) == 2


def test_all_of_them_get_a_seat_or_nobody(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, seats=2)
    with pytest.raises(seats.TooFewSeatsError) as refused:
        assign(shop, who, subscription, "ana", "bo", "cy")
    assert refused.value.free == 2
    assert shop.rows(Seat) == []
    assert shop.mails("seat-assigned") == []


def test_no_mail_leaves_where_none_is_wanted(shop: Shop) -> None:
    who = shop.customer()
    assign(shop, who, shop.monthly(who), "ana", notify=False)
    assert shop.mails("seat-assigned") == []


def test_a_person_who_is_known_keeps_name_and_sign_in(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    assign(shop, who, shop.monthly(who), "ana")
    assign(shop, other, shop.monthly(other), "ANA")
    assert len(shop.rows(Person, email="ana@example.net")) == 1


def test_seats_are_released_with_one_mail_and_can_be_given_again(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, seats=1)
    assign(shop, who, subscription, "ana")
    seat = shop.rows(Seat)[0].id
    assert take_away(shop, who, subscription, seat) == 1
    assert take_away(shop, who, subscription, seat) == 0
    assert len(shop.mails("seat-released")) == 1
    assert assign(shop, who, subscription, "bo") == 1


def test_seats_of_other_subscriptions_and_accounts_count_as_none(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    mine, other, theirs = shop.monthly(who), shop.monthly(who), shop.monthly(stranger)
    foreign = [*shop.seats(other, 1), *shop.seats(theirs, 1)]
    assert take_away(shop, who, mine, *foreign) == 0
    assert len(shop.rows(Seat)) == 2
    for service in (assign, take_away):
        with pytest.raises(UnknownSubscriptionError):
            service(shop, who, theirs)


def test_an_ended_trial_gives_no_seats(shop: Shop) -> None:
    who = shop.customer()
    with pytest.raises(NotPossibleError):
        assign(shop, who, shop.trial(who, ends=TODAY), "ana")


def test_an_order_on_its_way_that_buys_fewer_seats_already_counts(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    seat, *_ = shop.seats(subscription, 4)
    order = shop.order(who, want(subscription, shop.catalogue.plus, 3, MONTHLY, seat))
    assert order.state is OrderState.AWAITING_CONFIRMATION
    with pytest.raises(seats.TooFewSeatsError):
        assign(shop, who, subscription, "ana")
    shop.answer_bank(order.reference, approved=True)
    shop.resume(order.reference)
    assert len(shop.rows(Seat)) == shop.subscription(subscription).seats == 3


def test_an_order_on_its_way_that_buys_more_seats_does_not_count_yet(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who, seats=1)
    order = shop.order(who, want(subscription, shop.catalogue.plus, 3))
    with pytest.raises(seats.TooFewSeatsError):
        assign(shop, who, subscription, "ana", "bo")
    shop.give_up(order.reference)
    assert assign(shop, who, subscription, "ana") == 1


def test_a_person_who_left_while_the_order_was_on_its_way_is_no_trouble(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    one, two, *_ = shop.seats(subscription, 5)
    order = shop.order(who, want(subscription, shop.catalogue.plus, 3, MONTHLY, one, two))
    take_away(shop, who, subscription, one)
    shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert len(shop.rows(Seat)) == 3
    assert len(shop.mails("seat-released")) == 2


def test_eight_threads_never_give_more_seats_than_were_bought(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, seats=10)
    gate = Barrier(8, timeout=10)

    def press(thread: int) -> int:
        gate.wait()
        given = 0
        for number in range(4):
            try:
                given += assign(shop, who, subscription, f"p{thread}x{number}", f"shared{number}")
            except seats.TooFewSeatsError:
                continue
        return given

    with ThreadPoolExecutor(8) as pool:
        given = sum(pool.map(press, range(8)))
    held = shop.rows(Seat)
    assert len(held) == given <= 10
    assert len({seat.person_id for seat in held}) == len(held)
    assert len(shop.mails("seat-assigned")) == len(held)


def test_two_accounts_can_welcome_the_same_new_person_at_once(shop: Shop) -> None:
    customers = [shop.customer() for _ in range(4)]
    bought = {who.id: shop.monthly(who, seats=20) for who in customers}
    gate = Barrier(4, timeout=10)

    def press(who: Customer) -> int:
        given = 0
        for number in range(6):
            gate.wait()
            given += assign(shop, who, bought[who.id], f"new{number}")
        return given

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(press, customers)) == [6] * 4
    assert len(shop.rows(Person)) - 6 == len({p.email for p in shop.rows(Person)}) - 6
