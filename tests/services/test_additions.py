"""New products: bought through the cart like everything else, or tried free of charge."""

from __future__ import annotations

import pytest

from portal.shared.domain.changes import Refusal
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.subscriptions import Standing, standing
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.quotes import QuoteItem
from portal.shared.records.subscriptions import SubscriptionRow, subscriptions_of
from portal.shared.services import carts, seats
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog.reading import catalog
from portal.shared.services.quotes import drafting
from portal.shared.services.subscriptions import additions
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.additions import NotOfferedError, RefusedError
from portal.shared.services.subscriptions.standing import NotPossibleError
from tests.support.factories import SELLER, TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Customer, Shop


def _buy(shop: Shop, who: Customer, seats_wanted: int = 3) -> int:
    with shop.database.write() as session:
        terms = WantedTerms(shop.catalogue.basic, seats_wanted, MONTHLY)
        return additions.buy(session, who.id, "meet", terms, who.person_id, shop.clock.now())


def _try(shop: Shop, who: Customer) -> int:
    with shop.database.write() as session:
        return additions.try_out(
            session, who.id, "meet", shop.catalogue.basic, 3, who.person_id, shop.clock.now()
        )


def _offered(shop: Shop, who: Customer) -> list[str]:
    with shop.database.read() as session:
        sold = catalog(session, who.currency, TODAY)
        return [offer.product for offer in additions.offered(session, who.id, sold)]


def test_what_the_account_has_is_not_offered_again(shop: Shop) -> None:
    who = shop.customer()
    shop.monthly(who)
    assert _offered(shop, who) == ["meet"]
    _try(shop, who)
    assert _offered(shop, who) == []


def test_a_product_in_the_cart_is_no_subscription_until_its_order_is_placed(shop: Shop) -> None:
    who = shop.customer()
    new = _buy(shop, who)
    with shop.database.read() as session:
        assert subscriptions.cards(session, who.id, shop.clock.now(), SELLER) == []
        assert subscriptions_of(session, who.id) == []
    newcomer = [seats.Newcomer("", "early@example.org")]
    with shop.database.write() as session, pytest.raises(NotPossibleError):
        seats.assign(session, who.id, new, newcomer, who.person_id, shop.clock.now(), notify=False)
    seen = shop.look(who)
    assert seen.summary is not None
    assert seen.summary.price_rises
    placed = shop.order(who)
    assert placed.state is OrderState.PLACED
    row = shop.subscription(new)
    assert not row.waiting
    assert (row.seats, row.period_start) == (3, TODAY)
    assert shop.cart(who) == []


def test_wanting_a_product_again_replaces_what_waits(shop: Shop) -> None:
    who = shop.customer()
    assert _buy(shop, who, 3) == _buy(shop, who, 5)
    assert [want.terms.seats for want in shop.cart(who)] == [5]


def test_taking_it_out_of_the_cart_leaves_nothing_behind(shop: Shop) -> None:
    who = shop.customer()
    new = _buy(shop, who)
    with shop.database.write() as session:
        assert carts.remove(session, who.id, carts.item_ids(session, who.id)[new])
    assert shop.rows(SubscriptionRow, account_id=who.id) == []


def _quoted_before(shop: Shop) -> tuple[Customer, int]:
    """A company that is online now and had a quote for the product when it was not."""
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        new = drafting.place_for_product(session, desk.who.id, "meet", shop.clock.now())
    desk.draft(item(new, shop.catalogue.basic, 3, MONTHLY, keeps_date=False))
    with shop.database.write() as session:
        session.get_one(Account, desk.who.id).type = "online"
    return desk.who, new


def test_what_a_quote_once_proposed_goes_in_and_out_of_the_cart(shop: Shop) -> None:
    who, new = _quoted_before(shop)
    for _ in range(2):
        assert _buy(shop, who) == new
        with shop.database.write() as session:
            assert carts.remove(session, who.id, carts.item_ids(session, who.id)[new])
    assert [row.subscription_id for row in shop.rows(QuoteItem)] == [new]


def test_what_a_quote_once_proposed_can_be_tried(shop: Shop) -> None:
    who, new = _quoted_before(shop)
    _buy(shop, who, 5)
    assert _try(shop, who) == new
    row = shop.subscription(new)
    assert (row.waiting, row.seats, shop.cart(who)) == (False, 3, [])
    assert standing(subscriptions.as_value(row, who.currency), TODAY) is Standing.TRIAL_RUNNING


def test_a_declined_card_keeps_it_in_the_cart(shop: Shop) -> None:
    who = shop.customer(card="declined")
    new = _buy(shop, who)
    assert shop.order(who).state is OrderState.DECLINED
    assert shop.subscription(new).waiting
    assert len(shop.cart(who)) == 1


def test_a_trial_begins_at_once_charges_nothing_and_sends_one_welcome_mail(shop: Shop) -> None:
    who = shop.customer(card=None)
    new = _try(shop, who)
    row = shop.subscription(new)
    assert standing(subscriptions.as_value(row, who.currency), TODAY) is Standing.TRIAL_RUNNING
    assert shop.captured() == {}
    assert len(shop.mails("trial-started")) == 1
    assert [entry.action for entry in shop.rows(Activity, account_id=who.id)] == ["trial-started"]


def test_whoever_tries_a_product_no_longer_buys_it(shop: Shop) -> None:
    who = shop.customer()
    _buy(shop, who)
    _try(shop, who)
    assert shop.cart(who) == []
    assert len(shop.rows(SubscriptionRow, account_id=who.id)) == 1


def test_a_product_is_tried_once(shop: Shop) -> None:
    who = shop.customer()
    _try(shop, who)
    with pytest.raises(NotOfferedError):
        _try(shop, who)


@pytest.mark.parametrize(
    ("count", "reason"), [(0, Refusal.SEATS_TOO_FEW), (101, Refusal.SEATS_TOO_MANY)], ids=["none", "too-many"]
)
def test_the_policy_of_every_change_holds_for_new_products(shop: Shop, count: int, reason: Refusal) -> None:
    who = shop.customer()
    with pytest.raises(RefusedError) as refused:
        _buy(shop, who, count)
    assert refused.value.reason is reason
    assert shop.cart(who) == []


def test_the_balance_of_the_account_is_looked_at_where_it_lives(shop: Shop) -> None:
    who = shop.customer(balance=12_345)
    with shop.database.read() as session:
        view = account_view(session, who.id, shop.clock.now())
    assert (view.balance.minor, view.today) == (12_345, TODAY)
