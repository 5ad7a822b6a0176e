"""Let the buyer approve."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
WAITING = "state = 'waiting'"

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("memberships", sa.Column("order_limit_minor", KEY, nullable=True))
    op.add_column("orders", sa.Column("approved_by", KEY, nullable=True))
    op.create_table(
        "approvals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("good_until", sa.Date(), nullable=False),
        sa.Column("limit_minor", KEY, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("quote_id", KEY, nullable=True),
        sa.Column("payment_method_id", KEY, nullable=True),
        sa.Column("purchase_order_id", KEY, nullable=True),
        sa.Column("on_invoice", sa.Boolean(), nullable=False),
        sa.Column("choices", JSON, nullable=True),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_for", sa.Text(), nullable=True),
        sa.Column("order_id", KEY, nullable=True),
        # Nobody approves their own, whatever the code says.
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by AND order_id IS NOT NULL)",
            name=op.f("ck_approvals_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_approvals_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_approvals_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_approvals_decided_by")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_approvals_payment_method_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_orders.id"], name=op.f("fk_approvals_purchase_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "quote_id"],
            ["quotes.account_id", "quotes.id"],
            name=op.f("fk_approvals_account_id_quote_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "order_id"],
            ["orders.account_id", "orders.id"],
            name=op.f("fk_approvals_account_id_order_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_approvals_account_id_number")),
    )
    op.create_index(
        "uq_approvals_account_id_subject_waiting",
        "approvals",
        ["account_id", "subject"],
        unique=True,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_index(
        "ix_approvals_good_until",
        "approvals",
        ["good_until"],
        unique=False,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_index("ix_approvals_account_id_order_id", "approvals", ["account_id", "order_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("approvals")
    op.drop_column("orders", "approved_by")
    op.drop_column("memberships", "order_limit_minor")
