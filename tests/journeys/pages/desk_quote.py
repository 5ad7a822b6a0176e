"""A quote at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class DeskQuote:
    """What was written, where it stands, and what may be done with it."""

    page: Page
    say: Say

    @property
    def number(self) -> int:
        """Its number, as the heading says it."""
        return int(self.page.get_by_role("heading", level=1).inner_text().split()[-1])

    def button(self, label: str) -> Locator:
        """One of the things that may be done with it."""
        return self.page.get_by_role("button", name=self.say(label), exact=True)

    def stands(self, word: str) -> None:
        """Its state is said."""
        expect(self.page.locator("main .page-head .status")).to_have_text(self.say(word))
