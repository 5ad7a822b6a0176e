"""Everything an order needs, in one hand: a database, the sandbox processor with its own book, a clock that stands."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Audience, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import OrderSummary
from portal.shared.domain.terms import WantedTerms
from portal.shared.gateways.cards import CardProcessor
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, InvoiceLine, Settlement
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import carts, ledger
from portal.shared.services.activity import reading
from portal.shared.services.activity.reading import Line
from portal.shared.services.orders.place import give_up, place, resume
from portal.shared.services.orders.placement import Accepted, Placement, PlaceRequest
from portal.shared.services.orders.pricing import Priced, price
from tests.support import factories
from tests.support.factories import SELLER, Catalogue

MONTHLY, ANNUAL = Frequency.MONTHLY, Frequency.ANNUAL
CONTACT, CARE = Audience.CONTACT, Audience.CARE


@dataclass(frozen=True, slots=True)
class Customer:
    """An account, its billing contact and the card on file."""

    id: int
    person_id: int
    method_id: int | None
    currency: str


@dataclass(slots=True)
class Shop:
    """The services of one order, called the way the pages call them."""

    database: Database
    processor: SandboxProcessor
    clock: FixedClock
    catalogue: Catalogue
    keys: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def customer(self, *, card: str | None = "visa", **account: Any) -> Customer:
        """A small company with a billing contact and, unless `card` is None, a card of that name."""
        with self.database.write() as session:
            row = factories.an_online_account(session, **account)
            person = factories.a_contact(session, row)
            method = factories.a_card(session, self.processor, row, card) if card else None
            return Customer(row.id, person.id, method.id if method else None, row.currency)

    def monthly(self, who: Customer, plan_id: int | None = None, **story: Any) -> int:
        """A paid monthly subscription; gives its id."""
        return self._subscription(factories.a_monthly_subscription, who, plan_id, story)

    def annual(self, who: Customer, plan_id: int | None = None, **story: Any) -> int:
        """A paid annual subscription; gives its id."""
        return self._subscription(factories.an_annual_subscription, who, plan_id, story)

    def past_due(self, who: Customer, plan_id: int | None = None, **story: Any) -> int:
        """A subscription whose current period is not paid; gives its id."""
        return self._subscription(factories.a_past_due_subscription, who, plan_id, story)

    def trial(self, who: Customer, plan_id: int | None = None, **story: Any) -> int:
        """A trial; gives its id."""
        return self._subscription(factories.a_trial, who, plan_id, story)

    def _subscription(self, factory: Any, who: Customer, plan_id: int | None, story: dict[str, Any]) -> int:
        with self.database.write() as session:
            account = session.get_one(Account, who.id)
            row: SubscriptionRow = factory(session, account, plan_id or self.catalogue.standard, **story)
            return row.id

    def seats(self, subscription_id: int, count: int) -> list[int]:
        """So many people get a seat; gives the seats' ids."""
        with self.database.write() as session:
            row = session.get_one(SubscriptionRow, subscription_id)
            return [factories.a_seat(session, row).id for _ in range(count)]

    def put(self, who: Customer, *wanted: Wanted) -> None:
        """Put changes into the cart."""
        with self.database.write() as session:
            for want in wanted:
                carts.put(session, who.id, want, who.person_id, self.clock.now())

    def cart(self, who: Customer) -> list[Wanted]:
        """What is in the cart."""
        with self.database.read() as session:
            return carts.wanted(session, who.id)

    def look(
        self, who: Customer, *wanted: Wanted, audience: Audience = Audience.CONTACT, keep: bool = True
    ) -> Priced:
        """Show the summary, of these changes (which go into the cart) or of the cart."""
        if wanted and keep and audience is Audience.CONTACT:
            self.put(who, *wanted)
        with self.database.read() as session:
            account = session.get_one(Account, who.id)
            wants: Sequence[Wanted] = wanted or carts.wanted(session, who.id)
            return price(session, account, wants, audience, SELLER, self.clock.now())

    def confirm(
        self,
        who: Customer,
        seen: Priced | OrderSummary,
        *,
        processor: CardProcessor | None = None,
        **request: Any,
    ) -> Placement:
        """Press the button under a summary that was seen."""
        summary = seen.summary if isinstance(seen, Priced) else seen
        assert summary is not None, "there is nothing to confirm"
        request.setdefault("key", f"key-{next(self.keys)}")
        request.setdefault("digest", summary.digest)
        request.setdefault("audience", Audience.CONTACT)
        request.setdefault("person_id", who.person_id)
        wish = PlaceRequest(account_id=who.id, return_path="/billing/orders/{reference}", **request)
        return place(self.database, processor or self.processor, self.clock.now, SELLER, wish)

    def order(self, who: Customer, *wanted: Wanted, **request: Any) -> Accepted:
        """Look and confirm in one go, and expect an order."""
        placed = self.confirm(who, self.look(who, *wanted), **request)
        assert isinstance(placed, Accepted), placed
        return placed

    def resume(self, reference: str, *, processor: CardProcessor | None = None) -> OrderState:
        """Ask the processor how a charge stands, and settle it."""
        return resume(self.database, processor or self.processor, self.clock.now, reference)

    def give_up(self, reference: str) -> OrderState:
        """Cancel an order that waits for the bank."""
        return give_up(self.database, self.processor, self.clock.now, reference)

    def answer_bank(self, reference: str, *, approved: bool) -> None:
        """What the card holder tells the bank about an order that awaits confirmation."""
        charge = self.processor.book.of_key(reference)
        assert charge is not None
        self.processor.answer_challenge(charge.reference, approved=approved)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(**span))

    def state(self, reference: str) -> OrderState:
        """Where an order stands."""
        return self.placed(reference).state

    def placed(self, reference: str) -> Order:
        """The order with this reference."""
        with self.database.read() as session:
            return session.scalars(sa.select(Order).where(Order.reference == reference)).one()

    def subscription(self, subscription_id: int) -> SubscriptionRow:
        """How a subscription stands."""
        with self.database.read() as session:
            return session.get_one(SubscriptionRow, subscription_id)

    def balance(self, who: Customer) -> int:
        """What an account has in its favour, in minor units."""
        with self.database.read() as session:
            return ledger.balance(session, who.id, who.currency).minor

    def rows(self, table: type[Any], **where: Any) -> list[Any]:
        """Rows of a table, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(sa.select(table).filter_by(**where).order_by(table.id)))

    def activity(self, account_id: int) -> list[Line]:
        """What was done for an account, oldest first, with the values that were kept beside it."""
        with self.database.read() as session:
            return reading.everything(session, account_id, reading.Wanted())

    def mails(self, kind: str) -> list[OutboxMail]:
        """What waits in the outbox, of one kind."""
        return self.rows(OutboxMail, kind=kind)

    def captured(self) -> dict[str, int]:
        """What the processor's own book says it took, in minor units a currency."""
        return self.processor.book.totals()

    def prove(self) -> None:
        """The ledger is whole, its cash is what the processor took, and no document says more than happened."""
        prove_books(self.database, self.captured())


