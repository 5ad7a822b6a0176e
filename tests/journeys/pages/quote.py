"""A quote as the customer reads it, and turning it down."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote of the Corporate Billing Portal."""

    page: Page
    say: Say

    def is_shown(self, number: int) -> None:
        """Its one heading names it."""
        title = self.say("Quote %(number)d", number=number)
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()

    @property
    def answer(self) -> Locator:
        """The way to accept it; there only while that is possible."""
        return self.page.get_by_role("link", name=self.say("Accept this quote"), exact=True)

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.page.locator(".summary tfoot td").inner_text().strip()

    def accept(self) -> None:
        """Begin the steps of accepting."""
        self.answer.click()

    def reject(self, reason: str) -> None:
        """Turn it down, and say why."""
        self.page.get_by_role("link", name=self.say("Reject it"), exact=True).click()
        self.page.get_by_role("textbox", name=self.say("Why do you reject it?"), exact=True).fill(reason)
        self.page.get_by_role("button", name=self.say("Reject the quote"), exact=True).click()
