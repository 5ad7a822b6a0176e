"""The sandbox processor with a clock that stands still, and its pages in the smallest application that shows them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import Babel
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.pages import sandbox_pages
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from tests.gateways.shop import Shop

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))


@pytest.fixture
def processor(tmp_path: Path, clock: FixedClock) -> Iterator[SandboxProcessor]:
    processor = SandboxProcessor(tmp_path, clock=clock, late_answer_delay=timedelta(seconds=20))
    yield processor
    processor.close()


@pytest.fixture
def shop(processor: SandboxProcessor) -> Shop:
    return Shop(processor)


@pytest.fixture
def site(shop: Shop) -> Flask:
    site = Flask(__name__, template_folder=str(TEMPLATES))
    site.config.update(TESTING=True, SECRET_KEY="only for tests", WTF_CSRF_ENABLED=False)
    site.jinja_env.undefined = StrictUndefined
    Babel(site)
    CSRFProtect(site)
    site.register_blueprint(sandbox_pages(shop.processor, shop.saved.append, shop.settled.append))
    return site


@pytest.fixture
def visitor(site: Flask) -> FlaskClient:
    return site.test_client()
