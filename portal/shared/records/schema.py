"""The tables as the migrations know them: bring a database up to date, or say whether it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.shared.records.database import Database

_PORTAL = Path(__file__).parents[2]
# The job engine of PostgreSQL keeps its own tables beside ours; a migration makes them, our code does not name them.
ENGINE_PREFIX = "procrastinate_"


def migrations_folder() -> Path:
    """Where the migrations stand: inside the package when installed, beside it in a checkout."""
    inside = _PORTAL / "migrations"
    return inside if inside.is_dir() else _PORTAL.parent / "migrations"


def migrate(database: Database) -> None:
    """Bring the database to the newest state; does nothing when it is there, waits when another one is at it."""
    command.upgrade(_config(database), "head")


def unmake(database: Database) -> None:
    """Take every migration back: all tables go, and all data with them."""
    command.downgrade(_config(database), "base")


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Say whether a table is compared with the code; Alembic asks with a name, a kind and its parents."""
    return kind != "table" or not (name or "").startswith(ENGINE_PREFIX)


def is_current(connection: sa.Connection) -> bool:
    """Say whether every migration has run; a database without any has not."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return bool(heads) and set(heads) == _newest()


def _config(database: Database | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    if database is not None:
        config.attributes["database"] = database
    return config


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory.from_config(_config()).get_heads())
