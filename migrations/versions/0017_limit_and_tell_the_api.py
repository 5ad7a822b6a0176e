"""Count what tokens ask for, and know people and accounts as a product knows them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "api_paces",
        sa.Column("token_id", KEY, nullable=False, autoincrement=False),
        sa.Column("minute", KEY, nullable=False),
        sa.Column("taken", KEY, nullable=False),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name=op.f("fk_api_paces_token_id")),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_api_paces")),
    )
    for name, whose, key in (
        ("product_accounts", "accounts.id", "account_id"),
        ("product_people", "people.id", "person_id"),
    ):
        op.create_table(
            name,
            sa.Column("product", sa.Text(), nullable=False),
            sa.Column(key, KEY, nullable=False, autoincrement=False),
            sa.Column("external_id", sa.Text(), nullable=False),
            sa.Column("at", INSTANT, nullable=False),
            sa.ForeignKeyConstraint(["product"], ["products.code"], name=op.f(f"fk_{name}_product")),
            sa.ForeignKeyConstraint([key], [whose], name=op.f(f"fk_{name}_{key}")),
            sa.PrimaryKeyConstraint("product", key, name=op.f(f"pk_{name}")),
            sa.UniqueConstraint("product", "external_id", name=op.f(f"uq_{name}_product_external_id")),
        )
        op.create_index(f"ix_{name}_{key}", name, [key], unique=False)
    op.add_column("api_request_keys", sa.Column("thing", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("api_request_keys", "thing")
    op.drop_table("product_people")
    op.drop_table("product_accounts")
    op.drop_table("api_paces")
