"""The model accounts: made one by one through the services, each with a story and a day of its own.

They live in a small database of their own, in which every table numbers its rows in a range that no other table has.
So whoever reads a text of theirs knows of every number that is long enough which row it names (`multiplying`).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Wanted
from portal.shared.domain.terms import WantedTerms
from portal.shared.domain.wishes import SomethingElse
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.renewals import Collection
from portal.shared.records.schema import migrate
from portal.shared.services import requests
from portal.shared.services.renewals.collecting import collect
from portal.shared.services.renewals.renewing import renew_account
from tests.support import factories
from tests.support.factories import NOW, SELLER
from tests.support.shop import Customer, Shop

# Due days are spread over a month: so many models, a day apart.
MODELS = 28
# Every table's numbers begin a step higher than those of the table before.
STEP = 10**12
_MOST = 10**6  # rows of a table; a number farther in its range is a number by chance
# The online account whose card was declined; of eight accounts a corporate and an online one ask us for something.
_OWING, _ASKING = 5, (1, 3)
_FIRST_DAY = date(2026, 2, 11)
_MONTH = 31  # January's days, which is how much earlier began what was renewed once already


@dataclass(frozen=True, slots=True)
class Ranges:
    """In which range a table's numbers lie."""

    firsts: dict[str, int]

    def table_of(self, number: int) -> tuple[str, int] | None:
        """Whose number it is, and how many of that table come before it."""
        position, behind = divmod(number, STEP)
        names = list(self.firsts)
        return (
            (names[position - 1], behind - 1) if 0 < position <= len(names) and 0 < behind < _MOST else None
        )


@dataclass(frozen=True, slots=True)
class Made:
    """The database of the models, who stands at the desk, and what the rows are called there."""

    database: Database
    ranges: Ranges
    staff: frozenset[int]
    rep: int


def make_models(folder: Path, seed: int, models: int = MODELS) -> Made:
    """Let every model live its story up to `factories.NOW`."""
    database = Database(f"sqlite:///{folder / 'models.sqlite3'}")
    migrate(database)
    clock = FixedClock(NOW)
    processor = SandboxProcessor(folder / "models", clock=clock)
    with database.write() as session:
        catalogue = factories.a_catalogue(session)
    ranges = _apart(database)
    with database.write() as session:
        manager = factories.a_person(session, "Team manager", staff_role="manager")
        care = factories.a_person(session, "Customer care", staff_role="care")
        rep = factories.a_person(session, "Representative", staff_role="rep")
        rep.manager_id = manager.id
        staff = frozenset({manager.id, care.id, rep.id})
    shop = Shop(database, processor, clock, catalogue)
    rng = random.Random(seed)
    for number in range(models):
        _Story(shop, rng, number, rep.id).live()
    with database.write() as session:
        session.execute(sa.update(OutboxMail).values(sent_at=NOW, attempts=1))
    processor.close()
    return Made(database, ranges, staff, rep.id)


@dataclass(slots=True)
class _Story:
    shop: Shop
    rng: random.Random
    number: int
    rep_id: int

    def live(self) -> None:
        """Every fourth account is corporate, every second one was renewed once already.

        Of the online ones every seventh or so has a request that waits, and one in twenty-one owes its renewal.
        """
        corporate, renewed = self.number % 4 == 3, self.number % 2 == 1
        owing = self.number % MODELS == _OWING
        turn = _FIRST_DAY + timedelta(days=self.number % MODELS)
        began = turn - timedelta(days=_MONTH) if renewed else turn
        seats = self.rng.randint(2, 6)
        who = self._corporate() if corporate else self.shop.customer(card="declined" if owing else "visa")
        self.shop.clock.set(_noon(began))
        plan = self.shop.catalogue.standard
        subscription = self.shop.monthly(who, plan, seats=seats, began=began)
        self.shop.seats(subscription, self.rng.randint(1, seats))
        if self.number % 3 == 0:
            self.shop.annual(who, self.shop.catalogue.basic, seats=3, began=began)
        if renewed:
            self._renew(who, turn, "failed" if owing else "paid")
        if not corporate and not owing:
            one_more = WantedTerms(plan, seats + 1, Frequency.MONTHLY)
            self.shop.order(who, Wanted(subscription, one_more))
        if self.number % 8 in _ASKING:
            with self.shop.database.write() as session:
                note = "We would like to know what a year costs."
                requests.ask(session, who.id, SomethingElse(), note, who.person_id, self.shop.clock.now())

    def _corporate(self) -> Customer:
        with self.shop.database.write() as session:
            rep = session.get_one(Person, self.rep_id)
            account = factories.a_corporate_account(session, rep, invoice_terms_days=30)
            contact = factories.a_contact(session, account)
            return Customer(account.id, contact.id, None, account.currency)

    def _renew(self, who: Customer, day: date, then: str) -> None:
        """The period ends, and what the next one costs is taken from the card, or not, or invoiced."""
        self.shop.clock.set(_noon(day))
        now = self.shop.clock.now()
        done = list(renew_account(self.shop.database, who.id, SELLER, now))
        assert len(done) == 1, done
        with self.shop.database.read() as session:
            due = session.scalars(sa.select(Collection.id).where(Collection.account_id == who.id)).all()
        for collection in due:
            taken = collect(self.shop.database, self.shop.processor, self.shop.clock.now, collection)
            assert taken is not None, "a renewal's invoice is collected"
            assert taken.state == then, taken


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _apart(database: Database) -> Ranges:
    """Put a row before each range: SQLite numbers from the greatest number on."""
    tables = [table for table in all_tables().sorted_tables if _numbered(table)]
    firsts = {table.name: STEP * position for position, table in enumerate(tables, start=1)}
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")
        for table in tables:
            if table.name in REFERENCE:
                continue
            row = {one.name: _anything(one, firsts[table.name]) for one in table.columns if not one.nullable}
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            driver.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", list(row.values()))  # noqa: S608  # our own tables
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute("PRAGMA ignore_check_constraints = OFF")
    return Ranges(firsts)


# What holds for everybody and does not grow with the accounts.
REFERENCE = ("products", "plans", "prices", "tax_rates", "catalogue_mark")


def _numbered(table: sa.Table) -> bool:
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and keys[0].name == "id" and isinstance(keys[0].type, sa.Integer)


def _anything(column: sa.Column[Any], number: int) -> object:
    if column.primary_key:
        return number
    kind = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else datetime
    return {
        int: number,
        bool: 0,
        dict: "{}",
        list: "[]",
        date: "1970-01-01",
        datetime: "1970-01-01 00:00:00.000000",
    }.get(kind, f"not a row {number}")
