"""Keep beside the books what an account has in its favour, so that nobody adds up its whole past."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None

IS_ONE = "NEW.book = 'balance'"
ADD = (
    "INSERT INTO account_balances (account_id, currency, amount_minor) "
    "VALUES (NEW.account_id, NEW.currency, NEW.amount_minor) ON CONFLICT (account_id, currency) "
    "DO UPDATE SET amount_minor = account_balances.amount_minor + excluded.amount_minor"
)
FILL = (
    "INSERT INTO account_balances (account_id, currency, amount_minor) "
    "SELECT account_id, currency, sum(amount_minor) FROM ledger_entries WHERE book = 'balance' "
    "GROUP BY account_id, currency"
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "account_balances",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "currency", name=op.f("pk_account_balances")),
        sqlite_with_rowid=False,
    )
    # First the trigger: it locks the table, so that nothing is booked between what is filled and what is kept.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION keep_balance() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {ADD}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER keep_balance AFTER INSERT ON ledger_entries FOR EACH ROW WHEN ({IS_ONE}) "
            "EXECUTE FUNCTION keep_balance()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER ledger_entries_keep_balance AFTER INSERT ON ledger_entries WHEN {IS_ONE} BEGIN {ADD}; END"
        )
    op.execute(FILL)


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER keep_balance ON ledger_entries")
        op.execute("DROP FUNCTION keep_balance()")
    else:
        op.execute("DROP TRIGGER ledger_entries_keep_balance")
    op.drop_table("account_balances")
