"""A figure the person did not see is never charged: whatever happens between the look and the click."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.shared.domain.taxes import VatState
from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.carts import CartItem
from portal.shared.records.catalog import Price, TaxRateRow
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.services import carts
from portal.shared.services.orders.placement import Accepted, Moved, NothingToOrder
from portal.shared.services.orders.pricing import Priced
from tests.support.factories import TODAY, a_price, grant
from tests.support.long_form import times
from tests.support.shop import ANNUAL, MONTHLY, Customer, Shop, euros, want

Event = Callable[[Shop, Customer, int], None]

LOOKS_OF_ONE, ACCOUNTS = 60, times(1, 17)


def the_price_changes(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        newest = max(
            price.valid_from for price in session.query(Price).filter_by(plan_id=shop.catalogue.plus)
        )
        unit = 3600 + (newest - date(2020, 1, 1)).days % 97
        a_price(session, shop.catalogue.plus, MONTHLY, unit, valid_from=_free_day(newest))


def _free_day(newest: date) -> date:
    """A day from which no price holds yet, and which has come."""
    return TODAY - timedelta(days=200) if newest < TODAY - timedelta(days=200) else newest + timedelta(days=1)


def the_vat_number_is_confirmed(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        account = lock_account(session, who.id)
        valid = account.vat_state is VatState.VALID
        account.vat_state = VatState.NONE if valid else VatState.VALID


def the_tax_rate_changes(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        day = shop.clock.now().date()
        if session.query(TaxRateRow).filter_by(country="DE", valid_from=day).first() is None:
            session.add(TaxRateRow(country="DE", valid_from=day, name="MwSt", millionths=200_000 + day.day))


def another_tab_changes_the_cart(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        item = carts.wanted_for(session, who.id, subscription)
        seats = 1 + (item.terms.seats if item else 5) % 40
        change = want(subscription, shop.catalogue.plus, seats)
        carts.put(session, who.id, change, who.person_id, shop.clock.now())


def midnight_passes(shop: Shop, who: Customer, subscription: int) -> None:
    shop.later(days=1)


def another_order_is_placed(shop: Shop, who: Customer, subscription: int) -> None:
    """In a second window, straight from the subscription's own page; the cart stays as it is."""
    seats = 1 + (shop.subscription(subscription).seats + 1) % 40
    change = want(subscription, shop.catalogue.plus, seats)
    seen = shop.look(who, change, keep=False)
    if seen.summary is not None:
        shop.confirm(who, seen, wanted=(change,))


def the_balance_grows(shop: Shop, who: Customer, subscription: int) -> None:
    with shop.database.write() as session:
        grant(session, lock_account(session, who.id), euros(100), shop.clock.now())


EVENTS: tuple[Event, ...] = (
    the_price_changes,
    the_vat_number_is_confirmed,
    the_tax_rate_changes,
    another_tab_changes_the_cart,
    midnight_passes,
    the_balance_grows,
)


@pytest.mark.parametrize("event", EVENTS)
def test_what_moved_between_look_and_click_is_shown_and_not_charged(shop: Shop, event: Event) -> None:
    who = shop.customer(country="DE")
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    orders = len(shop.rows(Order))
    event(shop, who, subscription)
    placed = shop.confirm(who, seen)
    assert isinstance(placed, Moved)
    assert placed.now.summary is not None
    assert seen.summary is not None
    assert placed.now.summary.digest != seen.summary.digest
    assert (len(shop.rows(Order)), len(shop.rows(Invoice)), shop.captured()) == (orders, 1, {})
    assert len(shop.rows(CartItem)) == 1
    again = shop.confirm(who, placed.now)
    assert isinstance(again, Accepted), "what is shown now can be confirmed"
    assert shop.captured() == {"EUR": placed.now.summary.total_due.minor}


