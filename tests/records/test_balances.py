"""What is kept as an account's balance is the sum of its entries, whoever writes them and however."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.command import downgrade, upgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.shared.domain.money import Money
from portal.shared.records.database import Database
from portal.shared.records.ledger import (
    AccountBalance,
    LedgerEntry,
    LedgerMovement,
    add_entries,
    balance_total,
    balances_by_entries,
    kept_balances,
)
from portal.shared.services import ledger
from tests.records.test_migrations import config
from tests.support import factories
from tests.support.factories import NOW

# Which of two accounts, the book, the currency, how much.
ENTRIES = st.tuples(
    st.integers(0, 1),
    st.sampled_from(["balance", "balance", "cash", "sales"]),
    st.sampled_from(["EUR", "EUR", "BRL"]),
    st.integers(-300, 300).filter(bool),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.lists(ENTRIES, min_size=1, max_size=6), st.booleans()), max_size=4))
def test_what_is_kept_is_the_sum_of_the_entries(
    database: Database, steps: list[tuple[list[tuple[int, str, str, int]], bool]]
) -> None:
    with database.engine.connect() as connection:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            accounts = [factories.an_online_account(session, currency="EUR").id for _ in range(2)]
            movements = [LedgerMovement(account_id=one, kind="test", at=NOW) for one in accounts]
            session.add_all(movements)
            session.flush()
            for entries, together in steps:
                rows = [(accounts[which], movements[which].id, *rest) for which, *rest in entries]
                if together:
                    add_entries(session, rows)  # type: ignore[arg-type]  # as the tuples above have it
                else:
                    names = ("account_id", "movement_id", "book", "currency", "amount_minor")
                    session.add_all(LedgerEntry(**dict(zip(names, row, strict=True))) for row in rows)
                    session.flush()
                for one in accounts:
                    true = balances_by_entries(session, one)
                    assert kept_balances(session, one) == true
                    assert balance_total(session, one, "EUR") == true.get("EUR", 0)
        connection.rollback()


def test_a_page_reads_what_is_kept_and_an_account_without_entries_has_nothing(database: Database) -> None:
    with database.write() as session:
        rich, poor = (factories.an_online_account(session, currency="EUR") for _ in range(2))
        factories.grant(session, rich, Money(700, "EUR"))
        factories.grant(session, rich, Money(50, "EUR"))
        ids = rich.id, poor.id
    with database.read() as session:
        assert [ledger.balance(session, one, "EUR") for one in ids] == [Money(750, "EUR"), Money(0, "EUR")]


CHANGES = {
    "another-amount": sa.update(AccountBalance).values(amount_minor=-1),
    "a-row-too-few": sa.delete(AccountBalance),
    "another-currency": sa.update(AccountBalance).values(currency="JPY"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_proof_of_the_books_finds_a_balance_that_is_kept_wrongly(
    database: Database, change: sa.Executable
) -> None:
    with database.write() as session:
        account = factories.an_online_account(session, currency="EUR")
        factories.grant(session, account, Money(700, "EUR"))
        account_id = account.id
    wrong = ledger.Fault(account_id, "what is kept as the balance is not the sum of its entries")
    with database.write() as session:
        assert ledger.verify(session) == []
        session.execute(change)
        assert ledger.verify(session) == [wrong]


def test_balances_from_before_the_migration_are_found_by_it(database: Database) -> None:
    with database.write() as session:
        for amount in (700, 50):
            account = factories.an_online_account(session, currency="EUR")
            factories.grant(session, account, Money(amount, "EUR"))
            factories.grant(session, account, Money(1, "EUR"))
    asked = sa.select(AccountBalance.__table__).order_by(AccountBalance.account_id)
    with database.read() as session:
        before = list(session.execute(asked))
    assert [row.amount_minor for row in before] == [-701, -51]
    downgrade(config(database), "0021")
    upgrade(config(database), "head")
    with database.read() as session:
        assert list(session.execute(asked)) == before
