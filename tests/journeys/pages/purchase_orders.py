"""The customer's own order numbers."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class PurchaseOrders:
    """What is kept, and the rule at the limit."""

    page: Page
    say: Say

    def row(self, number: str) -> Locator:
        """What is said about one of them."""
        return self.page.get_by_role("row").filter(has_text=number)

    def add(self, number: str, first_day: str, amount: str) -> None:
        """Write down another one, from the overview."""
        self.page.get_by_role("link", name=self.say("Add a purchase order"), exact=True).click()
        self.page.get_by_role("textbox", name=self.say("Purchase order number"), exact=True).fill(number)
        self.page.get_by_label(self.say("First day"), exact=True).fill(first_day)
        # The currency stands in the name as well.
        self.page.get_by_role("textbox", name=self.say("Authorised amount")).fill(amount)
        self.page.get_by_role("button", name=self.say("Add purchase order"), exact=True).click()
        expect(self.page.locator("main").get_by_text(number).first).to_be_visible()

    def choose_rule(self, name: str) -> None:
        """Say what happens at the limit."""
        self.page.get_by_role("radio", name=self.say(name), exact=True).check()
        self.page.get_by_role("button", name=self.say("Save"), exact=True).click()
        expect(self.page.get_by_role("radio", name=self.say(name), exact=True)).to_be_checked()
