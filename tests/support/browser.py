"""The browser that the journeys walk with: found, or installed where that is allowed.

`python -m tests.support.browser` makes sure that there is one; the test command calls it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# A browser that works as root in a container and asks nobody but our server for anything.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_INSTALL = ("apt-get", "install", "-yq", "--no-install-recommends", "chromium")


class NoBrowserError(RuntimeError):
    """There is no browser and none could be installed; the message says what was tried."""


def browser_flags() -> tuple[str, ...]:
    """How it is started."""
    return _FLAGS


def find_browser() -> Path | None:
    """The browser to use: TWODOOR_BROWSER, one on the PATH, or Playwright's own."""
    named = os.environ.get("TWODOOR_BROWSER")
    if named:
        return Path(named)
    for name in _NAMES:
        found = shutil.which(name)
        if found:
            return Path(found)
    return _playwrights_own()


def make_sure_of_a_browser() -> Path:
    """Find a browser or install one: Debian's as root, Playwright's own otherwise.

    Raises:
        NoBrowserError: neither worked.
    """
    found = find_browser()
    if found is not None:
        return found
    tried = []
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        tried += [_quietly("apt-get", "update", "-q"), _quietly(*_INSTALL)]
        found = find_browser()
    if found is None:
        tried.append(_quietly(sys.executable, "-m", "playwright", "install", "chromium"))
        found = find_browser()
    if found is None:
        raise NoBrowserError("No Chromium was found and none could be installed.\n" + "\n".join(tried))
    return found


def _playwrights_own() -> Path | None:
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() else None


def _quietly(*command: str) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    outcome = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return f"$ {' '.join(command)} → {outcome.returncode}\n{(outcome.stdout + outcome.stderr)[-1500:]}"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the browser; without one the test fails, it is never left out."""
    found = find_browser()
    if found is None:
        raise NoBrowserError("No Chromium was found. `python3 dev.py test` installs one where it may.")
    expect.set_options(timeout=15_000)  # a machine with two cores and much else to do is slow, not wrong
    return {**browser_type_launch_args, "executable_path": str(found), "args": list(_FLAGS)}


if __name__ == "__main__":
    print(make_sure_of_a_browser())  # noqa: T201  # the answer
