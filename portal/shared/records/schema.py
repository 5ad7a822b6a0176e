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
    """Bring the database to the newest state; does nothing when it is there, waits when another one is at it.

    A database that a newer version has brought further stays as it is: it serves this version, too.
    """
    with database.engine.connect() as connection:
        if _is_ahead(_heads(connection)):
            return
    command.upgrade(_config(database), "head")


def unmake(database: Database) -> None:
    """Take every migration back: all tables go, and all data with them."""
    command.downgrade(_config(database), "base")


def is_ours(name: str | None, kind: str, parents: object) -> bool:
    """Say whether a table is compared with the code; Alembic asks with a name, a kind and its parents."""
    return kind != "table" or not (name or "").startswith(ENGINE_PREFIX)


def is_current(connection: sa.Connection) -> bool:
    """Say whether every migration has run that this version knows; a database without any has not.

    While a newer version takes the place of this one, it migrates first: so what runs goes on, and what was taken back
    starts again (docs/running/deployment.md tells by which rule migrations make that safe).
    """
    heads = _heads(connection)
    return bool(heads) and (heads == _newest() or _is_ahead(heads))


def standing_at(database: Database) -> str:
    """The last migration that has run, by its number."""
    with database.engine.connect() as connection:
        return ", ".join(sorted(_heads(connection)))


def _heads(connection: sa.Connection) -> frozenset[str]:
    return frozenset(MigrationContext.configure(connection).get_current_heads())


def _is_ahead(heads: frozenset[str]) -> bool:
    """Whether a newer version was here: nobody but it knows such a step."""
    return bool(heads) and not heads & _known()


def _config(database: Database | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    if database is not None:
        config.attributes["database"] = database
    return config


@cache
def _newest() -> frozenset[str]:
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


@cache
def _known() -> frozenset[str]:
    return frozenset(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())
