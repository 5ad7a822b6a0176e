"""A shop on each database with the application on it; after every test the books are proved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from tests.support.factories import NOW, a_catalogue
from tests.support.programs import Station
from tests.support.shop import Shop


@pytest.fixture
def station(database: Database, tmp_path: Path) -> Iterator[Station]:
    """A shop with a catalogue, and the application on it."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        catalogue = a_catalogue(session)
    settings = Settings(
        database_url="",
        secret_key="not a secret",
        data_dir=tmp_path,
        seller=read_seller(DEMO_SELLER),
        password_memory_kib=8,
        password_rounds=1,
        webhooks_private=True,
        api_requests_a_minute=100_000,
    )
    app = create_app(settings, clock=clock, database=database, processor=processor)
    shop = Shop(database, processor, clock, catalogue)
    yield Station(shop, app)
    shop.prove()
    processor.close()
