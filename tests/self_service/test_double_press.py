"""A button pressed twice while the card is being charged: both presses end on the page that says how it ended."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portal.shared.domain.order_states import OrderState
from portal.shared.domain.patience import REQUEST
from portal.shared.gateways.cards import ChargeResult
from portal.shared.records.orders import Order
from portal.shared.web import standing
from portal.shared.web.orders import double_press
from tests.support.demo_house import DemoHouse
from tests.support.shopping import checkout, place


def pressed_twice(house: DemoHouse, monkeypatch: pytest.MonkeyPatch, seconds: float) -> tuple[str, str]:
    """The headings that two presses lead to, when the processor takes this long to answer the first.

    It answers sooner once the second one has its page.
    """
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="30")
    again = house.visitor()
    with visitor.client.session_transaction() as held, again.client.session_transaction() as kept:
        kept.update(held)
    charging, answered, charge = threading.Event(), threading.Event(), house.processor.charge

    def slow(**asked: Any) -> ChargeResult:
        charging.set()
        answered.wait(seconds)
        return charge(**asked)

    monkeypatch.setattr(house.processor, "charge", slow)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(place, visitor, page)
        try:
            assert charging.wait(60)
            second = place(again, page)
        finally:
            answered.set()
        return first.result().heading, second.heading


def test_the_second_press_waits_for_the_first(house: DemoHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(house.rows(Order))
    headings = pressed_twice(house, monkeypatch, seconds=0.5)
    assert headings == ("Your order is placed", "Your order is placed")
    assert len(house.rows(Order)) == before + 1


def test_it_does_not_wait_for_ever(house: DemoHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(double_press, "_A_MOMENT", 0.2)
    headings = pressed_twice(house, monkeypatch, seconds=60)
    assert headings == ("Your order is placed", "We are checking with your bank")
    assert house.rows(Order)[-1].state is OrderState.PLACED


def test_it_waits_no_longer_than_its_request_may(house: DemoHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has stood in line or waited for a lock before has less of a moment left."""
    monkeypatch.setattr(double_press, "_A_MOMENT", 120)
    token = standing.stood.set(REQUEST - 2)
    try:
        headings = pressed_twice(house, monkeypatch, seconds=60)
    finally:
        standing.stood.reset(token)
    assert headings == ("Your order is placed", "We are checking with your bank")
