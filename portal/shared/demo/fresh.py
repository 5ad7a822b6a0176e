"""Starting the demo over: its database, cards, charges, mails and clock are removed. Nobody else's ever are."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from portal.shared.demo.seeding import NotTheDemoError, seeded_at
from portal.shared.gateways import demo_clock
from portal.shared.gateways.sandbox.processor import BOOK_FILE
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.schema import unmake


def start_over(database: Database, data_dir: Path) -> None:
    """Remove everything the demo has made.

    Raises:
        NotTheDemoError: the database holds accounts that are not the demo's; nothing was removed.
    """
    _refuse_what_is_not_ours(database)
    if database.engine.dialect.name == "sqlite":
        database.dispose()
        _remove(Path(database.url.database or ""))
    else:
        unmake(database)
    _remove(data_dir / BOOK_FILE)
    shutil.rmtree(data_dir / "mail", ignore_errors=True)
    shutil.rmtree(data_dir / "rehearsals", ignore_errors=True)
    demo_clock.forget(data_dir)


def _refuse_what_is_not_ours(database: Database) -> None:
    with database.read() as session:
        tables = sa.inspect(session.connection()).get_table_names()
        if "accounts" not in tables or "activity" not in tables:
            return
        ours = seeded_at(session) is not None
        if not ours and session.scalar(sa.select(sa.exists().select_from(Account))):
            raise NotTheDemoError("the database holds accounts that are not the demo's")


def _remove(file: Path) -> None:
    """Remove an SQLite file with its journals."""
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
