"""Keep who held which seat when, and who is to get the seats that a cart item buys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)
OPEN = "taken_at IS NULL"

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward: a seat that is held already began when it was assigned; who gave it is not known."""
    op.create_table(
        "seat_spells",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("given_by", KEY, nullable=True),
        sa.Column("given_how", sa.Text(), nullable=False),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.Column("taken_by", KEY, nullable=True),
        sa.Column("taken_how", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_how IS NULL)", name=op.f("ck_seat_spells_taken_whole")
        ),
        sa.CheckConstraint("taken_at >= given_at", name=op.f("ck_seat_spells_forward")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_seat_spells_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name=op.f("fk_seat_spells_given_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seat_spells_person_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"], name=op.f("fk_seat_spells_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat_spells")),
    )
    op.create_index("ix_seat_spells_account_id_id", "seat_spells", ["account_id", "id"], unique=False)
    op.create_index("ix_seat_spells_person_id", "seat_spells", ["person_id"], unique=False)
    op.create_index(
        "uq_seat_spells_open",
        "seat_spells",
        ["subscription_id", "person_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.execute(
        "INSERT INTO seat_spells (account_id, subscription_id, person_id, given_at, given_how) "
        "SELECT account_id, subscription_id, person_id, assigned_at, 'before' FROM seats ORDER BY assigned_at, id"
    )
    op.add_column("cart_items", sa.Column("people", JSON, nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("cart_items", "people")
    op.drop_table("seat_spells")
