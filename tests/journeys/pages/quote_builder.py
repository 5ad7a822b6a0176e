"""The desk's quote builder."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class QuoteBuilder:
    """The form of a quote with the summary beside it."""

    page: Page
    say: Say

    def is_shown(self, title: str) -> None:
        """Its heading says whether it is a new quote."""
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    @property
    def summary(self) -> Locator:
        """What it comes to; follows the typing."""
        return self.page.get_by_role("region", name=self.say("Order summary"), exact=True)

    def propose(self, product: str, *, seats: str | None = None, percent: str | None = None) -> None:
        """Take a product into the quote and say its seats and the discount in percent."""
        self.page.get_by_role("checkbox", name=product).check()
        item = self.page.get_by_role("group", name=product, exact=True)
        if seats is not None:
            item.get_by_role("textbox", name=self.say("Seat count"), exact=True).fill(seats)
        if percent is not None:
            price = item.get_by_role("combobox", name=self.say("Price"), exact=True)
            price.select_option(label=self.say("Discount in percent"))
            name = f"{self.say('Discount')} (%)"
            item.get_by_role("textbox", name=name, exact=True).fill(percent)

    def write(self, note: str) -> None:
        """Write to the customer."""
        self.page.get_by_role("textbox", name=self.say("Note to the customer"), exact=True).fill(note)

    def save(self) -> None:
        """Keep the draft."""
        self.page.get_by_role("button", name=self.say("Save draft"), exact=True).click()
