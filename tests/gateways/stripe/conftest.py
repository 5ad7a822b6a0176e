from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.shared.gateways.stripe.processor import StripeProcessor
from tests.gateways.stripe.desks import MemoryNotebook, processor_at
from tests.gateways.stripe.fake_stripe import FakeStripe, running_fake


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
