"""The sign-in page."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.support.live_server import CastMember, LiveServer


@dataclass(frozen=True, slots=True)
class SignIn:
    """Sign in as somebody of the cast."""

    page: Page
    server: LiveServer

    def as_person(self, who: CastMember, *, at: str = "/sign-in") -> None:
        """Type address and password, and press Enter."""
        self.page.goto(self.server.url + at)
        self.page.locator("input[name=email]").fill(who.email)
        self.page.locator("input[name=password]").fill(who.password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
