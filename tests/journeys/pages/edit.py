"""The page that changes a subscription."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.support.labels import Words


@dataclass(frozen=True, slots=True)
class Edit:
    """Plan, seats, frequency and the order summary."""

    page: Page
    words: Words

    def is_shown(self) -> None:
        """Its heading is the label."""
        expect(
            self.page.get_by_role("heading", level=1, name=self.words["edit_subscription"], exact=True)
        ).to_be_visible()

    @property
    def seats(self) -> Locator:
        """The seat field."""
        return self.page.get_by_role("textbox", name=self.words["seat_count"], exact=True)

    @property
    def summary(self) -> Locator:
        """The order summary."""
        return self.page.get_by_role("region", name=self.words["order_summary"], exact=True)

    @property
    def people(self) -> Locator:
        """Where the people are written who get the new seats."""
        return self.page.locator("textarea[name=people]")

    @property
    def losing(self) -> Locator:
        """Those who may lose their seat."""
        return self.page.locator("input[name=release]")

    @property
    def total(self) -> str:
        """The total due, as it stands on the page."""
        return self.summary.locator("tfoot td").inner_text().strip()

    def choose(
        self, *, plan: str | None = None, seats: str | None = None, frequency: str | None = None
    ) -> None:
        """Choose; a plan by its name, a frequency by its label."""
        if plan is not None:
            self.page.get_by_role("radio", name=plan, exact=True).check()
        if frequency is not None:
            self.page.get_by_role("radio", name=self.words[frequency], exact=True).check()
        if seats is not None:
            self.seats.fill(seats)

    def go_on(self, label: str) -> None:
        """Press the one button that goes on."""
        self.page.get_by_role("button", name=self.words[label], exact=True).click()