def test_an_order_from_another_window_moves_the_summary(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    change = want(subscription, shop.catalogue.plus, 9)
    assert isinstance(shop.confirm(who, shop.look(who, change, keep=False), wanted=(change,)), Accepted)
    charged = shop.captured()
    assert isinstance(shop.confirm(who, seen), Moved | NothingToOrder)
    assert shop.captured() == charged


def test_a_price_from_tomorrow_moves_nothing_of_today_but_the_next_charge_that_was_told(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    with shop.database.write() as session:
        a_price(session, shop.catalogue.plus, MONTHLY, 9999, valid_from=TODAY + timedelta(days=1))
    assert seen is not None
    moved = shop.confirm(who, seen)
    assert isinstance(moved, Moved)
    now = moved.now.summary
    assert now is not None
    assert (now.lines, now.total_due) == (seen.lines, seen.total_due)
    assert now.items[0].next_charge == euros(5 * 9999).share(123, 100)
    assert isinstance(shop.confirm(who, now), Accepted)


def test_a_price_from_a_day_of_a_later_period_moves_nothing(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    with shop.database.write() as session:
        a_price(session, shop.catalogue.plus, MONTHLY, 9999, valid_from=date(2026, 4, 11))
    assert isinstance(shop.confirm(who, seen), Accepted)


def test_a_tampered_digest_orders_nothing(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    assert isinstance(shop.confirm(who, seen, digest="0" * 64), Moved)
    assert shop.captured() == {}


def test_an_item_that_can_no_longer_be_bought_moves_the_summary(shop: Shop) -> None:
    who = shop.customer()
    first, second = shop.monthly(who), shop.trial(who, shop.catalogue.basic)
    seen = shop.look(who, want(first, shop.catalogue.plus, 5), want(second, shop.catalogue.basic, 2))
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = TODAY
    placed = shop.confirm(who, seen)
    assert isinstance(placed, Moved)
    assert placed.now.summary is not None
    assert [item.subscription_id for item in placed.now.summary.items] == [second], "a trial may be bought"
    assert set(placed.now.refused) == {first}


def walk(shop: Shop, chance: random.Random, steps: int) -> tuple[int, int]:
    """Looks and clicks of one account, with whatever happens between; gives how many orders were placed and refused."""
    who = shop.customer(country="DE")
    subscription = shop.monthly(who, seats=3, began=shop.clock.now().date())
    moved = placed = 0
    tabs: list[Priced] = []
    for _ in range(steps):
        wish = want(
            subscription,
            shop.catalogue.plus,
            chance.randint(1, 40),
            chance.choice((MONTHLY, MONTHLY, ANNUAL)),
        )
        tabs.append(shop.look(who, wish))
        for event in chance.sample((*EVENTS, another_order_is_placed), chance.choice((0, 0, 1, 1, 2))):
            event(shop, who, subscription)
        seen = chance.choice(tabs[-3:])
        if seen.summary is None:
            continue
        before = shop.captured().get("EUR", 0)
        answer = shop.confirm(who, seen)
        charged = shop.captured().get("EUR", 0) - before
        if isinstance(answer, Accepted):
            placed += 1
            assert charged == seen.summary.total_due.minor
            assert shop.balance(who) == seen.summary.balance_after.minor
        else:
            moved += 1
            assert isinstance(answer, Moved | NothingToOrder)
            assert charged == 0
    return placed, moved


def test_random_interleavings_charge_only_what_was_seen(shop: Shop) -> None:
    """Several looks are open at once, like tabs; each click is refused or charges exactly what that look showed."""
    chance = random.Random(20260310)
    placed, moved = (
        sum(found) for found in zip(*(walk(shop, chance, LOOKS_OF_ONE) for _ in range(ACCOUNTS)), strict=True)
    )
    assert placed > LOOKS_OF_ONE * ACCOUNTS / 10, "the walk must place orders"
    assert moved > LOOKS_OF_ONE * ACCOUNTS / 10, "the walk must refuse orders"
