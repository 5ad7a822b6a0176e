"""The cart."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.support.labels import Words


@dataclass(frozen=True, slots=True)
class Cart:
    """What is ordered together."""

    page: Page
    words: Words

    def holds(self, count: int) -> None:
        """So many changes are in it."""
        expect(self.page.get_by_role("heading", level=1, name=self.words["cart"], exact=True)).to_be_visible()
        expect(self.page.locator("main section.card")).to_have_count(count)

    def check_out(self) -> None:
        """Go on to checkout."""
        self.page.get_by_role("link", name=self.words["proceed_to_checkout"], exact=True).click()
