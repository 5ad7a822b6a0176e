"""What every test may ask for; the fixtures themselves stand in tests/support."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.support.run_folder",  # first: the others import it
    "tests.support.browser",
    "tests.support.databases",
    "tests.support.demo_house",
    "tests.support.live_server",
]

# The machines that run this differ too much in speed for a deadline to mean anything.
settings.register_profile("twodoor", deadline=None)
settings.load_profile("twodoor")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what walks with a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "page" in getattr(item, "fixturenames", ()) or "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
