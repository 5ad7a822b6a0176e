"""The demo inside the test's own process: the whole cast on its stage, a clock that stands, and anybody let in.

The cast is brought in once in a whole test run; every house then gets copies of the files.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.demo.cast import Cast, read_cast
from portal.shared.demo.seeding import Stage, seed
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.gateways.clock import FixedClock, SystemClock
from portal.shared.gateways.demo_clock import DemoClock
from portal.shared.gateways.sandbox.processor import BOOK_FILE, SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.people import Person
from portal.shared.records.schema import migrate
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.passwords import Passwords
from portal.shared.web.transactions import TransactionalFlask
from portal.worker import sweep
from tests.support.headers import watched
from tests.support.run_folder import first_one_builds
from tests.support.visitor import Visitor

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)
DATABASE_FILE = "twodoor.sqlite3"
ROUTERS_LOG = "routing_decisions"  # the one table that a GET may write: a log that no page acts upon
LAST_SEEN = ("sign_in_sessions", "seen_at")  # and the one column: that somebody is still there


@dataclass
class DemoHouse:
    """A running application and what stands behind it."""

    app: TransactionalFlask
    database: Database
    processor: SandboxProcessor
    clock: FixedClock
    folder: Path
    cast: Cast

    def visitor(
        self, email: str | None = None, *, account: str | None = None, language: str = "en"
    ) -> Visitor:
        """A browser in which this person is signed in (nobody without one), for this account if it is named."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language.replace("_", "-")
        if email is not None:
            with client.session_transaction() as kept:
                kept["_user_id"], kept["_fresh"] = self.session_of(email, account), True
        return Visitor(client)

    def session_of(self, email: str, account: str | None = None) -> str:
        """The secret of a new session of this person."""
        with self.database.write() as session:
            person = session.scalars(sa.select(Person).where(Person.email == email)).one()
            token = signin.open_session(session, person.id, self.clock.now(), second_factor="code")
        if account is not None:
            with self.database.write() as session:
                number = self._account(session, account).id
                assert signin.choose_account(session, token, number, self.clock.now())
        return token

    def contact(self, story: str, *, language: str = "en") -> Visitor:
        """The billing contact of the account that tells a story."""
        return self.visitor(self.email(story), account=self.told(story).name, language=language)

    def email(self, story: str) -> str:
        """Who can be seen to tell a story."""
        for one in self.cast.staff:
            if one.role == story:
                return one.email
        for account in self.cast.accounts:
            for member in account.members:
                told = member.stories or (account.stories if member.role == "billing_contact" else ())
                if story in told:
                    return member.email
        raise LookupError(story)

    def told(self, story: str) -> Any:
        """The account that tells a story."""
        return next(one for one in self.cast.accounts if story in one.stories)

    def account_id(self, story: str) -> int:
        """The number of the account that tells a story."""
        with self.database.read() as session:
            return self._account(session, self.told(story).name).id

    def subscription_id(self, story: str, product: str = "gotoassist-remote-support-v5") -> int:
        """The number of the account's subscription of a product."""
        account_id = self.account_id(story)
        with self.database.read() as session:
            question = sa.select(SubscriptionRow.id).where(
                SubscriptionRow.account_id == account_id, SubscriptionRow.product == product
            )
            return session.scalars(question).one()

    def rows(self, table: type[Any], **where: Any) -> list[Any]:
        """Rows of a table, oldest first."""
        with self.database.read() as session:
            return list(session.scalars(sa.select(table).filter_by(**where).order_by(table.id)))

    def choose_language(self, email: str, language: str) -> None:
        """Let somebody have chosen a language for good."""
        with self.database.write() as session:
            session.scalars(sa.select(Person).where(Person.email == email)).one().language = language

    def work(self) -> None:
        """What a worker does in one round."""
        sweep(self.app)

    def trace(self) -> str:
        """A fingerprint of everything that is kept, but for the router's log: whoever writes changes it."""
        return fingerprint(self.folder / DATABASE_FILE) + fingerprint(self.folder / BOOK_FILE)

    def _account(self, session: Any, name: str) -> Account:
        found: Account = session.scalars(sa.select(Account).where(Account.name == name)).one()
        return found


