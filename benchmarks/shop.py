"""The house as it is measured: the real application, a clock that stands, and a card processor that answers at once."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
import structlog

from benchmarks.visiting import Visitor
from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import Card, CardSession, ChargeResult, Outcome, RefundResult
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.database import Database
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.people import Person
from portal.shared.services import ledger
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.transactions import TransactionalFlask
from tests.support import factories

PASSWORD = "measured with a real sign-in"  # noqa: S105  # of people who exist for a minute


@dataclass(slots=True)
class InstantProcessor:
    """A card processor in memory: approves everything, and knows what it took."""

    taken: dict[str, int] = field(default_factory=dict)

    def kinds(self, currency: str) -> Collection[MethodKind]:
        """Cards in every currency."""
        return (MethodKind.CARD,)

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        """Nobody types a card here."""
        raise NotImplementedError

    def card_of_session(self, reference: str) -> Card | None:
        """Nobody typed a card."""
        return None

    def charge(
        self,
        *,
        key: str,
        amount_minor: int,
        currency: str,
        card_token: str,
        return_path: str,
        unattended: bool = False,
    ) -> ChargeResult:
        """Approve."""
        self.taken[key] = amount_minor
        return ChargeResult(Outcome.APPROVED, f"instant-{key}")

    def charge_status(self, key: str) -> ChargeResult:
        """What became of a charge."""
        return ChargeResult(Outcome.APPROVED if key in self.taken else Outcome.NEVER_SEEN)

    def cancel(self, key: str) -> ChargeResult:
        """Nothing is cancelled here."""
        raise NotImplementedError

    def refund(self, *, key: str, amount_minor: int, refund_key: str) -> RefundResult:
        """Nothing is given back here."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Customer:
    """An account's billing contact, signed in, and the subscription that changes."""

    visitor: Visitor
    subscription_id: int
    plan_id: int


@dataclass(slots=True)
class Shop:
    """One application on one database."""

    app: TransactionalFlask
    database: Database
    processor: InstantProcessor

    def prove(self) -> int:
        """Prove the books; gives the cash they hold in minor units, which is what the processor took."""
        cash = proven_cash(self.database)
        assert cash == sum(self.processor.taken.values()), "the ledger's cash is not what was charged"
        return cash


def proven_cash(database: Database) -> int:
    """Prove the ledger (services.ledger.verify finds nothing) and give the cash in it, in minor units."""
    with database.read() as session:
        faults = ledger.verify(session)
        assert faults == [], faults
        total = sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        return int(session.execute(total.where(LedgerEntry.book == "cash")).scalar_one())


@contextmanager
def shop_on(url: str, folder: Path) -> Iterator[Shop]:
    """The real application on a database; its connections end with the block."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.disable(logging.INFO)  # a line a request is written to a pipe or a file, never to this screen
    database, processor = Database(url), InstantProcessor()
    settings = Settings(
        database_url=url,
        secret_key="the same for every application of a run",  # noqa: S106  # and for nothing else
        data_dir=folder,
        seller=read_seller(DEMO_SELLER),
    )
    app = create_app(settings, clock=FixedClock(factories.NOW), database=database, processor=processor)
    try:
        yield Shop(app, database, processor)
    finally:
        database.dispose()


@dataclass(frozen=True, slots=True)
class Filled:
    """An account in the database: how its billing contact signs in, and what it has."""

    email: str
    subscriptions: tuple[int, ...]
    plan_id: int


def filled(database: Database, folder: Path, count: int, subscriptions: int) -> list[Filled]:
    """So many companies with a card and so many paid monthly subscriptions each."""
    issuer = SandboxProcessor(folder)
    password = Passwords(memory_kib=1024, rounds=1).hash(PASSWORD)
    made = []
    with database.write() as session:
        catalogue = factories.a_catalogue(session)
        for _ in range(count):
            account = factories.an_online_account(session)
            contact = factories.a_contact(session, account)
            person = session.get_one(Person, contact.id)
            person.password_hash, person.language = password, "en"
            factories.a_card(session, issuer, account)
            rows = [
                factories.a_monthly_subscription(session, account, catalogue.standard).id
                for _ in range(subscriptions)
            ]
            made.append(Filled(person.email, tuple(rows), catalogue.standard))
    issuer.close()
    return made


def customers(shop: Shop, folder: Path, count: int, subscriptions: int) -> list[Customer]:
    """So many companies with a card and so many paid monthly subscriptions each; their contacts are signed in."""
    signed_in = []
    for made in filled(shop.database, folder, count, subscriptions):
        visitor = Visitor(shop.app)
        visitor.sign_in(made.email, PASSWORD)
        signed_in.append(Customer(visitor, made.subscriptions[0], made.plan_id))
    return signed_in
