"""Serves a demo house to a browser from inside the test's process: no server is started, nobody types a password."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.demo_house import DemoHouse


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request; the application does."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # the name is Werkzeug's
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class OpenHouse:
    """A house that answers at `url`."""

    house: DemoHouse
    url: str

    def page(self, browser: Browser, email: str | None, *, language: str = "en", **context: Any) -> Page:
        """A new window in which this person is signed in. Close its context at the end."""
        opened = browser.new_context(locale=language.replace("_", "-"), **context)
        opened.set_default_timeout(15_000)
        if email is not None:
            opened.add_cookies([self._cookie(email)])
        return opened.new_page()

    def let_in(self, context: BrowserContext, email: str) -> None:
        """Make a window somebody else's."""
        context.clear_cookies()
        context.add_cookies([self._cookie(email)])

    def _cookie(self, email: str) -> Any:
        cookie = self.house.visitor(email).client.get_cookie("session")
        assert cookie is not None
        return {"name": "session", "value": cookie.value, "url": self.url}


@contextmanager
def open_to_browsers(house: DemoHouse) -> Iterator[OpenHouse]:
    """Serve a house on a free port of this machine."""
    server = make_server("127.0.0.1", 0, house.app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield OpenHouse(house, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
