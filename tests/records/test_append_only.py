"""The database itself refuses to change what is in the books, whoever asks."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.shared.records.database import Database
from portal.shared.records.schema import all_tables

APPEND_ONLY = [
    "activity",
    "invoice_lines",
    "invoices",
    "ledger_entries",
    "ledger_movements",
    "payments",
    "settlements",
]

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY, NEXT_MONTH = date(2026, 3, 10), date(2026, 4, 10)

# One row in each table of the books, with what they point to.
ROWS: list[tuple[str, dict[str, object]]] = [
    ("people", {"id": 1, "name": "Ana", "email": "ana@example.com"}),
    (
        "accounts",
        {
            "id": 1,
            "name": "Padaria",
            "type": "online",
            "currency": "EUR",
            "country": "PT",
            "time_zone": "Europe/Lisbon",
            "language": "pt_BR",
            "vat_number": "",
            "vat_state": "none",
            "vat_reference": "",
            "invoice_series": "A",
            "last_invoice_number": 1,
            "last_request_number": 0,
            "created_at": NOON,
        },
    ),
    ("products", {"code": "product", "position": 1, "names": {}, "trial_days": 14}),
    (
        "plans",
        {
            "id": 1,
            "product": "product",
            "code": "basic",
            "rank": 1,
            "min_seats": 1,
            "max_seats": 9,
            "names": {},
            "summaries": {},
        },
    ),
    (
        "subscriptions",
        {
            "id": 1,
            "account_id": 1,
            "product": "product",
            "plan_id": 1,
            "seats": 1,
            "trial_end": TODAY,
            "pending_cancellation": False,
        },
    ),
    (
        "payment_methods",
        {
            "id": 1,
            "account_id": 1,
            "token": "card",
            "brand": "Visa",
            "last4": "4242",
            "expiry_month": 1,
            "expiry_year": 2030,
            "is_default": True,
            "added_at": NOON,
        },
    ),
    (
        "orders",
        {
            "id": 1,
            "reference": "R",
            "account_id": 1,
            "idempotency_key": "k",
            "state": "placed",
            "placed_by": 1,
            "audience": "contact",
            "summary": {},
            "digest": "",
            "currency": "EUR",
            "total_due_minor": 100,
            "created_at": NOON,
            "checks": 0,
        },
    ),
    ("activity", {"id": 1, "account_id": 1, "action": "order-placed", "detail": {}, "at": NOON}),
    (
        "invoices",
        {
            "id": 1,
            "account_id": 1,
            "number": 1,
            "name": "A-1",
            "kind": "invoice",
            "issued_on": TODAY,
            "due_on": TODAY,
            "currency": "EUR",
            "subtotal_minor": 100,
            "tax_minor": 0,
            "total_minor": 100,
        },
    ),
    (
        "invoice_lines",
        {
            "id": 1,
            "account_id": 1,
            "invoice_id": 1,
            "subscription_id": 1,
            "position": 1,
            "kind": "charge",
            "product": "product",
            "plan_id": 1,
            "seats": 1,
            "unit_minor": 100,
            "service_start": TODAY,
            "service_end": NEXT_MONTH,
            "days": 31,
            "of_days": 31,
            "amount_minor": 100,
            "tax_name": "",
            "tax_millionths": 0,
            "tax_minor": 0,
        },
    ),
    ("ledger_movements", {"id": 1, "account_id": 1, "kind": "order-billed", "at": NOON}),
    (
        "ledger_entries",
        {"id": 1, "account_id": 1, "movement_id": 1, "book": "cash", "currency": "EUR", "amount_minor": 100},
    ),
    (
        "payments",
        {
            "id": 1,
            "account_id": 1,
            "order_id": 1,
            "payment_method_id": 1,
            "processor_reference": "ch",
            "currency": "EUR",
            "amount_minor": 100,
            "at": NOON,
        },
    ),
    (
        "settlements",
        {
            "id": 1,
            "account_id": 1,
            "invoice_id": 1,
            "movement_id": 1,
            "source": "cash",
            "amount_minor": 100,
            "at": NOON,
        },
    ),
]


@pytest.fixture
def books(database: Database) -> Database:
    with database.write() as session:
        for name, values in ROWS:
            session.execute(sa.insert(all_tables().tables[name]).values(values))
    return database


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize(
    ("change", "statement"),
    [("UPDATE", "UPDATE {} SET account_id = account_id"), ("DELETE", "DELETE FROM {}")],
    ids=["update", "delete"],
)
def test_a_row_of_the_books_is_neither_changed_nor_removed(
    books: Database, table: str, change: str, statement: str
) -> None:
    with pytest.raises(IntegrityError) as refused, books.write() as session:
        session.execute(sa.text(statement.format(table)))
    assert f"{table} is append only: {change} is refused" in str(refused.value.orig)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_replacing_a_row_is_refused_as_well(books: Database, table: str) -> None:
    if books.engine.dialect.name == "sqlite":
        statement = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    else:
        statement = (
            f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = excluded.id"
        )
    with pytest.raises(IntegrityError, match="is append only"), books.write() as session:
        session.execute(sa.text(statement))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.postgresql
def test_a_table_of_the_books_is_not_emptied(postgresql_database: Database, table: str) -> None:
    with pytest.raises(DBAPIError) as refused, postgresql_database.write() as session:
        session.execute(sa.text(f"TRUNCATE {table} CASCADE"))
    assert "is append only: TRUNCATE is refused" in str(refused.value.orig)


def test_other_tables_may_be_changed(books: Database) -> None:
    with books.write() as session:
        session.execute(sa.text("UPDATE orders SET checks = 1"))
        assert session.scalar(sa.text("SELECT checks FROM orders")) == 1
