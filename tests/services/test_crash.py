"""Broken off at every boundary of the three phases, an order ends placed and charged once, or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.records.orders import Order, due_for_check
from portal.shared.services.orders.placement import Accepted, Busy
from portal.shared.services.orders.pricing import Priced
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.hanging import HUNG
from tests.support.shop import Customer, Shop, want

PLACED, CANCELLED = OrderState.PLACED, OrderState.CANCELLED

BOUNDARIES = {
    "before the first commit": None,
    "before the charge": CANCELLED,
    "after the charge": PLACED,
    "before the last commit": PLACED,
    "after the last commit": PLACED,
}


def one_order(shop: Shop) -> Order | None:
    found = [order for order in shop.rows(Order) if not order.reference.startswith("FIRST")]
    assert len(found) <= 1
    return found[0] if found else None


def nothing_half_written(shop: Shop, who: Customer, subscription: int, end: OrderState | None) -> None:
    charges = len(shop.processor.book.captures())
    assert charges == (1 if end is PLACED else 0)
    assert len(shop.mails("order-placed")) == charges
    upgraded = shop.subscription(subscription).plan_id == shop.catalogue.plus
    assert upgraded is (end is PLACED)
    assert len(shop.cart(who)) == (0 if end is PLACED else 1)


def broken_off(shop: Shop, who: Customer, seen: Priced, boundary: str) -> None:
    """The same boundaries in this process, by an exception."""
    engine = shop.database.engine

    def refuse(connection: sa.Connection) -> None:
        sa.event.remove(engine, "commit", refuse)
        cut()

    def at_commit() -> None:
        sa.event.listen(engine, "commit", refuse)

    faulty = FaultyProcessor(shop.processor)
    if boundary == "before the first commit":
        at_commit()
    elif boundary == "before the charge":
        faulty.before = cut
    elif boundary == "after the charge":
        faulty.after = cut
    elif boundary == "before the last commit":
        faulty.after = at_commit
    if boundary == "after the last commit":
        shop.confirm(who, seen, key="one", processor=faulty)
    else:
        with pytest.raises(PowerCut):
            shop.confirm(who, seen, key="one", processor=faulty)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_an_exception_at_a_boundary_leaves_nothing_half_written(shop: Shop, boundary: str) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    broken_off(shop, who, seen, boundary)
    end = BOUNDARIES[boundary]
    order = one_order(shop)
    assert (order is None) is (end is None)
    if order is not None:
        assert shop.resume(order.reference) is end
        assert shop.resume(order.reference) is end
        assert shop.confirm(who, seen, key="one") == Accepted(order.reference, end or order.state)
    nothing_half_written(shop, who, subscription, end)


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_killed_process_leaves_nothing_half_written(shop: Shop, tmp_path: Path, boundary: str) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    url = shop.database.url.render_as_string(hide_password=False)
    words = [url, str(tmp_path / "processor"), str(who.id), str(who.person_id), seen.digest, "one", boundary]
    killed = subprocess.run([sys.executable, "-m", "tests.support.crash", *words], check=False, timeout=HUNG)
    assert killed.returncode == -9
    end = BOUNDARIES[boundary]
    order = one_order(shop)
    assert (order is None) is (end is None)
    if order is not None:
        assert shop.resume(order.reference) is end
    nothing_half_written(shop, who, subscription, end)


def test_an_order_broken_off_is_found_by_the_sweeper_after_five_minutes(shop: Shop) -> None:
    who = shop.customer()
    seen = shop.look(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    broken_off(shop, who, seen, "after the charge")
    order = one_order(shop)
    assert order is not None
    assert order.state is OrderState.STARTED
    assert shop.confirm(who, seen, key="two") == Busy(order.reference)
    shop.later(minutes=5)
    with shop.database.read() as session:
        assert due_for_check(session, shop.clock.now()) == [order.reference]
    assert shop.resume(order.reference) is PLACED


def test_a_charge_that_arrives_after_the_order_was_cancelled_takes_nothing(shop: Shop) -> None:
    """The first process hangs before the charge; the sweeper closes the order; then the process goes on."""
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))

    def sweep() -> None:
        order = one_order(shop)
        assert order is not None
        assert shop.resume(order.reference) is CANCELLED

    answer = shop.confirm(who, seen, processor=FaultyProcessor(shop.processor, before=sweep))
    assert isinstance(answer, Accepted)
    assert answer.state is CANCELLED
    nothing_half_written(shop, who, subscription, CANCELLED)


def test_an_answer_that_comes_after_the_sweeper_settled_changes_nothing(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))

    def sweep() -> None:
        order = one_order(shop)
        assert order is not None
        assert shop.resume(order.reference) is PLACED

    answer = shop.confirm(who, seen, processor=FaultyProcessor(shop.processor, after=sweep))
    assert isinstance(answer, Accepted)
    assert answer.state is PLACED
    nothing_half_written(shop, who, subscription, PLACED)


def test_a_database_that_breaks_off_after_the_charge_leaves_the_order_to_the_worker(shop: Shop) -> None:
    """Nobody may be told that nothing was charged: the order is shown as it was begun, and ends by itself."""
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    engine = shop.database.engine

    def break_off(connection: sa.Connection) -> None:
        sa.event.remove(engine, "commit", break_off)
        raise sa.exc.OperationalError("COMMIT", {}, OSError(), connection_invalidated=True)

    faulty = FaultyProcessor(shop.processor, after=lambda: sa.event.listen(engine, "commit", break_off))
    answer = shop.confirm(who, seen, key="one", processor=faulty)
    assert isinstance(answer, Accepted)
    assert answer.state is OrderState.STARTED
    assert shop.resume(answer.reference) is PLACED
    nothing_half_written(shop, who, subscription, PLACED)
