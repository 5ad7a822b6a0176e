"""Accepting a quote, step two: payment and billing."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class Terms:
    """How it is paid, on which purchase order, and who looks after the products."""

    page: Page
    say: Say

    def is_shown(self) -> None:
        """Its heading is the name of the step."""
        title = self.say("Payment and billing")
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    @property
    def on_invoice(self) -> Locator:
        """The choice to be sent an invoice."""
        return self.page.get_by_role("radio", name=self.say("On invoice"), exact=True)

    @property
    def purchase_order(self) -> Locator:
        """The choice of purchase orders."""
        label = self.say("Your own order number on the invoice")
        return self.page.get_by_role("combobox", name=label, exact=True)

    @property
    def admin_name(self) -> Locator:
        """The name of a new account admin."""
        return self._admin.get_by_role("textbox", name=self.say("Name"), exact=True)

    @property
    def admin_email(self) -> Locator:
        """The address of a new account admin."""
        return self._admin.get_by_role("textbox", name=self.say("Email address"), exact=True)

    @property
    def _admin(self) -> Locator:
        return self.page.get_by_role("region", name=self.say("Account admin"), exact=True)

    def choose_purchase_order(self, number: str) -> None:
        """Choose a purchase order by its number, whatever is said about the rest of it."""
        option = self.purchase_order.locator("option").filter(has_text=number)
        self.purchase_order.select_option(option.get_attribute("value"))

    def go_on(self) -> None:
        """Go on to the service order."""
        self.page.get_by_role("button", name=self.say("Go on to the service order"), exact=True).click()
