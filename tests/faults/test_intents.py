"""People who press twice, ten times, in two tabs: each intent is one order and one charge, through the real pages."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.orders import Order
from portal.shared.services.sign_in import signing_in
from portal.shared.web.transactions import TransactionalFlask
from tests.support.factories import NOW, TODAY, a_catalogue
from tests.support.long_form import times
from tests.support.shop import MONTHLY, Customer, Shop, want
from tests.support.visitor import Visitor

INTENTS = times(40, 1000)
A_DAY = 5  # orders of one account
HANDS = 4
TWICE, TEN_TIMES, TWO_TABS = "twice", "ten times", "two tabs"
PRESSES = {TWICE: 2, TEN_TIMES: 10, TWO_TABS: 2}


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """A shop on either database; afterwards both books are proved."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        catalogue = a_catalogue(session)
    shop = Shop(database, processor, clock, catalogue)
    yield shop
    shop.prove()
    processor.close()


@pytest.fixture
def app(shop: Shop, tmp_path: Path) -> TransactionalFlask:
    """The application over the same books."""
    settings = Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        demo=False,
    )
    return create_app(settings, clock=shop.clock, database=shop.database, processor=shop.processor)


def browser(shop: Shop, app: TransactionalFlask, who: Customer) -> Visitor:
    """A browser in which somebody is signed in."""
    with shop.database.write() as session:
        token = signing_in.open_session(session, who.person_id, shop.clock.now())
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return Visitor(client)


def the_same(app: TransactionalFlask, one: Visitor) -> Visitor:
    """The same browser once more, so that two presses can be on their way at once."""
    other = Visitor(app.test_client())
    with one.client.session_transaction() as held, other.client.session_transaction() as kept:
        kept.update(held)
    return other


def press(app: TransactionalFlask, visitor: Visitor, how: str) -> set[str]:
    """Look at checkout and press, as often as this person does; gives the orders that the presses led to."""
    pages = [visitor.get("/billing/checkout")]
    count = PRESSES.get(how, 1)
    if how == TWO_TABS:
        pages.append(visitor.get("/billing/checkout"))
    forms = [next(one for one in page.forms if one.action.endswith("/place")) for page in pages]
    hands = [visitor, *(the_same(app, visitor) for _ in range(count - 1))]
    gate = Barrier(count, timeout=60)

    def once(number: int) -> str:
        gate.wait()
        form = forms[number % len(forms)]
        answer = hands[number].post(form.action, list(form.fields), follow=False)
        while answer.status == 503:  # a busy machine says "try again", and whoever reads that does
            answer = hands[number].post(form.action, list(form.fields), follow=False)
        return answer.path

    with ThreadPoolExecutor(count) as pool:
        answers = list(pool.map(once, range(count)))
    return {path.rpartition("/")[2] for path in answers if "/billing/orders/" in path}


def test_nobody_gets_a_second_order_or_a_second_charge(shop: Shop, app: TransactionalFlask) -> None:
    hows = [TEN_TIMES] * (INTENTS // 20) + [TWICE] * (INTENTS // 10) + [TWO_TABS] * (INTENTS // 10)
    hows += [""] * (INTENTS - len(hows))
    random.Random(3).shuffle(hows)
    people = [shop.customer() for _ in range(-(-INTENTS // A_DAY))]
    subscriptions = [shop.trial(who, seats=3, ends=TODAY + timedelta(days=10)) for who in people]
    visitors = [browser(shop, app, who) for who in people]

    def buy(number: int) -> list[set[str]]:
        who, subscription = people[number], subscriptions[number]
        led = []
        for seats, how in enumerate(hows[number * A_DAY : (number + 1) * A_DAY], start=4):
            shop.put(who, want(subscription, shop.catalogue.standard, seats, MONTHLY))
            led.append(press(app, visitors[number], how))
        return led

    with ThreadPoolExecutor(HANDS) as pool:
        led = [orders for found in pool.map(buy, range(len(people))) for orders in found]
    orders = shop.rows(Order)
    assert [len(one) for one in led] == [1] * INTENTS, (
        "each intent led to one order, whoever pressed how often"
    )
    assert {next(iter(one)) for one in led} == {one.reference for one in orders}
    assert len(orders) == INTENTS
    assert {one.state for one in orders} == {OrderState.PLACED}
    captured = [one.key for one in shop.processor.book.captures()]
    assert sorted(captured) == sorted(one.reference for one in orders), "each order was charged once"
