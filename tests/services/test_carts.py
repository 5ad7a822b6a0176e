"""The cart: one item a subscription, kept until it is ordered, priced at every look."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from portal.shared.domain.order_states import OrderState
from portal.shared.records.carts import CartItem
from portal.shared.services import carts
from tests.support.shop import ANNUAL, Shop, want


def test_a_newer_change_replaces_the_older_one_of_the_same_subscription(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        now = shop.clock.now()
        first = want(subscription, shop.catalogue.plus, 5)
        assert carts.put(session, who.id, first, who.person_id, now) is False
        second = want(subscription, shop.catalogue.plus, 7, ANNUAL, 3, 1)
        assert carts.put(session, who.id, second, who.person_id, now) is True
    assert shop.cart(who) == [second]


def test_items_are_kept_in_the_order_they_came_and_removed_one_by_one(shop: Shop) -> None:
    who = shop.customer()
    first, second = shop.monthly(who), shop.trial(who)
    for subscription in (second, first):
        shop.put(who, want(subscription, shop.catalogue.plus, 5))
        shop.later(minutes=1)
    assert [item.subscription_id for item in shop.cart(who)] == [second, first]
    with shop.database.write() as session:
        items = carts.item_ids(session, who.id)
        assert carts.holds_others(session, who.id, first)
        assert carts.remove(session, who.id, items[second]) is True
        assert carts.remove(session, who.id, items[second]) is False
        assert not carts.holds_others(session, who.id, first)
        assert carts.wanted_for(session, who.id, second) is None
    assert [item.subscription_id for item in shop.cart(who)] == [first]


def test_the_cart_of_another_account_is_out_of_reach(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    theirs = shop.monthly(stranger)
    shop.put(stranger, want(theirs, shop.catalogue.plus, 5))
    with shop.database.write() as session:
        item = carts.item_ids(session, stranger.id)[theirs]
        assert carts.remove(session, who.id, item) is False
    assert len(shop.cart(stranger)) == 1


def test_the_database_refuses_an_item_for_the_subscription_of_another_account(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    theirs = shop.monthly(stranger)
    with pytest.raises(IntegrityError):
        shop.put(who, want(theirs, shop.catalogue.plus, 5))


def test_only_what_was_ordered_leaves_the_cart(shop: Shop) -> None:
    who = shop.customer()
    first, second = shop.monthly(who), shop.trial(who)
    shop.put(who, want(second, shop.catalogue.standard, 2))
    wish = want(first, shop.catalogue.plus, 5)
    shop.confirm(who, shop.look(who, wish), wanted=(wish,))
    assert [item.subscription_id for item in shop.cart(who)] == [second]


def test_a_newer_wish_for_the_same_subscription_outlives_the_order_on_its_way(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    order = shop.order(who, want(subscription, shop.catalogue.plus, 5))
    shop.later(minutes=1)
    newer = want(subscription, shop.catalogue.plus, 12)
    shop.put(who, newer)
    shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert shop.cart(who) == [newer]


def test_a_cart_holds_no_prices(shop: Shop) -> None:
    assert {"unit_minor", "amount_minor", "price"}.isdisjoint(CartItem.__table__.columns.keys())
