"""One account's rows, from one database into an empty one: what its renewals are computed from, and no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.base import all_tables
from portal.shared.records.database import Database

# What holds for everybody.
_OF_ALL = ("products", "plans", "prices", "tax_rates")
# What is the account's own, in the order in which rows name each other. What is not named here stays behind: cards and
# bank accounts, orders, quotes, requests, mails, jobs, webhooks, tokens, sign-ins.
_OF_ACCOUNT = (
    "accounts",
    "memberships",
    "subscriptions",
    "planned_changes",
    "seats",
    "purchase_orders",
    "tax_exemptions",
    "invoices",
    "invoice_lines",
    "ledger_movements",
    "ledger_entries",
    "settlements",
    "renewals",
)
_COPIED = frozenset((*_OF_ALL, *_OF_ACCOUNT, "people"))


# What the migrations let SQLite keep beside the books, in their own words (0020, 0022); tables alone do not bring it.
_KEPT_BESIDE = (
    (
        "CREATE TRIGGER invoices_note_open AFTER INSERT ON invoices "
        "WHEN NEW.kind = 'invoice' AND NEW.total_minor > 0 "
        "BEGIN INSERT INTO open_invoices (account_id, invoice_id, account_type, due_on, rest_minor) "
        "SELECT NEW.account_id, NEW.id, type, NEW.due_on, NEW.total_minor FROM accounts WHERE id = NEW.account_id; END"
    ),
    (
        "CREATE TRIGGER settlements_lower_open AFTER INSERT ON settlements "
        "BEGIN DELETE FROM open_invoices WHERE account_id = NEW.account_id AND invoice_id = NEW.invoice_id "
        "AND rest_minor <= NEW.amount_minor; "
        "UPDATE open_invoices SET rest_minor = rest_minor - NEW.amount_minor "
        "WHERE account_id = NEW.account_id AND invoice_id = NEW.invoice_id; END"
    ),
    (
        "CREATE TRIGGER ledger_entries_keep_balance AFTER INSERT ON ledger_entries WHEN NEW.book = 'balance' "
        "BEGIN INSERT INTO account_balances (account_id, currency, amount_minor) "
        "VALUES (NEW.account_id, NEW.currency, NEW.amount_minor) ON CONFLICT (account_id, currency) "
        "DO UPDATE SET amount_minor = account_balances.amount_minor + excluded.amount_minor; END"
    ),
)


def create_empty(database: Database) -> None:
    """Make the tables of a clone in its own SQLite file; quicker than every migration one after the other."""
    all_tables().create_all(database.engine)
    with database.engine.begin() as connection:
        for statement in _KEPT_BESIDE:
            connection.exec_driver_sql(statement)


def copy_account(source: Session, target: Session, account_id: int, series: str) -> None:
    """Copy an account with its books, under a series of invoice numbers of its own; people are numbers there.

    What a row names that is not copied, an order for instance, it names no more.
    """
    tables = all_tables().tables
    found: dict[str, list[dict[str, Any]]] = {}
    for name in (*_OF_ALL, *_OF_ACCOUNT):
        found[name] = list(_rows(source, tables[name], account_id))
    found["accounts"][0] |= {"invoice_series": series, "street": "", "phone": ""}
    people = {row[one] for name in _OF_ACCOUNT for row in found[name] for one in _people(tables[name])}
    target.execute(sa.insert(tables["people"]), [_nobody(one) for one in sorted(people - {None})])
    for name, rows in found.items():
        if rows:
            target.execute(sa.insert(tables[name]), rows)


def _rows(source: Session, table: sa.Table, account_id: int) -> Iterator[dict[str, Any]]:
    question = sa.select(table)
    if table.name == "accounts":
        question = question.where(table.c.id == account_id)
    elif "account_id" in table.c:
        question = question.where(table.c.account_id == account_id)
    if table.name == "renewals":  # found by what was renewed
        whose = all_tables().tables["subscriptions"]
        question = question.where(
            table.c.subscription_id.in_(sa.select(whose.c.id).where(whose.c.account_id == account_id))
        )
    # Rows of one table name older ones: a credit its charge, a credit note its invoice.
    order = [table.c.id] if "id" in table.c else list(table.primary_key.columns)
    left_out = [
        one.name for one in table.c if any(key.column.table.name not in _COPIED for key in one.foreign_keys)
    ]
    for row in source.execute(question.order_by(*order)).mappings():
        yield {**row, **dict.fromkeys(left_out)}


def _people(table: sa.Table) -> list[str]:
    return [one.name for one in table.c if any(key.column.table.name == "people" for key in one.foreign_keys)]


def _nobody(person_id: int) -> Mapping[str, Any]:
    """Somebody without a name, an address that exists, or a password."""
    return {"id": person_id, "name": f"Person {person_id}", "email": f"person-{person_id}@rehearsal.invalid"}
