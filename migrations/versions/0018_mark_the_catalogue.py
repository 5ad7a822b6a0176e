"""Mark the catalogue whenever it changes, so that it is read once and not for every page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WATCHED = ("products", "plans", "prices")
LOT = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "CAST(gen_random_uuid() AS text)"}

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "catalogue_mark",
        sa.Column("id", KEY, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_mark")),
    )
    kind = op.get_bind().dialect.name
    op.execute(f"INSERT INTO catalogue_mark (id, mark) VALUES (1, {LOT[kind]})")  # noqa: S608  # words of our own
    change = f"UPDATE catalogue_mark SET mark = {LOT[kind]}"  # noqa: S608  # words of our own
    if kind == "postgresql":
        op.execute(
            "CREATE FUNCTION mark_catalogue() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {change}; RETURN NULL; END $$"
        )
    for table in WATCHED:
        if kind == "postgresql":
            op.execute(
                f"CREATE TRIGGER mark_catalogue AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue()"
            )
            continue
        for deed in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_mark_{deed.lower()} AFTER {deed} ON {table} BEGIN {change}; END"
            )


def downgrade() -> None:
    """Go back."""
    kind = op.get_bind().dialect.name
    for table in WATCHED:
        if kind == "postgresql":
            op.execute(f"DROP TRIGGER mark_catalogue ON {table}")
            continue
        for deed in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER {table}_mark_{deed}")
    if kind == "postgresql":
        op.execute("DROP FUNCTION mark_catalogue()")
    op.drop_table("catalogue_mark")
