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
    "tests.support.templates",
]

# The machines that run this differ too much in speed for a deadline to mean anything.
settings.register_profile("twodoor", deadline=None)
settings.load_profile("twodoor")


# Real servers, workers and browsers, on a machine that may be busy with other things: what fails there is tried once
# more, and the run says so. Docs: docs/decisions/0037-what-lives-in-real-time-is-tried-twice.md.
IN_REAL_TIME = {"journeys", "faults", "worker", "demo"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what walks with a browser, so that `-m "not browser"` leaves it out, and what lives in real time."""
    for item in items:
        with_browser = {"page", "browser"} & set(getattr(item, "fixturenames", ()))
        if with_browser:
            item.add_marker(pytest.mark.browser)
        if with_browser or IN_REAL_TIME & set(item.path.parts):
            item.add_marker(pytest.mark.flaky(reruns=1, reruns_delay=2))
