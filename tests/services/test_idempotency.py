"""Pressing twice, in one window or in eight: one order, one charge, one mail."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from portal.shared.domain.changes import Refusal
from portal.shared.domain.order_states import OrderState
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment
from portal.shared.services.orders.placement import (
    Accepted,
    Busy,
    KeyReused,
    Moved,
    NothingToOrder,
    Placement,
)
from portal.shared.services.orders.pricing import Priced
from tests.support.shop import Customer, Shop, want


def at_once(shop: Shop, who: Customer, seen: Priced, keys: list[str]) -> list[Placement]:
    """One thread a key, all released together."""
    gate = Barrier(len(keys), timeout=10)

    def press(key: str) -> Placement:
        gate.wait()
        return shop.confirm(who, seen, key=key)

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(press, keys))


def orders(shop: Shop) -> list[Order]:
    return [order for order in shop.rows(Order) if not order.reference.startswith("FIRST")]


def test_the_same_key_twice_is_one_order(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    first = shop.confirm(who, seen, key="one")
    assert shop.confirm(who, seen, key="one") == first
    assert (len(orders(shop)), len(shop.rows(Payment)), len(shop.mails("order-placed"))) == (1, 1, 1)


def test_the_same_key_still_answers_a_day_later(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    first = shop.confirm(who, seen, key="one")
    shop.later(hours=25)
    assert shop.confirm(who, seen, key="one") == first


def test_the_same_key_repeats_a_refusal_without_a_second_try(shop: Shop) -> None:
    who = shop.customer(card="declined")
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    first = shop.confirm(who, seen, key="one")
    assert isinstance(first, Accepted)
    assert first.state is OrderState.DECLINED
    assert shop.confirm(who, seen, key="one") == first
    assert len(orders(shop)) == 1


def test_the_same_key_for_something_else_is_refused(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    shop.confirm(who, seen, key="one")
    other = shop.look(who, want(subscription, shop.catalogue.plus, 7))
    assert shop.confirm(who, other, key="one") == KeyReused()
    assert len(orders(shop)) == 1


def test_two_accounts_may_use_the_same_key(shop: Shop) -> None:
    one, other = shop.customer(), shop.customer()
    for who in (one, other):
        placed = shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5), key="one")
        assert placed.state is OrderState.PLACED
    assert len(orders(shop)) == 2


def test_two_keys_in_two_threads_on_one_cart_are_one_order(shop: Shop) -> None:
    who = shop.customer()
    for _ in range(4):
        subscription = shop.monthly(who)
        before = len(shop.processor.book.captures())
        seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
        answers = at_once(shop, who, seen, [f"a{subscription}", f"b{subscription}"])
        assert len([answer for answer in answers if isinstance(answer, Accepted)]) == 1
        assert all(isinstance(answer, Accepted | Busy | NothingToOrder | Moved) for answer in answers)
        assert len(shop.processor.book.captures()) == before + 1


def test_eight_threads_with_the_same_key_are_one_order(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    answers = at_once(shop, who, seen, ["one"] * 8)
    assert len({answer.reference for answer in answers if isinstance(answer, Accepted)}) == 1
    assert all(isinstance(answer, Accepted) for answer in answers)
    assert (len(orders(shop)), len(shop.processor.book.captures())) == (1, 1)
    assert len(shop.mails("order-placed")) == 1


def test_the_return_page_and_the_processors_message_complete_an_order_once(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    order = shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    shop.answer_bank(order.reference, approved=True)
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(shop.resume, [order.reference] * 4))
    assert set(states) == {OrderState.PLACED}
    assert (len(shop.rows(Payment)), len(shop.mails("order-placed"))) == (1, 1)


def test_the_subscription_of_another_account_is_refused_like_none(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    theirs = shop.monthly(stranger)
    foreign = shop.look(who, want(theirs, shop.catalogue.plus, 5), keep=False)
    nobodys = shop.look(who, want(10**9, shop.catalogue.plus, 5), keep=False)
    assert (foreign.summary, foreign.refused) == (None, {theirs: Refusal.UNKNOWN_PLAN})
    assert (nobodys.summary, nobodys.refused) == (None, {10**9: Refusal.UNKNOWN_PLAN})
