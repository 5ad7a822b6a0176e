"""The rig: the application under its real server, a processor with its own book, and ways between them that break."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import Flask

from portal.app import create_app
from portal.config import Settings
from portal.shared.gateways.clock import SystemClock
from portal.shared.records.database import Database
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.services.sign_in import signing_in
from portal.worker import sweep
from tests.faults import oracle
from tests.faults.application import SECRET, Application, running_application
from tests.faults.buyer import Buyer
from tests.faults.neighbours import MailServer, running_mail_server, running_registry
from tests.faults.processor import Processor, running_processor
from tests.faults.proxy import Proxy, running, to_port
from tests.support import factories
from tests.support.factories import Catalogue

SEATS = 3  # what everybody begins with, on trial
_KEY = "sk_test_only_for_tests"


@dataclass(frozen=True, slots=True)
class Customer:
    """An account with a trial of one product and a good card."""

    account_id: int
    subscription_id: int
    token: str


@dataclass(slots=True)
class Rig:
    """Everything in one hand."""

    folder: Path
    database: Database  # straight to the database, whatever becomes of the application's way
    processor: Processor
    mail_server: MailServer
    to_processor: Proxy
    to_registry: Proxy
    to_mail: Proxy
    application: Application
    catalogue: Catalogue

    def customers(self, count: int, country: str = "PT") -> list[Customer]:
        """So many accounts, each with a person who is signed in."""
        now = SystemClock().now()
        found = []
        with self.database.write() as session:
            for _ in range(count):
                account = factories.an_online_account(session, country=country)
                person = factories.a_contact(session, account)
                session.add(
                    PaymentMethod(
                        account_id=account.id,
                        token="cus_1/pm_good",
                        brand="Visa",
                        last4="4242",
                        expiry_month=12,
                        expiry_year=now.year + 5,
                        is_default=True,
                        added_at=now,
                    )
                )
                ends = now.date() + timedelta(days=10)
                row = factories.a_trial(session, account, self.catalogue.standard, seats=SEATS, ends=ends)
                found.append(Customer(account.id, row.id, signing_in.open_session(session, person.id, now)))
        return found

    def buyer(self, who: Customer, seed: int = 0, *, doubled: float = 0.0) -> Buyer:
        """The person of an account at their browser."""
        chance = random.Random(f"{seed} {who.account_id}")
        return Buyer(self.application.url, who.subscription_id, who.token, chance, doubled)

    def settle(self) -> None:
        """Let the time pass until every charge without an answer was asked about, and ask; the way is good again."""
        app = self.worker()
        for _ in range(5):
            with self.database.write() as session:
                waiting = session.scalar(
                    sa.select(sa.func.count()).select_from(Order).where(Order.next_check_at.is_not(None))
                )
                session.execute(
                    sa.update(Order)
                    .where(Order.next_check_at.is_not(None))
                    .values(next_check_at=Order.created_at)
                )
            if not waiting:
                return
            sweep(app)
        raise AssertionError("charges without an answer are not settled")

    def worker(self) -> Flask:
        """A second worker in this process, whose ways are all good: `sweep` does at once what others wait for."""
        return create_app(Settings.from_environment(self.settings()), database=self.database)

    def prove(self) -> None:
        """Ask both books."""
        oracle.prove(self.database, self.processor.took())

    def settings(self) -> dict[str, str]:
        """The settings of an application whose ways are all good, as its environment."""
        return {
            "DATA_DIR": str(self.folder / "data"),
            "SECRET_KEY": SECRET,
            "BASE_URL": "http://127.0.0.1",
            "STRIPE_SECRET_KEY": _KEY,
            "STRIPE_API_BASE": f"http://127.0.0.1:{self.processor.port}",
            "VIES": "1",
            "VIES_ADDRESS": f"http://127.0.0.1:{self.to_registry.port}/",
            "SMTP_URL": f"smtp://127.0.0.1:{self.to_mail.port}",
        }


@contextmanager
def running_rig(folder: Path, database_url: str, seen_url: str | None = None, **more: str) -> Iterator[Rig]:
    """Bring everything up. `seen_url` is the database as the application sees it, where that is another way."""
    with ExitStack() as stack:
        processor = stack.enter_context(running_processor())
        mail_server = stack.enter_context(running_mail_server())
        to_processor = stack.enter_context(running(to_port(processor.port)))
        to_registry = stack.enter_context(running(to_port(stack.enter_context(running_registry()))))
        to_mail = stack.enter_context(running(to_port(mail_server.port)))
        database = Database(database_url)
        stack.callback(database.dispose)
        with database.write() as session:
            catalogue = factories.a_catalogue(session)
        application = stack.enter_context(
            running_application(
                folder / "data",
                {
                    "DATABASE_URL": seen_url or database_url,
                    "STRIPE_SECRET_KEY": _KEY,
                    "STRIPE_API_BASE": f"http://127.0.0.1:{to_processor.port}",
                    "VIES": "1",
                    "VIES_ADDRESS": f"http://127.0.0.1:{to_registry.port}/",
                    "SMTP_URL": f"smtp://127.0.0.1:{to_mail.port}",
                    **more,
                },
            )
        )
        yield Rig(
            folder,
            database,
            processor,
            mail_server,
            to_processor,
            to_registry,
            to_mail,
            application,
            catalogue,
        )
