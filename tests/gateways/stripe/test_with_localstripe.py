"""The whole application beside localstripe, which writes to our webhook over a real connection and signs by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from werkzeug.serving import make_server

from portal.shared.domain.order_states import OrderState
from portal.shared.records.database import Database
from portal.shared.records.payments import Payment, PaymentMethod, ProcessorEvent
from portal.shared.services.charges import answers as charges
from tests.gateways.stripe.conftest import House, built
from tests.gateways.stripe.desks import SECRET, card_at_localstripe, client_at, running_localstripe
from tests.support.shop import Customer

PATIENCE_SECONDS = 20


@pytest.fixture
def address() -> Iterator[str]:
    with running_localstripe() as address:
        yield address


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path, address: str) -> Iterator[House]:
    """Its webhooks go to our server at a free port."""
    with built(sqlite_database, tmp_path, address=address) as house:
        server = make_server("127.0.0.1", 0, house.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        webhook = {"url": f"http://127.0.0.1:{server.server_port}/webhooks/stripe", "secret": SECRET}
        assert requests.post(f"{address}/_config/webhooks/ours", json=webhook, timeout=5).ok
        yield house
        server.shutdown()
        thread.join(5)
        server.server_close()


def customer(house: House, address: str, card: str) -> Customer:
    who = house.customer()
    with house.shop.database.write() as session:
        (method,) = session.query(PaymentMethod).filter_by(account_id=who.id)
        method.token = card_at_localstripe(address, card)
    return who


def told(house: House, kind: str) -> bool:
    """Whether such a message came in before patience ends."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if house.shop.rows(ProcessorEvent, kind=kind):
            return True
        time.sleep(0.05)
    return False


def test_an_order_is_paid_and_the_message_about_it_changes_nothing(house: House, address: str) -> None:
    reference = house.order(customer(house, address, "good"))
    assert house.shop.state(reference) is OrderState.PLACED
    assert told(house, "payment_intent.succeeded")
    assert len(house.shop.rows(Payment)) == 1


def test_a_declined_card_ends_the_order(house: House, address: str) -> None:
    reference = house.order(customer(house, address, "declined"))
    assert house.shop.state(reference) is OrderState.DECLINED
    assert told(house, "payment_intent.payment_failed")
    assert house.shop.rows(Payment) == []


def test_what_the_bank_approved_is_placed_by_the_message_alone(house: House, address: str) -> None:
    reference = house.order(customer(house, address, "needs_confirmation"))
    assert house.shop.state(reference) is OrderState.AWAITING_CONFIRMATION
    client = client_at(address)
    intent = client.v1.payment_intents.retrieve(house.shop.placed(reference).processor_reference or "")
    given = {"success": "true", "client_secret": intent.client_secret}
    client.raw_request("post", f"/v1/payment_intents/{intent.id}/_authenticate", **given)
    assert told(house, "payment_intent.succeeded")
    assert house.shop.state(reference) is OrderState.PLACED
    assert len(house.shop.rows(Payment)) == 1


def test_an_order_that_nobody_confirmed_is_called_off(house: House, address: str) -> None:
    reference = house.order(customer(house, address, "needs_confirmation"))
    database, now = house.shop.database, house.shop.clock.now
    house.processor.cancel(reference)
    assert charges.resume(database, house.processor, now, reference) is OrderState.CANCELLED
