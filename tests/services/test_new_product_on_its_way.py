"""A new product whose order waits for the bank: whatever happens to the cart, what is charged is delivered."""

from __future__ import annotations

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.domain.terms import WantedTerms
from portal.shared.services import carts
from portal.shared.services.subscriptions import additions
from tests.support.shop import MONTHLY, Customer, Shop


def ordered(shop: Shop, who: Customer) -> tuple[int, str]:
    """A new product is ordered and the bank wants a confirmation; gives the subscription and the order."""
    with shop.database.write() as session:
        terms = WantedTerms(shop.catalogue.basic, 3, MONTHLY)
        new = additions.buy(session, who.id, "meet", terms, who.person_id, shop.clock.now())
    placed = shop.order(who)
    assert placed.state is OrderState.AWAITING_CONFIRMATION
    return new, placed.reference


def remove(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        assert carts.remove(session, who.id, carts.item_ids(session, who.id)[subscription])


def test_what_was_taken_out_of_the_cart_meanwhile_is_still_delivered(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    new, reference = ordered(shop, who)
    remove(shop, who, new)
    shop.answer_bank(reference, approved=True)
    assert shop.resume(reference) is OrderState.PLACED
    assert not shop.subscription(new).waiting


def test_it_is_not_sold_or_tried_a_second_time_meanwhile(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    _, reference = ordered(shop, who)
    with shop.database.write() as session, pytest.raises(additions.NotOfferedError):
        additions.try_out(session, who.id, "meet", shop.catalogue.basic, 1, who.person_id, shop.clock.now())
    shop.answer_bank(reference, approved=True)
    assert shop.resume(reference) is OrderState.PLACED


def test_it_can_be_tried_after_the_bank_refused_and_the_cart_was_emptied(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    new, reference = ordered(shop, who)
    remove(shop, who, new)
    shop.answer_bank(reference, approved=False)
    assert shop.resume(reference) is OrderState.DECLINED
    with shop.database.write() as session:
        additions.try_out(session, who.id, "meet", shop.catalogue.basic, 1, who.person_id, shop.clock.now())
