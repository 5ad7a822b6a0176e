"""The sign-in page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.support.live_server import CastMember, LiveServer


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in as somebody of the cast."""

    page: Page
    server: LiveServer

    def as_person(self, who: CastMember, *, at: str = "/sign-in") -> None:
        """Type address and password, and press Enter; our own people show a code as well."""
        self.page.goto(self.server.url + at)
        self.page.locator("input[name=email]").fill(who.email)
        self.page.locator("input[name=password]").fill(who.password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: urlsplit(url).path != "/sign-in")
        if urlsplit(self.page.url).path == "/sign-in/second-factor":
            self.show_code()

    def show_code(self) -> None:
        """Type the one-time code that the demo says."""
        code = self.page.locator("[data-demo-code]").inner_text()
        self.page.locator("input[name=code]").fill(code)
        self.page.locator("input[name=code]").press("Enter")
        self.page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/sign-in"))
