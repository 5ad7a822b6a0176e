"""Fill an empty database of either kind with accounts: python -m benchmarks.growth.filling --accounts N."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.growth.copying import COPIES_A_REP, FIRST_CUSTOMER, FIRST_REP, Multiplied
from benchmarks.growth.models import MODELS, make_models
from benchmarks.growth.multiplying import Models, read_models
from portal.shared.domain.names import words_of
from portal.shared.records.account_names import AccountWord
from portal.shared.records.accounts import Account
from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.schema import migrate
from tests.support.factories import NOW

REPS_A_MANAGER = 10
_PIECE = 250  # copies a transaction
_NAMES_AT_ONCE = 10_000
CARE = 1

_OPEN = """
    INSERT INTO open_invoices (account_id, invoice_id, account_type, due_on, rest_minor)
    SELECT i.account_id, i.id, a.type, i.due_on, i.total_minor - coalesce(sum(s.amount_minor), 0)
    FROM invoices i JOIN accounts a ON a.id = i.account_id
    LEFT JOIN settlements s ON s.account_id = i.account_id AND s.invoice_id = i.id
    WHERE i.kind = 'invoice' GROUP BY i.id, a.id HAVING i.total_minor > coalesce(sum(s.amount_minor), 0)
"""
_BALANCES = """
    INSERT INTO account_balances (account_id, currency, amount_minor)
    SELECT account_id, currency, sum(amount_minor) FROM ledger_entries
    WHERE book = 'balance' GROUP BY account_id, currency
"""

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was made: accounts (whole copies of the models), rows, and who stands at the desk."""

    accounts: int
    rows: int
    reps: int
    managers: int


def _quietly(done: int, of: int) -> None:
    """Tell nobody."""


