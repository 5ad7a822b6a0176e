"""Adding seats to a contract."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class AddSeats:
    """How many seats, and what becomes of quotes that still wait."""

    page: Page
    say: Say

    def is_shown(self) -> None:
        """Its heading says what one does here."""
        expect(
            self.page.get_by_role("heading", level=1, name=self.say("Add seats"), exact=True)
        ).to_be_visible()

    @property
    def seats(self) -> Locator:
        """The field for the number of seats."""
        return self.page.get_by_role("textbox", name=self.say("Seats to add"), exact=True)

    @property
    def summary(self) -> Locator:
        """What they cost."""
        return self.page.get_by_role("region", name=self.say("Order summary"), exact=True)

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.summary.locator("tfoot td").inner_text().strip()

    def waiting(self, number: int) -> Locator:
        """The link to an open quote."""
        title = self.say("Quote %(number)d", number=number)
        return self.page.locator("main form").get_by_role("link", name=title, exact=True)

    def replace(self, number: int) -> None:
        """Tick that these seats take the place of a quote."""
        sentence = self.say("Replace quote %(number)d with these seats", number=number)
        self.page.get_by_role("checkbox", name=sentence).check()

    def go_on(self) -> None:
        """Go on to payment."""
        self.page.get_by_role("button", name=self.say("Go on to payment"), exact=True).click()
