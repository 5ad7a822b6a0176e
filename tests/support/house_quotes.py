"""What the representative of the demo's corporate account does with quotes, one line a story."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.quotes import PriceKind, PriceWish
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.desk.staff import Staff
from portal.shared.services.quotes import drafting, sending
from portal.shared.services.quotes.pricing import ItemWish, QuoteWish, price_wish, shown_digest
from tests.support.demo_house import DemoHouse
from tests.support.quoting import LIMITS
from tests.support.visitor import Page, Visitor

STORY = "corporate"


@dataclass
class Representative:
    """The one of Grupo Horizonte, which has 40 seats to 30 August and whose quote 1, for 55, is open."""

    house: DemoHouse

    @property
    def subscription_id(self) -> int:
        """The contract that quotes are about."""
        return self.house.subscription_id(STORY)

    def send(
        self, seats: int, *, percent: int = 0, days: int = 7, replaces: int | None = None, note: str = ""
    ) -> int:
        """Make a quote for so many seats and send it; gives its number."""
        house, account_id = self.house, self.house.account_id(STORY)
        seller = house.app.extensions["twodoor"].settings.seller
        taxes = SellerTaxes(seller.country, frozenset(seller.tax_registrations))
        now = house.clock.now()
        with house.database.write() as session:
            account = session.get_one(Account, account_id)
            rep = session.get_one(Person, account.rep_id)
            row = session.get_one(SubscriptionRow, self.subscription_id)
            price = PriceWish(PriceKind.PERCENT, percent * 10_000) if percent else PriceWish()
            terms = WantedTerms(row.plan_id, seats, Frequency.ANNUAL)
            wish = QuoteWish((ItemWish(row.id, terms, keeps_date=True, price=price),), None, days, None, note)
            number = drafting.create(session, account_id, rep.id, wish, taxes, now, replaces=replaces)
            shown = shown_digest(wish, price_wish(session, account_id, wish, taxes, now))
            staff = Staff(rep.id, rep.name, "rep")
            answer = sending.send(session, account_id, number, staff, shown, taxes, LIMITS, now)
        assert answer == sending.Sent()
        return number

    def withdraw(self, number: int) -> None:
        """Take a quote back."""
        with self.house.database.write() as session:
            account = session.get_one(Account, self.house.account_id(STORY))
            rep = session.get_one(Person, account.rep_id)
            staff = Staff(rep.id, rep.name, "rep")
            sending.withdraw(session, account.id, number, staff, self.house.clock.now())

    def quote(self, number: int) -> Quote:
        """The quote as it is kept."""
        with self.house.database.read() as session:
            question = sa.select(Quote).where(
                Quote.account_id == self.house.account_id(STORY), Quote.number == number
            )
            return session.scalars(question).one()


def service_order(contact: Visitor, number: int, **typed: str) -> Page:
    """The page before the button, with these choices."""
    return contact.send(contact.get(f"/corp-billing/quotes/{number}/accept"), "/accept", typed)


def place(contact: Visitor, number: int, **typed: str) -> Page:
    """Go the whole way and press the button."""
    return contact.send(service_order(contact, number, **typed), "/service-order")
