"""An upgrade and its way back with data in place: nothing that both versions know is lost, and the books go on."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.command import downgrade, upgrade

from portal.shared.records.database import Database
from tests.records.test_migrations import config, names_of_tables
from tests.support.shop import Shop, want

# The first version from which on every migration only adds (tests/records/test_expand_and_contract.py).
OLDEST = "0013"
Rows = dict[str, list[dict[str, Any]]]


def some_orders(shop: Shop) -> None:
    for plan in (shop.catalogue.plus, shop.catalogue.standard):
        who = shop.customer()
        shop.order(who, want(shop.trial(who), plan, 5))


def rows_of(database: Database) -> Rows:
    """Every row of every table as it lies there, by what the database itself calls them."""
    names = names_of_tables(database) - {"alembic_version"}
    with database.read() as session:
        found = {name: session.execute(sa.text(f'SELECT * FROM "{name}"')) for name in names}
        return {name: [dict(row) for row in rows.mappings()] for name, rows in found.items()}


def what_both_know(rows: Rows, other: Rows) -> dict[str, Counter[str]]:
    """The rows of the tables and columns that the other version has as well."""
    found = {}
    for name in rows.keys() & other.keys():
        columns = sorted(set(rows[name][0]) & set(other[name][0])) if rows[name] and other[name] else []
        found[name] = Counter(repr([row[column] for column in columns]) for row in rows[name])
    return found


def test_data_comes_through_an_upgrade_and_its_way_back(shop: Shop) -> None:
    some_orders(shop)
    shop.prove()
    steps, today = config(shop.database), rows_of(shop.database)
    downgrade(steps, OLDEST)
    before = rows_of(shop.database)
    assert before.keys() < today.keys(), "there are tables that the older version does not know"
    assert all(len(before[name]) == len(today[name]) for name in before)
    assert what_both_know(before, today) == what_both_know(today, before)
    upgrade(steps, "head")
    again = rows_of(shop.database)
    assert again.keys() == today.keys()
    assert what_both_know(again, before) == what_both_know(before, again)
    with pytest.raises(sa.exc.DBAPIError), shop.database.write() as session:
        session.execute(sa.text("UPDATE ledger_entries SET amount_minor = 0"))
    shop.prove()
    some_orders(shop)
    shop.prove()
