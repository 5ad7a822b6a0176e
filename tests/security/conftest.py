"""The furnished demo of tests/site: every page has something to show, so every form can be found and sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.offered import Offer, find_offers, read, written
from tests.site.conftest import copy_furnished, furnished, furnished_stage, own_furnished
from tests.support.demo_house import DemoHouse
from tests.support.run_folder import first_one_builds

__all__ = ["copy_furnished", "furnished", "furnished_stage", "offers", "own_furnished"]


@pytest.fixture(scope="session")
def offers(furnished: DemoHouse, run_folder: Path) -> dict[str, Offer]:
    """What every form of the house offers, by the endpoint it is sent to; looked for once in a whole run."""
    file = run_folder / "offers.json"
    with first_one_builds(run_folder / "offers-marker") as first:
        if first:
            file.write_text(written(find_offers(furnished)))
    return read(file.read_text())
