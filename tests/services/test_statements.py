"""Pages ask the database a constant number of questions, however much an account has."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.services import carts, requests
from portal.shared.services.orders.pricing import price
from portal.shared.services.subscriptions import standing as subscriptions
from tests.support.counting import counting
from tests.support.factories import NOW, SELLER, a_monthly_subscription, a_trial
from tests.support.shop import CONTACT, Customer, Shop, want


def cards(shop: Shop, session: Session, who: Customer) -> object:
    return subscriptions.cards(session, who.id, shop.clock.now(), SELLER)


def pricing(shop: Shop, session: Session, who: Customer) -> object:
    account = session.get_one(Account, who.id)
    priced = price(session, account, carts.wanted(session, who.id), CONTACT, SELLER, shop.clock.now())
    assert priced.refused == {}
    return priced


def requests_of_account(shop: Shop, session: Session, who: Customer) -> object:
    return requests.of_account(session, who.id)


def desk(shop: Shop, session: Session, who: Customer) -> object:
    return requests.waiting(session)


QUESTIONS = (cards, pricing, requests_of_account, desk)


def test_one_ten_and_fifty_subscriptions_take_the_same_number_of_statements(shop: Shop) -> None:
    who = shop.customer()
    counts: dict[str, list[int]] = {question.__name__: [] for question in QUESTIONS}
    have = 0
    for many in (1, 10, 50):
        with shop.database.write() as session:
            account = session.get_one(Account, who.id)
            for number in range(have, many):
                kind = a_monthly_subscription if number % 10 == 0 else a_trial
                subscription = kind(session, account, shop.catalogue.standard)
                wish = want(subscription.id, shop.catalogue.plus, 6)
                carts.put(session, who.id, wish, who.person_id, NOW)
                requests.ask_for_lower_plan(session, who.id, wish, who.person_id, NOW)
        have = many
        with shop.database.read() as session:
            pricing(shop, session, who)  # who asks first in a process reads the catalogue
        for question in QUESTIONS:
            with shop.database.read() as session, counting(shop.database.engine) as sent:
                question(shop, session, who)
            counts[question.__name__].append(len(sent))
    assert all(len(set(numbers)) == 1 for numbers in counts.values()), counts
