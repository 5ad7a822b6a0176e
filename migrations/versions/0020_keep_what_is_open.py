"""Keep beside the books which invoices are open, and beside what waits for us at which of the two portals it waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

# A balance is added up from the index alone.
BALANCE = "ix_ledger_entries_account_id_book"

# Which document asks for money, and what one that is appended leaves open.
ASKS = "NEW.kind = 'invoice' AND NEW.total_minor > 0"
NOTE = (
    "INSERT INTO open_invoices (account_id, invoice_id, account_type, due_on, rest_minor) "
    "SELECT NEW.account_id, NEW.id, type, NEW.due_on, NEW.total_minor FROM accounts WHERE id = NEW.account_id"
)
# What a settlement leaves of it.
ITS_INVOICE = "account_id = NEW.account_id AND invoice_id = NEW.invoice_id"
CLOSE = f"DELETE FROM open_invoices WHERE {ITS_INVOICE} AND rest_minor <= NEW.amount_minor"  # noqa: S608  # words of our own
LOWER = f"UPDATE open_invoices SET rest_minor = rest_minor - NEW.amount_minor WHERE {ITS_INVOICE}"  # noqa: S608
# An account that moves takes along what is open and what waits.
FOLLOW = (
    "UPDATE open_invoices SET account_type = NEW.type WHERE account_id = NEW.id",
    "UPDATE requests SET account_type = NEW.type WHERE account_id = NEW.id",
)
ASKED_BY = "(SELECT type FROM accounts WHERE id = {}.account_id)"
WAITS = "state IN ('open', 'taken')"

FILL = (
    (
        "INSERT INTO open_invoices (account_id, invoice_id, account_type, due_on, rest_minor) "
        "SELECT i.account_id, i.id, a.type, i.due_on, i.total_minor - coalesce(s.settled, 0) "
        "FROM invoices i JOIN accounts a ON a.id = i.account_id LEFT JOIN "
        "(SELECT account_id, invoice_id, sum(amount_minor) AS settled "
        "FROM settlements GROUP BY account_id, invoice_id) s "
        "ON s.account_id = i.account_id AND s.invoice_id = i.id "
        "WHERE i.kind = 'invoice' AND i.total_minor > coalesce(s.settled, 0)"
    ),
    f"UPDATE requests SET account_type = {ASKED_BY.format('requests')}",  # noqa: S608
)

# Name of the trigger, the table, when, under which condition, and what is done.
TRIGGERS = (
    ("note_open", "invoices", "AFTER INSERT", ASKS, (NOTE,)),
    ("lower_open", "settlements", "AFTER INSERT", None, (CLOSE, LOWER)),
    ("follow_type", "accounts", "AFTER UPDATE OF type", "NEW.type <> OLD.type", FOLLOW),
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "open_invoices",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("account_type", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rest_minor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "invoice_id", name=op.f("pk_open_invoices")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_open_invoices_account_type_due_on",
        "open_invoices",
        ["account_type", "due_on", "invoice_id"],
    )
    op.add_column("requests", sa.Column("account_type", sa.Text(), nullable=True))
    op.create_index(
        "ix_requests_account_type_created_at",
        "requests",
        ["account_type", "created_at", "id"],
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    op.create_index(
        "ix_requests_owner_id",
        "requests",
        ["owner_id", "created_at", "id"],
        sqlite_where=sa.text(WAITS),
        postgresql_where=sa.text(WAITS),
    )
    op.drop_index(BALANCE, table_name="ledger_entries")
    op.create_index(BALANCE, "ledger_entries", ["account_id", "book", "currency", "amount_minor"])
    op.create_index("ix_memberships_account_id_role", "memberships", ["account_id", "role"])
    # First the triggers: they lock the tables, so that nothing is settled between what is filled and what is kept.
    (_make_on_postgresql if op.get_bind().dialect.name == "postgresql" else _make_on_sqlite)()
    for statement in FILL:
        op.execute(statement)


def _make_on_postgresql() -> None:
    for name, table, when, where, deeds in TRIGGERS:
        # What is closed is not lowered.
        rest = "".join(f"IF NOT FOUND THEN {one}; END IF; " for one in deeds[1:] if name == "lower_open")
        rest = rest or "".join(f"{one}; " for one in deeds[1:])
        _function(name, f"{deeds[0]}; {rest}RETURN NULL;")
        condition = f"WHEN ({where}) " if where else ""
        op.execute(
            f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW {condition}EXECUTE FUNCTION {name}()"
        )
    _function("note_type", f"NEW.account_type := {ASKED_BY.format('NEW')}; RETURN NEW;")
    op.execute("CREATE TRIGGER note_type BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION note_type()")


def _function(name: str, body: str) -> None:
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")


def _make_on_sqlite() -> None:
    asked_by = ASKED_BY.format("NEW")
    note = f"UPDATE requests SET account_type = {asked_by} WHERE id = NEW.id"  # noqa: S608  # words of our own
    for name, table, when, where, deeds in (
        *TRIGGERS,
        ("note_type", "requests", "AFTER INSERT", None, (note,)),
    ):
        condition = f"WHEN {where} " if where else ""
        op.execute(
            f"CREATE TRIGGER {table}_{name} {when} ON {table} {condition}BEGIN {'; '.join(deeds)}; END"
        )


def downgrade() -> None:
    """Go back."""
    tables = {name: table for name, table, *_ in TRIGGERS} | {"note_type": "requests"}
    for name, table in tables.items():
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}()")
        else:
            op.execute(f"DROP TRIGGER {table}_{name}")
    op.drop_index("ix_memberships_account_id_role", table_name="memberships")
    op.drop_index(BALANCE, table_name="ledger_entries")
    op.create_index(BALANCE, "ledger_entries", ["account_id", "book", "currency"])
    op.drop_index("ix_requests_owner_id", table_name="requests")
    op.drop_index("ix_requests_account_type_created_at", table_name="requests")
    op.drop_column("requests", "account_type")
    op.drop_index("ix_open_invoices_account_type_due_on", table_name="open_invoices")
    op.drop_table("open_invoices")
