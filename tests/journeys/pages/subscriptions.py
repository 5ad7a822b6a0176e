"""The subscriptions page."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.labels import Words

PRODUCT = "GoToAssist Remote Support v5"


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Cards of products."""

    page: Page
    words: Words

    def is_shown(self) -> None:
        """Its one heading is the label."""
        expect(
            self.page.get_by_role("heading", level=1, name=self.words["subscriptions"], exact=True)
        ).to_be_visible()

    def card(self, product: str = PRODUCT) -> Locator:
        """The card of a product."""
        return self.page.get_by_role("article", name=product)

    def choose_option(self, option: str, product: str = PRODUCT) -> None:
        """Open Options in the upper-right corner of a card and choose."""
        button = self.card(product).get_by_role("button", name=self.words["options"], exact=True)
        card_box, box = self.card(product).bounding_box(), button.bounding_box()
        assert card_box is not None
        assert box is not None
        assert box["x"] > card_box["x"] + card_box["width"] / 2
        assert box["y"] < card_box["y"] + card_box["height"] / 2
        button.click()
        self.card(product).get_by_role("link", name=self.words[option], exact=True).click()
