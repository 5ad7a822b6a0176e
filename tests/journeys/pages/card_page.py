"""The processor's own page, where a card is typed."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page


@dataclass(frozen=True, slots=True)
class CardPage:
    """Number, day, code and name."""

    page: Page

    def type_card(self, number: str) -> None:
        """Type a card, and press Enter."""
        self.page.wait_for_url("**/sandbox-processor/cards/*")
        for field, text in {"number": number, "exp": "12/34", "csc": "123", "name": "A. Vilela"}.items():
            self.page.locator(f"[autocomplete=cc-{field}]").fill(text)
        self.page.locator("[autocomplete=cc-name]").press("Enter")
