"""The way to PostgreSQL breaks, not the server: answers to commits are lost, connections reset, nothing comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from tests.faults import oracle
from tests.faults.buyer import LONGEST_SECONDS, Answer, Buyer
from tests.faults.proxy import Proxy, TheOnly, Way, running, to_file
from tests.faults.report import note, within
from tests.faults.rig import SEATS, Customer, Rig, running_rig
from tests.support.html import Form
from tests.support.postgres import PostgresServer
from tests.support.visitor import filled

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]
COMMIT = b"COMMIT\0"
UNKNOWN = "We cannot say whether that was kept"
NOTHING_DONE = "Nothing was changed, and nothing was charged."
# The three commits of an order: it is begun, the processor's number for it is noted, it is settled.
COMMITS = [pytest.param(1, id="begun"), pytest.param(2, id="noted"), pytest.param(3, id="settled")]


@pytest.fixture(scope="module")
def broken(
    postgres_server: PostgresServer, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Rig, Proxy]]:
    """The rig, and the application's way to its database."""
    with postgres_server.another(template=postgresql_template) as own:
        url = sa.make_url(own)
        folder = Path(str(url.query["host"]))
        with running(to_file(str(folder / ".s.PGSQL.5432"))) as way:
            seen = url.set(host="127.0.0.1", port=way.port, query={})
            by_the_way = seen.render_as_string(hide_password=False)
            with running_rig(tmp_path_factory.mktemp("way"), own, by_the_way) as rig:
                yield rig, way


def at_checkout(buyer: Buyer, who: Customer, seats: int) -> Form:
    """The button of somebody who has chosen so many seats."""
    edit = f"/billing/subscriptions/{who.subscription_id}/edit"
    form = buyer.get(edit).form("/edit")
    assert form is not None
    buyer.post(edit, filled(form, {"seats": str(seats)}))
    place = buyer.get("/billing/checkout").form("/place")
    assert place is not None
    return place


def order_of(answer: Answer) -> str:
    """Which order an answer leads to, or speaks of."""
    found = re.search(r"/billing/orders/([0-9A-Z]{10})", answer.path + " " + answer.html)
    assert found, answer
    return found[1]


@pytest.mark.parametrize("number", COMMITS)
def test_an_order_whose_commit_was_not_answered_is_one_order_and_nobody_is_told_wrongly(
    broken: tuple[Rig, Proxy], number: int
) -> None:
    rig, way = broken
    (who,) = rig.customers(1)
    buyer = rig.buyer(who)
    place = at_checkout(buyer, who, SEATS + 1)
    before, way.loses = way.lost, TheOnly(COMMIT, number)
    try:
        answer = buyer.once("POST", place.action, place.fields)
        kept = oracle.orders_of(rig.database, who.account_id)
    finally:
        way.loses = lambda _: False
    assert way.lost > before, "an answer was lost"
    if answer.status == 503:
        assert UNKNOWN in answer.html or (NOTHING_DONE in answer.html and not kept)
    else:
        assert answer.status in (303, 409), "placed, or still being checked"
        assert [order_of(answer)] == list(kept)
    again = buyer.post(place.action, place.fields)
    rig.settle()
    rig.prove()
    ((reference, state),) = oracle.orders_of(rig.database, who.account_id).items()
    assert order_of(again) == reference, "the second press leads to the first one's order"
    assert state in (OrderState.PLACED, OrderState.CANCELLED)
    assert (state is OrderState.PLACED) == (reference in rig.processor.took())
    placed = SEATS + (state is OrderState.PLACED)
    assert oracle.seats(rig.database, who.subscription_id) == placed
    note(5, f"PostgreSQL's answer to commit {number} of an order lost: {answer.status}, then {state}")


def test_connections_that_are_reset_while_people_buy_cost_nobody_an_order(broken: tuple[Rig, Proxy]) -> None:
    rig, way = broken
    people = rig.customers(3)
    buyers = [rig.buyer(who, doubled=0.2) for who in people]
    workers = rig.application.web_workers()

    def buy(buyer: Buyer) -> list[str | None]:
        return [buyer.order(SEATS + number) for number in (1, 2)]

    with ThreadPoolExecutor(len(people)) as hands:
        buying = [hands.submit(buy, one) for one in buyers]
        resets = 0
        while not all(one.done() for one in buying):
            if sum(one.asked for one in buyers) >= 4 * (resets + 1):
                way.cut()
                resets += 1
        bought = [one.result() for one in buying]
    assert resets
    assert rig.application.web_workers() == workers, "nobody had to start it anew"
    rig.settle()
    rig.prove()
    for who, orders in zip(people, bought, strict=True):
        kept = oracle.orders_of(rig.database, who.account_id)
        assert {one for one in orders if one} <= {f"/billing/orders/{one}" for one in kept}, "none is lost"
        took_effect = sum(state is OrderState.PLACED for state in kept.values())
        assert oracle.seats(rig.database, who.subscription_id) == SEATS + took_effect
    note(13, f"connections to PostgreSQL reset {resets} times while people buy: nothing started anew")


def test_a_way_on_which_nothing_comes_back_is_not_waited_for(broken: tuple[Rig, Proxy]) -> None:
    rig, way = broken
    people = rig.customers(4)
    buyers = [rig.buyer(who) for who in people]
    for one in buyers:
        one.get("/billing/")
    with way.being(Way.SILENT), ThreadPoolExecutor(len(buyers)) as hands:
        answers = list(hands.map(lambda one: one.once("GET", "/billing/"), buyers))
    for answer in answers:
        assert (answer.status, bool(answer.retry_after)) == (503, True)
    slowest = max(one.slowest for one in buyers)
    within(14, "slowest answer while nothing comes back from PostgreSQL", slowest, LONGEST_SECONDS)
    for one in buyers:
        assert one.get("/billing/").status == 200, "the pool recovers by itself"
