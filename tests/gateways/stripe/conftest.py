from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from stripe import WebhookSignature
from werkzeug.test import TestResponse

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, StripeSettings, read_seller
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.stripe.processor import StripeProcessor
from portal.shared.records.database import Database
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Person
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.web.transactions import TransactionalFlask
from tests.gateways.stripe.desks import BASE_URL, SECRET, MemoryNotebook, processor_at
from tests.gateways.stripe.fake_stripe import FakeStripe, running_fake
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Customer, Shop, want
from tests.support.visitor import Visitor


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    with running_fake() as fake:
        yield fake


@pytest.fixture
def notebook() -> MemoryNotebook:
    return MemoryNotebook()


@pytest.fixture
def stripe_processor(fake: FakeStripe, notebook: MemoryNotebook) -> StripeProcessor:
    return processor_at(fake.address, notebook=notebook)


@dataclass
class House:
    """The whole application with Stripe as its card processor."""

    app: TransactionalFlask
    shop: Shop
    fake: FakeStripe

    @property
    def processor(self) -> StripeProcessor:
        processor = self.app.extensions["twodoor"].processor
        assert isinstance(processor, StripeProcessor)
        return processor

    def customer(self, card: str | None = "good") -> Customer:
        """A small company, with a card that Stripe knows."""
        who = self.shop.customer(card=None)
        with self.shop.database.write() as session:
            session.get_one(Person, who.person_id).language = "en"
            if card is not None:
                session.add(
                    PaymentMethod(
                        account_id=who.id,
                        token=f"cus_1/pm_{card}",
                        brand="Visa",
                        last4="4242",
                        expiry_month=12,
                        expiry_year=2031,
                        is_default=True,
                        added_at=NOW,
                    )
                )
        return who

    def order(self, who: Customer) -> str:
        """Order more seats; gives the order's reference."""
        wish = want(self.shop.monthly(who), self.shop.catalogue.plus, 7)
        return self.shop.order(who, wish, processor=self.processor).reference

    def visitor(self, who: Customer) -> Visitor:
        """A browser in which the billing contact is signed in."""
        with self.shop.database.write() as session:
            token = signin.open_session(session, who.person_id, NOW)
        client = self.app.test_client()
        with client.session_transaction() as kept:
            kept["_user_id"], kept["_fresh"] = token, True
        return Visitor(client)

    def hears(
        self,
        kind: str,
        thing: dict[str, Any],
        *,
        number: str = "evt_1",
        secret: str = SECRET,
        age: int = 0,
        changed: tuple[str, str] = ("", ""),
    ) -> TestResponse:
        """Stripe writes to our webhook; `changed` is what somebody on the way made of the text."""
        event = {"id": number, "object": "event", "type": kind, "data": {"object": thing}}
        body = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(body, secret, int(time.time()) - age)
        return send(self.app.test_client(), body.replace(*changed), {"Stripe-Signature": signature})


def send(client: FlaskClient, body: str | bytes, headers: dict[str, str]) -> TestResponse:
    return client.post("/webhooks/stripe", data=body, content_type="application/json", headers=headers)


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> Iterator[House]:
    with built(sqlite_database, tmp_path) as house:
        yield house


@pytest.fixture
def any_house(database: Database, tmp_path: Path) -> Iterator[House]:
    """On either database, for what depends on how two writers meet."""
    with built(database, tmp_path) as house:
        yield house


@contextmanager
def built(database: Database, tmp_path: Path, *, address: str = "") -> Iterator[House]:
    """The application beside our stand-in, or beside one at another address."""
    with running_fake(now=NOW.timestamp) as fake:
        clock = FixedClock(NOW)
        settings = Settings(
            database_url="",
            secret_key="not a secret",
            data_dir=tmp_path,
            seller=read_seller(DEMO_SELLER),
            password_memory_kib=8,
            password_rounds=1,
            base_url=BASE_URL,
            stripe=StripeSettings("sk_test_123456", SECRET, address or fake.address),
        )
        with database.write() as session:
            plans = a_catalogue(session)
        sandbox = SandboxProcessor(tmp_path / "unused", clock=clock)
        app = create_app(settings, clock=clock, database=database)
        yield House(app, Shop(database, sandbox, clock, plans), fake)
        sandbox.close()
