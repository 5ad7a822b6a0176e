"""The furnished demo of tests/site: every page has something to show, so every form can be found and sent."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from portal.shared.web import logs
from tests.security.offered import Offer, find_offers, read, written
from tests.site.conftest import copy_furnished, furnished, furnished_stage, own_furnished
from tests.support.demo_house import DemoHouse
from tests.support.run_folder import first_one_builds
from tests.web.conftest import build, settings, shell, world

__all__ = [
    "build",
    "copy_furnished",
    "furnished",
    "furnished_stage",
    "own_furnished",
    "settings",
    "shell",
    "world",
]


@pytest.fixture(scope="session")
def offers(furnished: DemoHouse, run_folder: Path) -> dict[str, Offer]:
    """What every form of the house offers, by the endpoint it is sent to; looked for once in a whole run."""
    file = run_folder / "offers.json"
    with first_one_builds(run_folder / "offers-marker") as first:
        if first:
            file.write_text(written(find_offers(furnished)))
    return read(file.read_text())


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written into the log meanwhile."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.contextvars.clear_contextvars()
