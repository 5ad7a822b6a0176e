"""Checkout."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.labels import Words


@dataclass(frozen=True, slots=True)
class Checkout:
    """The order, before anything happens."""

    page: Page
    words: Words

    def is_shown(self) -> None:
        """Its heading is the label."""
        expect(
            self.page.get_by_role("heading", level=1, name=self.words["checkout"], exact=True)
        ).to_be_visible()

    def fact(self, label: str) -> Locator:
        """The value beside a label, of the first product."""
        return self.page.locator("dl.facts > div").filter(has_text=self.words[label]).locator("dd").first

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.page.locator(".summary tfoot td").inner_text().strip()

    @property
    def vat_number(self) -> Locator:
        """The field for the VAT number."""
        return self.page.get_by_role("textbox", name=self.words["vat_number"], exact=True)

    @property
    def payment_method(self) -> Locator:
        """The choice of payment methods."""
        return self.page.get_by_role("group", name=self.words["payment_method"], exact=True)

    def edit_order(self) -> None:
        """Go back to the selection."""
        self.page.get_by_role("link", name=self.words["edit_order"], exact=True).last.click()

    def place_order(self) -> None:
        """Press the button."""
        self.page.get_by_role("button", name=self.words["place_order"], exact=True).click()
