"""A shop on each database; after every test the books are proved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Shop


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """A shop with a catalogue; whatever the test did, the books must be right afterwards."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        catalogue = a_catalogue(session)
    shop = Shop(database, processor, clock, catalogue)
    yield shop
    shop.prove()
    processor.close()
