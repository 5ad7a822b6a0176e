"""Upgrade and roll-back with data in place, on both databases: what was there before is there after."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.command import downgrade
from alembic.config import Config

from portal.shared.records.database import Database
from portal.shared.records.schema import migrate, migrations_folder
from portal.shared.services import ledger
from portal.shared.services.seats import Newcomer, assign
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Shop, want

# The schema somebody may come from, and go back to: that of the last release.
LAST_RELEASE = "0006"
# What no step may change by a letter: who paid what for which service, and whose it is.
BOOKS = ["accounts", "orders", "invoices", "invoice_lines", "ledger_movements", "ledger_entries", "payments"]


def back_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.attributes["database"] = database
    downgrade(config, revision)


def columns_of(database: Database) -> dict[str, list[str]]:
    inspector = sa.inspect(database.engine)
    return {table: [str(column["name"]) for column in inspector.get_columns(table)] for table in BOOKS}


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.read() as session:
        return {
            table: [
                dict(row) for row in session.execute(sa.text(f"SELECT * FROM {table} ORDER BY id")).mappings()
            ]
            for table in BOOKS
        }


def a_lived_in_house(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.trial(who)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    with shop.database.write() as session:
        people = [Newcomer("Ana", "ana@example.org"), Newcomer("Rui", "rui@example.org")]
        assign(session, who.id, subscription, people, who.person_id, shop.clock.now(), notify=True)
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    desk = QuoteDesk(shop)
    contract = desk.contract(seats=10)
    desk.accept(desk.sent(item(contract, shop.catalogue.standard, 12)))


def test_rolling_back_and_upgrading_again_leaves_the_books_as_they_are(shop: Shop) -> None:
    a_lived_in_house(shop)
    before = rows(shop.database)
    assert all(before.values())
    back_to(shop.database, LAST_RELEASE)
    # What the release before did not know is lost with a roll-back; everything it knew is as it was.
    known = columns_of(shop.database)
    assert rows(shop.database) == {
        table: [{name: row[name] for name in known[table]} for row in found]
        for table, found in before.items()
    }
    with pytest.raises(sa.exc.DBAPIError), shop.database.write() as session:
        session.execute(sa.text("UPDATE ledger_entries SET amount_minor = 0"))
    migrate(shop.database)
    after = rows(shop.database)
    for table, found in after.items():
        assert [{name: row[name] for name in known[table]} for row in found] == [
            {name: row[name] for name in known[table]} for row in before[table]
        ]
    with shop.database.read() as session:
        assert ledger.verify(session) == []
    a_lived_in_house(shop)  # and people go on
