"""The migrations say what the tables say, on both databases, and can be taken back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.command import check, downgrade, upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from portal.shared.records.base import all_tables
from portal.shared.records.database import Database
from portal.shared.records.schema import is_current, is_ours, migrate, migrations_folder


def config(database: Database) -> Config:
    found = Config()
    found.set_main_option("script_location", str(migrations_folder()))
    found.attributes["database"] = database
    return found


def names_of_tables(database: Database) -> set[str]:
    found = sa.inspect(database.engine).get_table_names()
    return {name for name in found if is_ours(name, "table", {})}


def what_the_engine_left(database: Database) -> list[str]:
    """Tables, types and functions of the job engine; there are none on SQLite."""
    if database.engine.dialect.name == "sqlite":
        return []
    question = """
        SELECT relname FROM pg_class WHERE relname LIKE 'procrastinate%'
        UNION ALL SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate%'
        UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'procrastinate%'
    """
    with database.read() as session:
        return list(session.scalars(sa.text(question)))


def test_the_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    with database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"include_name": is_ours})
        assert compare_metadata(context, all_tables()) == []
    assert names_of_tables(database) == {*all_tables().tables, "alembic_version"}


def test_alembic_finds_nothing_to_do(database: Database) -> None:
    check(config(database))


def test_another_engine_than_the_one_of_the_migration_is_refused(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = ScriptDirectory.from_config(config(sqlite_database)).get_revision("0006").module
    assert "procrastinate_jobs" in step.engine_schema()
    monkeypatch.setattr(step, "ENGINE_SCHEMA", "that of another version")
    with pytest.raises(RuntimeError, match=r"procrastinate 3\.10"):
        step.engine_schema()


def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty_database: Database) -> None:
    with empty_database.read() as session:
        assert not is_current(session.connection())
    migrate(empty_database)
    with empty_database.read() as session:
        assert is_current(session.connection())


def test_a_database_that_a_newer_version_has_migrated_serves_this_one_and_stays(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = 'of-tomorrow'"))
    migrate(database)
    with database.read() as session:
        assert is_current(session.connection())
        assert session.scalar(sa.text("SELECT version_num FROM alembic_version")) == "of-tomorrow"


def test_a_database_that_lags_behind_is_not_current(database: Database) -> None:
    with database.write() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0003'"))
    with database.read() as session:
        assert not is_current(session.connection())


def test_migrating_twice_changes_nothing(empty_database: Database) -> None:
    migrate(empty_database)
    before = names_of_tables(empty_database)
    migrate(empty_database)
    assert names_of_tables(empty_database) == before


def test_every_step_can_be_taken_back_and_made_again(empty_database: Database) -> None:
    steps = config(empty_database)
    upgrade(steps, "head")
    downgrade(steps, "base")
    assert names_of_tables(empty_database) == {"alembic_version"}
    assert what_the_engine_left(empty_database) == []
    upgrade(steps, "head")
    assert names_of_tables(empty_database) == {*all_tables().tables, "alembic_version"}


@pytest.mark.parametrize("name", ["accounts", "ledger_entries", "orders"])
def test_constraints_have_names_by_which_a_later_migration_can_find_them(
    database: Database, name: str
) -> None:
    inspector = sa.inspect(database.engine)
    found = [*inspector.get_unique_constraints(name), *inspector.get_check_constraints(name)]
    assert found or name == "ledger_entries"
    assert all(constraint["name"] for constraint in found)
