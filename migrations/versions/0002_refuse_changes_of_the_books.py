"""Refuse every change of the books: rows are added, never edited, never removed.

Whoever alters one of these tables on SQLite with Alembic's batch mode makes it anew, without its triggers:
call `protect` again in that migration.
"""

from __future__ import annotations

from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

APPEND_ONLY = (
    "ledger_movements",
    "ledger_entries",
    "invoices",
    "invoice_lines",
    "settlements",
    "payments",
    "activity",
)
REFUSED = ("UPDATE", "DELETE")


def upgrade() -> None:
    """Go forward."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is append only: % is refused', TG_TABLE_NAME, TG_OP "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
    for table in APPEND_ONLY:
        protect(table)


def protect(table: str) -> None:
    """Let the database refuse to change or to remove a row of the table, in the same words on both databases."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE {' OR '.join(REFUSED)} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in REFUSED:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append only: {change} is refused'); END"
        )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change() CASCADE")
        return
    for table in APPEND_ONLY:
        for change in REFUSED:
            op.execute(f"DROP TRIGGER {table}_refuse_{change.lower()}")
