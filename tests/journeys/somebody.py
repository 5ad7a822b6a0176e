"""Somebody in front of a browser of their own, and the pages of the corporate side."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.journeys.pages.add_seats import AddSeats
from tests.journeys.pages.card_page import CardPage
from tests.journeys.pages.desk_quote import DeskQuote
from tests.journeys.pages.invoice import Invoice
from tests.journeys.pages.purchase_orders import PurchaseOrders
from tests.journeys.pages.quote import Quote
from tests.journeys.pages.quote_builder import QuoteBuilder
from tests.journeys.pages.service_order import ServiceOrder
from tests.journeys.pages.sign_in import SignIn
from tests.journeys.pages.terms import Terms
from tests.support.live_server import CastMember, LiveServer
from tests.support.sentences import Say


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person, one browser, one language."""

    page: Page
    server: LiveServer
    say: Say
    who: CastMember

    def sign_in(self, *, at: str = "/sign-in") -> None:
        """Come in."""
        SignIn(self.page, self.server).as_person(self.who, at=at)

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.server.url + path)

    def link(self, sentence: str, **values: object) -> Locator:
        """A link of the page by its exact name."""
        name = self.say(sentence, **values)
        return self.page.locator("main").get_by_role("link", name=name, exact=True)

    def button(self, sentence: str, **values: object) -> Locator:
        """A button of the page by its exact name."""
        name = self.say(sentence, **values)
        return self.page.locator("main").get_by_role("button", name=name, exact=True)

    def heads(self, sentence: str, **values: object) -> None:
        """The page has this heading."""
        name = self.say(sentence, **values)
        expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()

    def reads(self, sentence: str, **values: object) -> None:
        """The page says this."""
        expect(self.page.locator("main").get_by_text(self.say(sentence, **values)).first).to_be_visible()

    def mail(self, subject: str) -> str:
        """The text of the last mail to this person with these words in its subject; waits until it is sent."""
        other = self.page.context.new_page()
        try:
            for _ in range(120):
                other.goto(f"{self.server.url}/demo/mail")
                row = other.get_by_role("row").filter(has_text=self.who.email).filter(has_text=subject)
                if row.count():
                    row.first.get_by_role("link").first.click()
                    return other.locator("main").inner_text()
                other.wait_for_timeout(500)
            raise AssertionError(f"no mail {subject!r} in\n{other.locator('main').inner_text()}")
        finally:
            other.close()

    @property
    def add_seats(self) -> AddSeats:
        """Adding seats to a contract."""
        return AddSeats(self.page, self.say)

    @property
    def quote(self) -> Quote:
        """A quote as the customer reads it."""
        return Quote(self.page, self.say)

    @property
    def terms(self) -> Terms:
        """Accepting, step two."""
        return Terms(self.page, self.say)

    @property
    def service_order(self) -> ServiceOrder:
        """Accepting, step three."""
        return ServiceOrder(self.page, self.say)

    @property
    def invoice(self) -> Invoice:
        """An invoice."""
        return Invoice(self.page, self.say)

    @property
    def card_page(self) -> CardPage:
        """The processor's own page."""
        return CardPage(self.page)

    @property
    def purchase_orders(self) -> PurchaseOrders:
        """The customer's own order numbers."""
        return PurchaseOrders(self.page, self.say)

    @property
    def builder(self) -> QuoteBuilder:
        """The desk's quote builder."""
        return QuoteBuilder(self.page, self.say)

    @property
    def desk_quote(self) -> DeskQuote:
        """A quote at the desk."""
        return DeskQuote(self.page, self.say)
