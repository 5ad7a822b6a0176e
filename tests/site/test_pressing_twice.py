"""Every button that moves money, found by the URL map: pressed again, for something else, meanwhile, without a key."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.domain.order_states import OrderState
from portal.shared.gateways.cards import ChargeResult
from portal.shared.records.invoices import Invoice, Settlement
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.orders import Order
from portal.shared.records.payments import Payment, PaymentAttempt, Refund
from portal.shared.services import ledger
from portal.shared.web.orders import double_press
from tests.site.pressing import BUTTONS, WITHOUT_KEY
from tests.support.demo_house import DemoHouse
from tests.support.reaching import reached

# Whoever can come to one of these moves money.
MONEY = {
    "portal.shared.services.ledger:post",
    "portal.shared.services.orders.place:accept",
    "portal.shared.services.invoice_payments.paying:pay",
    "portal.shared.services.invoice_payments.typed_cards:ask_for_card",
}
CHARGING = [name for name in BUTTONS if name.endswith(("place_order", "take_payment", "service_order"))]
A_DAY = timedelta(hours=25)


def books(house: DemoHouse) -> tuple[Counter[str], dict[str, int]]:
    """What is in our books and in the processor's."""
    tables = (Order, Payment, PaymentAttempt, Refund, Invoice, Settlement, LedgerEntry)
    with house.database.read() as session:
        counts = Counter(
            {one.__name__: session.scalar(sa.select(sa.func.count()).select_from(one)) or 0 for one in tables}
        )
        assert ledger.verify(session) == []
    return counts, house.processor.book.totals()


def test_every_address_that_can_move_money_has_its_press_or_its_reason(shared_house: DemoHouse) -> None:
    rules = shared_house.app.url_map.iter_rules()
    found = {
        rule.endpoint
        for rule in rules
        if "POST" in (rule.methods or ())
        and rule.endpoint.partition(".")[0] in {"self_service", "corporate"}
        and reached(shared_house.app.view_functions[rule.endpoint]) & MONEY
    }
    assert found == BUTTONS.keys() | WITHOUT_KEY.keys()


@pytest.mark.parametrize("endpoint", BUTTONS)
def test_a_press_counts_once_for_one_thing_and_for_a_day_and_longer(house: DemoHouse, endpoint: str) -> None:
    button = BUTTONS[endpoint](house)
    before = books(house)
    for incomplete in (
        button.press(without="key"),
        button.press({"key": ""}),
        button.press({"key": "short"}),
    ):
        assert incomplete.status == 400, incomplete.text
        assert "This page is not complete." in incomplete.text
    assert books(house) == before

    first = button.press()
    assert first.status == 303, first.text
    after = books(house)
    assert after != before, "it moved money"
    assert button.press().status == 303

    other = button.press(button.other)
    if endpoint == "corporate.carry_out":  # what is answered is not asked any more
        assert (other.status, other.path) == (303, button.path.removesuffix("/carry-out"))
    else:
        assert other.status == 422, other.text

    house.clock.advance(A_DAY)
    late = button.by(_again(house, endpoint)).press()
    assert (late.status, late.path) == (303, _leads(endpoint, first.path, button.path)), late.text
    assert books(house) == after


@pytest.mark.parametrize("endpoint", CHARGING)
def test_while_the_first_press_is_still_running_the_second_is_told_so(
    house: DemoHouse, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(double_press, "_A_MOMENT", 0.0)
    button = BUTTONS[endpoint](house)
    again = button.by(_again(house, endpoint))
    asked, answered, charge = threading.Event(), threading.Event(), house.processor.charge

    def slow(**wish: Any) -> ChargeResult:
        asked.set()
        assert answered.wait(60)
        return charge(**wish)

    monkeypatch.setattr(house.processor, "charge", slow)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(button.press)
        if not asked.wait(60):
            pytest.fail(first.result().text)
        before = books(house)
        second = again.press()
        assert second.status == 409, second.text
        assert books(house) == before
        answered.set()
        assert first.result().status == 303
    assert sum(one.state is OrderState.STARTED for one in house.rows(Order)) == 0
    assert again.press().status == 303, "now it is known how it ended"


def _again(house: DemoHouse, endpoint: str) -> Any:
    """The same person in another browser."""
    who = {
        "self_service.place_order": "monthly",
        "self_service.take_payment": "past-due",
        "corporate.take_payment": "corporate",
        "corporate.place_service_order": "corporate",
    }
    if endpoint in who:
        return house.contact(who[endpoint])
    roles = {"corporate.record_payment": "rep", "corporate.write_off": "manager"}
    return house.visitor(house.email(roles.get(endpoint, "care")))


def _leads(endpoint: str, first: str, pressed: str) -> str:
    """Where the second press leads: where the first one led; a request that is answered, to itself."""
    return pressed.removesuffix("/carry-out") if endpoint == "corporate.carry_out" else first
