"""A representative, a manager and a large organisation around a shop: quotes, one line a story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Audience
from portal.shared.domain.quotes import Limits, PriceWish, QuoteState
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote
from portal.shared.services.desk.staff import Staff
from portal.shared.services.orders.place import accept
from portal.shared.services.orders.placement import Acceptance, PlaceRequest
from portal.shared.services.quotes import adding_seats, answering, drafting, reading, sending
from portal.shared.services.quotes.adding_seats import NotAdded, Offered, OpenQuotes
from portal.shared.services.quotes.pricing import ItemWish, PricedQuote, QuoteWish, price_wish, shown_digest
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.quotes.sending import Sending
from tests.support import factories
from tests.support.factories import SELLER
from tests.support.shop import ANNUAL, Customer, Shop

LIMITS: Mapping[StaffRole, Limits] = {
    StaffRole.REP: Limits(150_000, 24),
    StaffRole.MANAGER: Limits(400_000, 60),
}


@dataclass(slots=True)
class QuoteDesk:
    """The people around a quote, and what they do with it."""

    shop: Shop
    rep: Staff = field(init=False)
    manager: Staff = field(init=False)
    who: Customer = field(init=False)

    def __post_init__(self) -> None:
        with self.shop.database.write() as session:
            manager = factories.a_person(session, "Mara Manager", staff_role="manager")
            rep = factories.a_person(session, "Rui Rep", staff_role="rep")
            rep.manager_id = manager.id
            self.manager = Staff(manager.id, manager.name, "manager")
            self.rep = Staff(rep.id, rep.name, "rep")
        self.who = self.customer()

    def customer(self, *, invoice_terms_days: int | None = None, **told: Any) -> Customer:
        """A corporate account of the rep with a billing contact and a card."""
        who = self.shop.customer(**told)
        with self.shop.database.write() as session:
            account = session.get_one(Account, who.id)
            account.type, account.rep_id = "corporate", self.rep.person_id
            account.invoice_terms_days = invoice_terms_days
        return who

    def contract(self, who: Customer | None = None, **story: Any) -> int:
        """An annual subscription that was paid; gives its id."""
        return self.shop.annual(who or self.who, **story)

    def draft(
        self, *items: ItemWish, author: Staff | None = None, who: Customer | None = None, **wish: Any
    ) -> int:
        """Keep a draft and give its number."""
        wish.setdefault("validity_days", 7)
        wish.setdefault("term_months", None)
        replaces = wish.pop("replaces", None)
        with self.shop.database.write() as session:
            return drafting.create(
                session,
                (who or self.who).id,
                (author or self.rep).person_id,
                QuoteWish(items, **wish),
                SELLER,
                self.shop.clock.now(),
                replaces=replaces,
            )

    def priced(self, number: int, who: Customer | None = None) -> PricedQuote:
        """What the draft comes to now."""
        with self.shop.database.read() as session:
            quote = session.query(Quote).filter_by(account_id=(who or self.who).id, number=number).one()
            wish = drafting.wish_of(session, quote)
            return price_wish(session, quote.account_id, wish, SELLER, self.shop.clock.now())

    def send(
        self, number: int, *, by: Staff | None = None, who: Customer | None = None, digest: str | None = None
    ) -> Sending:
        """Press "Send" under the figures that are shown."""
        seen = digest or self.shown(number, who)
        with self.shop.database.write() as session:
            return sending.send(
                session,
                (who or self.who).id,
                number,
                by or self.rep,
                seen,
                SELLER,
                LIMITS,
                self.shop.clock.now(),
            )

    def shown(self, number: int, who: Customer | None = None) -> str:
        """The fingerprint of the page of a draft."""
        with self.shop.database.read() as session:
            quote = session.query(Quote).filter_by(account_id=(who or self.who).id, number=number).one()
            wish = drafting.wish_of(session, quote)
            priced = price_wish(session, quote.account_id, wish, SELLER, self.shop.clock.now())
            return shown_digest(wish, priced)

    def approve(self, number: int, *, by: Staff | None = None, digest: str | None = None) -> Sending:
        """Press "Approve" under the figures that are shown."""
        seen = digest or self.shown(number)
        with self.shop.database.write() as session:
            return sending.approve(
                session,
                self.who.id,
                number,
                by or self.manager,
                seen,
                SELLER,
                LIMITS,
                self.shop.clock.now(),
            )

    def sent(self, *items: ItemWish, who: Customer | None = None, **wish: Any) -> int:
        """A quote that the customer has; gives its number."""
        number = self.draft(*items, who=who, **wish)
        assert self.send(number, who=who) == sending.Sent()
        return number

    def view(self, number: int, who: Customer | None = None) -> QuoteView:
        """The quote as the desk sees it."""
        with self.shop.database.read() as session:
            found = reading.one_of_account(
                session, (who or self.who).id, number, self.shop.clock.now(), internal=True
            )
        assert found is not None
        return found

    def state(self, number: int, who: Customer | None = None) -> QuoteState:
        """Where the quote stands today."""
        return self.view(number, who).state

    def accept(self, number: int, who: Customer | None = None, **request: Any) -> Acceptance:
        """Place the service order under the figures that are shown."""
        who = who or self.who
        view = self.view(number, who)
        with self.shop.database.read() as session:
            shown = reading.as_of_now(session, view, SELLER, self.shop.clock.now()).summary
        request.setdefault("digest", shown.digest if shown else view.digest)
        request.setdefault("key", f"accept-{next(self.shop.keys)}")
        request.setdefault("person_id", who.person_id)
        processor = request.pop("processor", self.shop.processor)
        wish = PlaceRequest(
            account_id=who.id,
            audience=Audience.REP,
            return_path="/corp-billing/orders/{reference}",
            quote_id=view.id,
            **request,
        )
        return accept(self.shop.database, processor, self.shop.clock.now, SELLER, wish)

    def reject(self, number: int, reason: str = "Too dear.") -> None:
        """Turn the quote down."""
        with self.shop.database.write() as session:
            answering.reject(session, self.who.id, number, self.who.person_id, reason, self.shop.clock.now())

    def withdraw(self, number: int) -> None:
        """Take the quote back."""
        with self.shop.database.write() as session:
            sending.withdraw(session, self.who.id, number, self.rep, self.shop.clock.now())

    def add_seats(
        self,
        subscription_id: int,
        added: int,
        *,
        replacing: tuple[int, ...] = (),
        who: Customer | None = None,
    ) -> Offered | OpenQuotes | NotAdded:
        """What a contact does on "Add seats"."""
        who = who or self.who
        with self.shop.database.write() as session:
            return adding_seats.add(
                session,
                who.id,
                subscription_id,
                added,
                who.person_id,
                SELLER,
                self.shop.clock.now(),
                replacing=frozenset(replacing),
            )

    def person(self, staff_role: str | None = None) -> Person:
        """Somebody else."""
        with self.shop.database.write() as session:
            return factories.a_person(session, staff_role=staff_role)


def item(
    subscription_id: int,
    plan_id: int,
    seats: int,
    frequency: Frequency = ANNUAL,
    *,
    price: PriceWish | None = None,
    keeps_date: bool = True,
    release: tuple[int, ...] = (),
) -> ItemWish:
    """An item of a quote; without a price it is the contract's."""
    return ItemWish(
        subscription_id,
        WantedTerms(plan_id, seats, frequency),
        keeps_date,
        price or PriceWish(),
        frozenset(release),
    )
