"""A card processor that does not answer or takes no cards becomes a sentence on the page, never an error page."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import CardSession, ProcessorUnavailable
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.payments import CardRequest
from portal.shared.records.people import Person
from portal.shared.services.sign_in import signing_in as signin
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Shop, want


class Silent(SandboxProcessor):
    """A processor nobody reaches."""

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        raise ProcessorUnavailable


class TakesNone(SandboxProcessor):
    """A processor that could not charge every amount of the account's currency."""

    def kinds(self, currency: str) -> Collection[MethodKind]:
        return ()


SENTENCES = {
    Silent: "The card processor does not answer at the moment.",
    TakesNone: "Cards cannot be charged in EUR here. Customer Care says how you can pay.",
}


@pytest.fixture(params=SENTENCES, ids=lambda one: one.__name__)
def processor(request: pytest.FixtureRequest) -> type[SandboxProcessor]:
    chosen: type[SandboxProcessor] = request.param
    return chosen


@pytest.fixture
def shop(sqlite_database: Database, tmp_path: Path, processor: type[SandboxProcessor]) -> Shop:
    clock = FixedClock(NOW)
    with sqlite_database.write() as session:
        plans = a_catalogue(session)
    return Shop(sqlite_database, processor(tmp_path / "processor", clock=clock), clock, plans)


@pytest.fixture
def browser(shop: Shop, tmp_path: Path) -> FlaskClient:
    settings = Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        password_memory_kib=8,
        password_rounds=1,
    )
    app = create_app(settings, clock=shop.clock, database=shop.database, processor=shop.processor)
    who = shop.customer(card=None)
    shop.put(who, want(shop.monthly(who), shop.catalogue.plus, 7))
    with shop.database.write() as session:
        session.get_one(Person, who.person_id).language = "en"
        token = signin.open_session(session, who.person_id, NOW)
    client = app.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = token, True
    return client


@pytest.mark.parametrize(
    ("button", "page"),
    [
        ("/billing/checkout/card", "/billing/checkout"),
        ("/billing/payment-method/card", "/billing/payment-method"),
    ],
)
def test_the_page_stays_and_says_why(
    browser: FlaskClient, shop: Shop, processor: type[SandboxProcessor], button: str, page: str
) -> None:
    shown = browser.get(page)
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
    assert token is not None
    answer = browser.post(button, data={"csrf_token": token[1]}, follow_redirects=True)
    assert (answer.status_code, answer.request.path) == (200, page)
    assert SENTENCES[processor] in answer.text
    assert shop.rows(CardRequest) == []