def fill(
    url: str,
    accounts: int,
    seed: int = 1,
    *,
    models: int = MODELS,
    progress: Progress = _quietly,
) -> Filled:
    """Fill a migrated, empty database with so many accounts, rounded up to whole copies of the models.

    The same seed gives the same rows, and a larger number the same accounts and more.
    """
    copies = -(-accounts // models)
    reps = -(-copies // COPIES_A_REP)
    managers = -(-reps // REPS_A_MANAGER)
    with _opened(url) as connection:
        rows = _Filler(connection, _models(seed, models)).fill(copies, reps, managers, progress)
    return Filled(copies * models, rows, reps, managers)


@cache
def _models(seed: int, models: int) -> Models:
    with tempfile.TemporaryDirectory(prefix="twodoor-models-") as folder:
        made = make_models(Path(folder), seed, models)
        try:
            return read_models(made, first_person=FIRST_CUSTOMER)
        finally:
            made.database.dispose()


def rep_of_copy(copy: int) -> int:
    """The number of the person who represents the corporate accounts of a copy."""
    return FIRST_REP + copy // COPIES_A_REP


@contextmanager
def _opened(url: str) -> Iterator[sa.Connection]:
    """A connection that waits as long as it takes, and trusts that what is put in fits: it is proved afterwards."""
    sqlite = url.startswith("sqlite")
    engine = sa.create_engine(url if sqlite else sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        if sqlite:
            driver = _driver(connection)
            driver.create_function("sha256_hex", 1, _sha256, deterministic=True)
            # Whoever is interrupted here begins again with an empty file.
            for pragma in (
                "journal_mode = MEMORY",
                "synchronous = OFF",
                "foreign_keys = OFF",
                "cache_size = -1000000",
            ):
                driver.execute(f"PRAGMA {pragma}")
        else:
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("SET timezone = 'UTC'")
            connection.exec_driver_sql("SET synchronous_commit = off")
            superuser = connection.exec_driver_sql(
                "SELECT usesuper FROM pg_user WHERE usename = current_user"
            )
            if superuser.scalar():
                connection.exec_driver_sql("SET session_replication_role = replica")
            connection.commit()
        yield connection
        if sqlite:
            connection.rollback()
            _driver(connection).execute("PRAGMA journal_mode = WAL")
    engine.dispose()


def _driver(connection: sa.Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None, "the connection is open"
    return driver


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True)
class _Filler:
    connection: sa.Connection
    models: Models

    def fill(self, copies: int, reps: int, managers: int, progress: Progress) -> int:
        tables = {one.name: one for one in all_tables().sorted_tables}
        known, rows = sa.MetaData(), 0
        with self.connection.begin():
            taken = self.connection.execute(
                sa.select(sa.func.count()).select_from(tables["accounts"])
            ).scalar_one()
            assert taken == 0, "the database is not empty"
            self._reference(tables)
            self._staff(tables["people"], reps, managers)
            copied = sa.Table(
                "copies", known, sa.Column("number", sa.BigInteger, primary_key=True), prefixes=["TEMPORARY"]
            )
            copied.create(self.connection)
            self.connection.execute(sa.insert(copied), [{"number": one} for one in range(copies)])
            multiplied = [
                Multiplied.of(tables[name], found, self.models, copied, known)
                for name, found in self.models.rows.items()
            ]
            for one in multiplied:
                one.patterns.create(self.connection)
                self.connection.execute(sa.insert(one.patterns), one.values)
        for begin in range(0, copies, _PIECE):
            end = min(copies, begin + _PIECE)
            with self.connection.begin():
                for one in multiplied:
                    rows += one.copy(self.connection, begin, end)
            progress(end, copies)
        with self.connection.begin():
            self._keep_what_is_open()
            self._keep_words()
            self._numbers(tables)
        if self.connection.dialect.name == "postgresql":
            with self.connection.begin():
                self.connection.exec_driver_sql("ANALYZE")
        return rows

    def _reference(self, tables: dict[str, sa.Table]) -> None:
        for name, rows in self.models.reference.items():
            if rows:
                self.connection.execute(sa.delete(tables[name]))
                self.connection.execute(sa.insert(tables[name]), rows)

    def _staff(self, people: sa.Table, reps: int, managers: int) -> None:
        assert reps < FIRST_CUSTOMER - FIRST_REP, "more representatives than numbers for them"
        care = [_staff(CARE, "care", "Customer care", None)]
        leading = [_staff(CARE + one, "manager", f"Manager {one}", None) for one in range(1, managers + 1)]
        keeping = [
            _staff(FIRST_REP + one, "rep", f"Representative {one + 1}", CARE + 1 + one // REPS_A_MANAGER)
            for one in range(reps)
        ]
        self.connection.execute(sa.insert(people), [*care, *leading, *keeping])

    def _keep_what_is_open(self) -> None:
        """What triggers keep, where they were off; the proof compares it with the settlements."""
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql("DELETE FROM open_invoices")
            self.connection.exec_driver_sql(_OPEN)
            self.connection.exec_driver_sql("DELETE FROM account_balances")
            self.connection.exec_driver_sql(_BALANCES)

    def _keep_words(self) -> None:
        """What is written with an account that is made as one; no SQL knows which letters are one."""
        last = 0
        question = sa.select(Account.id, Account.name).order_by(Account.id).limit(_NAMES_AT_ONCE)
        while found := self.connection.execute(question.where(Account.id > last)).all():
            rows = [{"account_id": one.id, "word": word} for one in found for word in words_of(one.name)]
            self.connection.execute(sa.insert(AccountWord), rows)
            last = found[-1].id

    def _numbers(self, tables: dict[str, sa.Table]) -> None:
        """Let PostgreSQL number on where the copies end."""
        if self.connection.dialect.name != "postgresql":
            return
        for name in (*self.models.rows, *self.models.reference):
            if "id" in tables[name].c and isinstance(tables[name].c.id.type, sa.Integer):
                self.connection.exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"  # noqa: S608  # our own tables
                )


def _staff(number: int, role: str, name: str, manager: int | None) -> dict[str, Any]:
    email = f"{role}{number}@example.org"
    return {
        "id": number,
        "name": name,
        "email": email,
        "staff_role": role,
        "language": "en",
        "manager_id": manager,
    }


def main() -> None:
    """Fill the database of an address, migrating it first."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth.filling", description=__doc__)
    parser.add_argument("--database-url", required=True, metavar="URL")
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    database = Database(told.database_url)
    migrate(database)
    database.dispose()
    began = time.monotonic()

    def progress(done: int, of: int) -> None:
        print(
            f"\r{done * MODELS:,} of {of * MODELS:,} accounts, {time.monotonic() - began:.0f} s",
            end="",
            flush=True,
        )

    filled = fill(told.database_url, told.accounts, told.seed, progress=progress)
    print(f"\n{filled.accounts:,} accounts, {filled.rows:,} rows; the day is {NOW.date()}")


if __name__ == "__main__":
    main()
