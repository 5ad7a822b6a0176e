"""The confirmation of an order."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.labels import Words


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What was ordered, and who gets the new seats."""

    page: Page
    words: Words

    def is_shown(self) -> None:
        """The address names the order, and the page says that it took effect."""
        self.page.wait_for_url("**/billing/orders/*")
        expect(self.page.locator("main .notice.tone-good").first).to_be_visible()

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.page.locator(".summary tfoot td").inner_text().strip()

    @property
    def people(self) -> Locator:
        """Where the people are written who get the new seats."""
        return self.page.locator("textarea[name=people]")

    def assign(self, lines: str) -> None:
        """Give the new seats to people."""
        self.people.fill(lines)
        self.people.locator("xpath=ancestor::form").get_by_role("button").click()
