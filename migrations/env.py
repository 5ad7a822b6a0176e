"""Runs the migrations: all of them in one transaction, and only one process at a time."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from portal.config import Settings
from portal.shared.records.base import UtcDateTime, all_tables
from portal.shared.records.database import Database
from portal.shared.records.schema import is_ours
from portal.shared.records.waiting import unhurried

# Any number will do, as long as nobody else in the database uses it for a lock.
OUR_LOCK = 7_266_501


def render_item(kind: str, item: object, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types into a migration as the plain ones they stand for."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: sa.Connection) -> None:
    """Run what is asked for inside one transaction; a foreign key left dangling undoes it."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        render_item=render_item,
        include_name=is_ours,
        render_as_batch=sqlite,
        transactional_ddl=True,  # true on SQLite as well, since our transactions really begin
    )
    with context.begin_transaction():
        if not sqlite:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text("SET LOCAL lock_timeout = '30s'"))
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": OUR_LOCK})
        context.run_migrations()
        if sqlite and (dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
            raise RuntimeError(f"A migration left rows that point nowhere: {dangling[:5]}")


def main() -> None:
    """Take the caller's database, or the one of the settings."""
    database: Database | None = context.config.attributes.get("database")
    if database is None:
        database = Database(Settings.from_environment().database_url)
    with database.engine.connect() as connection:
        # SQLite rebuilds a table to alter it, which its children's foreign keys would forbid; the switch
        # works only outside a transaction, so it goes to the driver before one begins.
        driver = connection.connection.dbapi_connection if connection.dialect.name == "sqlite" else None
        if driver is not None:
            driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with unhurried():
                run(connection)
        finally:
            if driver is not None:
                connection.rollback()
                driver.execute("PRAGMA foreign_keys = ON")


main()