def prove_books(database: Database, captured: Mapping[str, int]) -> None:
    """The ledger is whole, its cash is what a processor took (minor units a currency), no document says too much."""
    with database.read() as session:
        assert ledger.verify(session) == []
        charged = {key: sum_ for key, sum_ in captured.items() if sum_}
        assert _cash(session) == Counter(charged) + _recorded(session)
        assert _overcredited(session) == []
        assert _oversettled(session) == []
        billed = set(session.scalars(sa.select(Invoice.order_id).where(Invoice.order_id.is_not(None))))
        placed = set(session.scalars(sa.select(Order.id).where(Order.state == OrderState.PLACED)))
        assert billed == placed, "every placed order, and no other, has its document"


def want(
    subscription_id: int, plan_id: int, seats: int, frequency: Frequency = MONTHLY, *release: int
) -> Wanted:
    """Wanted terms of a subscription, and the seats that are given up."""
    return Wanted(subscription_id, WantedTerms(plan_id, seats, frequency), frozenset(release))


def euros(minor: int) -> Money:
    """So many cents."""
    return Money(minor, "EUR")


def _cash(session: Session) -> dict[str, int]:
    question = (
        sa.select(LedgerEntry.currency, sa.func.sum(LedgerEntry.amount_minor))
        .where(LedgerEntry.book == "cash")
        .group_by(LedgerEntry.currency)
    )
    return {currency: int(total) for currency, total in session.execute(question)}


def _recorded(session: Session) -> Counter[str]:
    """Transfers and cheques, which the processor knows nothing of."""
    question = (
        sa.select(Payment.currency, sa.func.sum(Payment.amount_minor))
        .where(Payment.kind.in_(["transfer", "cheque"]))
        .group_by(Payment.currency)
    )
    return Counter({currency: int(total) for currency, total in session.execute(question)})


def _overcredited(session: Session) -> list[int]:
    credit = aliased(InvoiceLine)
    question = (
        sa.select(InvoiceLine.id)
        .join(credit, credit.credits_line == InvoiceLine.id)
        .group_by(InvoiceLine.id)
        .having(
            sa.or_(
                sa.func.sum(credit.amount_minor) > InvoiceLine.amount_minor,
                sa.func.sum(credit.tax_minor) > InvoiceLine.tax_minor,
            )
        )
    )
    return list(session.scalars(question))


def _oversettled(session: Session) -> list[int]:
    question = (
        sa.select(Invoice.id)
        .join(Settlement, Settlement.invoice_id == Invoice.id)
        .group_by(Invoice.id)
        .having(sa.func.sum(Settlement.amount_minor) > Invoice.total_minor)
    )
    return list(session.scalars(question))
