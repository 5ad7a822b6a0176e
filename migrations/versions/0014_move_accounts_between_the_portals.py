"""Move accounts between the portals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "account_moves",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("from_type", sa.Text(), nullable=False),
        sa.Column("to_type", sa.Text(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("last_invoice_number", KEY, nullable=False),
        sa.Column("moved_by", KEY, nullable=False),
        sa.Column("moved_at", INSTANT, nullable=False),
        sa.Column("undone_by", KEY, nullable=True),
        sa.Column("undone_at", INSTANT, nullable=True),
        sa.CheckConstraint("from_type <> to_type", name=op.f("ck_account_moves_to_another_type")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_account_moves_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_account_moves_account_id")),
        sa.ForeignKeyConstraint(["moved_by"], ["people.id"], name=op.f("fk_account_moves_moved_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["people.id"], name=op.f("fk_account_moves_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_moves")),
    )
    op.create_index("ix_account_moves_account_id", "account_moves", ["account_id", "id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("account_moves")
