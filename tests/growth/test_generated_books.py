"""Generated data sets are honest: the application's own checks find nothing, whatever the size and the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.growth.copying import FIRST_REP
from benchmarks.growth.filling import CARE, Filled, fill
from benchmarks.growth.proving import prove
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.renewals.renewing import renew_account
from tests.support import factories

MODELS, ACCOUNTS = 8, 44


@pytest.fixture
def filled(database: Database) -> Filled:
    return fill(database.url.render_as_string(hide_password=False), ACCOUNTS, seed=7, models=MODELS)


def test_the_books_of_every_copy_hold(database: Database, filled: Filled) -> None:
    assert filled.accounts == 48  # whole copies of the models
    assert prove(database, sample=filled.accounts) == []
    with database.read() as session:
        assert len(session.scalars(sa.select(Account.id)).all()) == 48
        assert len(session.scalars(sa.select(Activity.id)).all()) > 48
        days = session.scalars(sa.select(SubscriptionRow.period_end).distinct()).all()
        assert len(days) >= MODELS  # renewals are due on a spread of days
        reps = set(session.scalars(sa.select(Account.rep_id).where(Account.type == "corporate")))
        assert reps == {FIRST_REP}
        assert session.get_one(Person, CARE).staff_role == "care"


def test_a_copy_lives_on_like_any_account(database: Database, filled: Filled) -> None:
    now = factories.NOW.replace(month=4, day=20)
    list(renew_account(database, 42, factories.SELLER, now))
    with database.read() as session:
        rows = session.scalars(sa.select(SubscriptionRow).where(SubscriptionRow.account_id == 42)).all()
        assert all(row.period_end is not None and row.period_end > now.date() for row in rows)
    assert prove(database, sample=filled.accounts) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            sa.insert(LedgerEntry).values(
                account_id=1, movement_id=1, book="cash", currency="EUR", amount_minor=1
            ),
            "account 1:",
            id="an entry too many",
        ),
        pytest.param(
            sa.update(Account).where(Account.id == 5).values(last_invoice_number=99),
            "account 5",
            id="a number left out",
        ),
    ],
)
def test_the_proof_can_fail(sqlite_database: Database, change: sa.Executable, told: str) -> None:
    fill(str(sqlite_database.url), ACCOUNTS, seed=7, models=MODELS)
    with sqlite_database.write() as session:
        session.execute(change)
    assert any(told in one for one in prove(sqlite_database, sample=ACCOUNTS))


def test_a_seed_gives_the_same_rows_and_more_accounts_only_more_of_them(
    tmp_path: Path, sqlite_template: Path
) -> None:
    def rows_of_the_first_eight(accounts: int, seed: int) -> dict[str, list[sa.Row[Any]]]:
        file = tmp_path / "filled.sqlite3"
        file.write_bytes(sqlite_template.read_bytes())
        fill(f"sqlite:///{file}", accounts, seed, models=4)
        database = Database(f"sqlite:///{file}")
        with database.read() as session:
            told = {
                table.name: list(session.execute(sa.select(table).where(table.c.account_id <= 8)))
                for table in all_tables().sorted_tables
                if "account_id" in table.c
            }
        database.dispose()
        return told

    first = rows_of_the_first_eight(8, seed=3)
    assert rows_of_the_first_eight(16, seed=3) == first
    assert rows_of_the_first_eight(8, seed=4) != first
