"""The database itself refuses to change or remove what was written, whoever asks and however."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.base import Base
from portal.shared.records.database import Database
from portal.shared.records.vat_checks import VatCheck
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import Shop, want

TABLES = {
    "ledger_movements": "kind = 'other'",
    "ledger_entries": "amount_minor = amount_minor + 1",
    "invoices": "total_minor = total_minor + 1",
    "invoice_lines": "amount_minor = amount_minor + 1",
    "settlements": "amount_minor = amount_minor + 1",
    "payments": "amount_minor = amount_minor + 1",
    "activity": "action = 'other'",
    "vat_checks": "state = 'valid'",
}


@pytest.fixture
def written(database: Database, tmp_path: Path) -> Database:
    """A database in which each of these tables has rows."""
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with database.write() as session:
        shop = Shop(database, processor, clock, a_catalogue(session))
    who = shop.customer(balance=100)
    shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    with database.write() as session:
        told = {"account_id": who.id, "country": "PT", "number": "136695976", "state": "invalid", "at": NOW}
        session.add(VatCheck(**told))
    processor.close()
    return database


def contents(database: Database) -> dict[str, list[object]]:
    with database.read() as session:
        return {
            table: list(session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id"))) for table in TABLES
        }


def test_no_row_of_the_books_can_be_changed_or_removed(written: Database) -> None:
    before = contents(written)
    attempts = 0
    for table, change in TABLES.items():
        assert before[table], table
        for statement in (
            f"UPDATE {table} SET {change}",
            f"UPDATE {table} SET id = id WHERE id = 1",
            f"DELETE FROM {table}",
        ):
            with pytest.raises(DBAPIError), written.write() as session:
                session.execute(sa.text(statement))
            attempts += 1
    assert attempts >= 20
    assert contents(written) == before


def test_no_table_of_the_books_can_be_emptied_or_replaced(written: Database) -> None:
    before = contents(written)
    for table in TABLES:
        statement = (
            f"TRUNCATE {table} CASCADE"
            if written.engine.dialect.name == "postgresql"
            else f"REPLACE INTO {table} SELECT * FROM {table}"
        )
        with pytest.raises(DBAPIError), written.write() as session:
            session.execute(sa.text(statement))
    assert contents(written) == before


def guarded(database: Database) -> dict[str, int]:
    """How many triggers refuse changes of a table, as the database itself knows them."""
    question = (
        "SELECT c.relname, count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE t.tgname LIKE 'refuse_%' GROUP BY c.relname"
        if database.engine.dialect.name == "postgresql"
        else "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_refuse_%' "
        "GROUP BY tbl_name"
    )
    with database.read() as session:
        return {str(name): int(count) for name, count in session.execute(sa.text(question))}


def test_every_table_that_calls_itself_history_is_guarded_after_every_migration(database: Database) -> None:
    """On SQLite a table that is made anew to alter it loses its triggers."""
    history = {
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if "Appended, never edited" in (mapper.class_.__doc__ or "")
    }
    assert {"refunds", "renewals"} <= history
    found = guarded(database)
    for table in history | TABLES.keys():
        assert found.get(table) == 2, f"{table}: for changes of a row, and against emptying or removing"