def fingerprint(file: Path) -> str:
    """A digest of every row of a database file, but for what looking at a page notes down."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        tables = connection.execute("select name from sqlite_master where type = 'table' order by name")
        for (name,) in tables.fetchall():
            if name != ROUTERS_LOG and not name.startswith("sqlite_"):
                digest.update(name.encode())
                columns = [one[1] for one in connection.execute(f'pragma table_info("{name}")')]
                kept = ", ".join(f'"{one}"' for one in columns if (name, one) != LAST_SEEN)
                for row in connection.execute(f'select {kept} from "{name}"'):
                    digest.update(repr(row).encode())
    return digest.hexdigest()


def build_stage(folder: Path, now: datetime = NOON) -> Path:
    """Bring the cast into a new folder, without anything that tests share; gives the folder."""
    folder.mkdir(parents=True)
    database = Database(f"sqlite:///{folder / DATABASE_FILE}")
    migrate(database)
    database.dispose()
    _play(folder, now)
    return folder


@contextmanager
def open_house(
    stage: Path, folder: Path, instant: datetime = NOON, *, secret_key: str = "not a secret"
) -> Iterator[DemoHouse]:
    """A house of one's own in `folder`, on copies of the stage."""
    set_stage(stage, folder)
    clock = FixedClock(instant)
    database = Database(f"sqlite:///{folder / DATABASE_FILE}")
    moved = DemoClock(folder, clock)
    processor = SandboxProcessor(folder, clock=moved)
    settings = Settings(
        database_url="",
        secret_key=secret_key,
        data_dir=folder,
        seller=read_seller(DEMO_SELLER),
        demo=True,
        password_memory_kib=8,
        password_rounds=1,
    )
    app = create_app(settings, clock=moved, database=database, processor=processor)
    app.wsgi_app = watched(app.wsgi_app)  # type: ignore[assignment,method-assign]
    yield DemoHouse(app, database, processor, clock, folder, read_cast())
    processor.close()
    database.dispose()


@pytest.fixture(scope="session")
def demo_stage(run_folder: Path, sqlite_template: Path) -> Path:
    """The folder with the files of a cast that was brought in at noon."""
    folder = run_folder / "demo-stage"
    with first_one_builds(run_folder / "demo-stage-marker") as first:
        if first:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            shutil.copyfile(sqlite_template, folder / DATABASE_FILE)
            _play(folder, NOON)
    return folder


@pytest.fixture(scope="session")
def todays_stage(run_folder: Path, sqlite_template: Path) -> Path:
    """The folder with the files of a cast that was brought in just now, for servers that live by the real clock."""
    now = SystemClock().now()
    folder = run_folder / f"stage-of-{now.date()}"
    with first_one_builds(run_folder / f"{folder.name}-marker") as first:
        if first:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            shutil.copyfile(sqlite_template, folder / DATABASE_FILE)
            _play(folder, now)
    return folder


def set_stage(stage: Path, folder: Path) -> None:
    """Copy the files of a cast into a folder of one's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in (DATABASE_FILE, BOOK_FILE):
        _copy(stage / file, folder / file)


def _play(folder: Path, now: datetime) -> None:
    database = Database(f"sqlite:///{folder / DATABASE_FILE}")
    processor = SandboxProcessor(folder, clock=FixedClock(now))
    seller = read_seller(DEMO_SELLER)
    stage = Stage(
        database,
        processor,
        Passwords(memory_kib=8, rounds=1, demo=True),
        SellerTaxes(seller.country, frozenset(seller.tax_registrations)),
    )
    assert seed(stage, read_cast(), now)
    processor.close()
    database.dispose()


def _copy(source: Path, target: Path) -> None:
    """Copy a database with what still lies in its journal."""
    with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing)


@pytest.fixture
def house(demo_stage: Path, tmp_path: Path) -> Iterator[DemoHouse]:
    """The demo, for this test alone."""
    with open_house(demo_stage, tmp_path / "house") as house:
        yield house


@pytest.fixture(scope="session")
def shared_house(demo_stage: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoHouse]:
    """One demo for all tests of a process: for looking only."""
    with open_house(demo_stage, tmp_path_factory.mktemp("shared-house")) as house:
        yield house
