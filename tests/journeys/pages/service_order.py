"""Accepting a quote, step three, and the page of what was ordered."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class ServiceOrder:
    """Everything once more, and the button that places it."""

    page: Page
    say: Say

    def is_shown(self) -> None:
        """Its heading asks to check it."""
        title = self.say("Check the service order")
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    @property
    def button(self) -> Locator:
        """The one that orders."""
        return self.page.get_by_role("button", name=self.say("Place service order"), exact=True)

    @property
    def terms(self) -> Locator:
        """Payment, purchase order, account admin."""
        return self.page.get_by_role("region", name=self.say("Payment and billing"), exact=True)

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.page.locator(".summary tfoot td").inner_text().strip()

    def place(self) -> None:
        """Order it."""
        self.button.click()

    def is_placed(self) -> None:
        """The address names the order, and the page says that it took effect."""
        self.page.wait_for_url("**/corp-billing/orders/*")
        effect = self.say("The change is in effect now. Every billing contact gets a receipt by mail.")
        expect(self.page.get_by_text(effect)).to_be_visible()

    def see_invoice(self) -> None:
        """Go on to the invoice."""
        self.page.get_by_role("link", name=self.say("See the invoice"), exact=True).click()
