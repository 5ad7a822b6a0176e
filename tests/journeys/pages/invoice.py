"""An invoice, its PDF, and paying it."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdf
from playwright.sync_api import Locator, Page, expect

from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class Invoice:
    """One document about money."""

    page: Page
    say: Say

    @property
    def name(self) -> str:
        """Its number, as the heading says it."""
        return self.page.get_by_role("heading", level=1).inner_text().split()[-1]

    def fact(self, label: str) -> Locator:
        """The value beside a label."""
        term = self.page.locator("dt", has_text=self.say(label)).first
        return term.locator("xpath=..").locator("dd").first

    def pdf_text(self) -> str:
        """Every word of the file that is offered."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=self.say("Download PDF"), exact=True).click()
        content = Path(download.value.path()).read_bytes()
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)

    def pay(self) -> None:
        """Go on to paying it."""
        self.page.get_by_role("link", name=self.say("Pay"), exact=True).click()

    def pay_part(self, amount: str, method: str) -> None:
        """Type an amount and choose a way, on the page that pays an invoice."""
        # The currency stands in the name as well.
        self.page.get_by_role("textbox", name=self.say("Amount")).fill(amount)
        self.page.get_by_role("radio", name=method).check()
        self.page.get_by_role("button", name=self.say("Pay this amount"), exact=True).click()

    def payment_is_made(self) -> None:
        """The page of the payment says so."""
        title = self.say("Your payment is made")
        expect(self.page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
