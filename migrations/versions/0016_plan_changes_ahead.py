"""Plan changes of a subscription ahead, for one of its renewals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "planned_changes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("plan_id", KEY, nullable=True),
        sa.Column("seats", KEY, nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("planned_by", KEY, nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "plan_id IS NOT NULL OR seats IS NOT NULL", name=op.f("ck_planned_changes_something")
        ),
        sa.CheckConstraint("seats > 0", name=op.f("ck_planned_changes_seats_positive")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_planned_changes_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_planned_changes_plan_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["people.id"], name=op.f("fk_planned_changes_planned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_changes")),
        sa.UniqueConstraint("subscription_id", name=op.f("uq_planned_changes_subscription_id")),
    )
    op.create_index("ix_planned_changes_account_id", "planned_changes", ["account_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_planned_changes_account_id", table_name="planned_changes")
    op.drop_table("planned_changes")
