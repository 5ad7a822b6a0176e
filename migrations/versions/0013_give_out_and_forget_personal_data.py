"""Keep who asked for their data, and who asked to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
OPEN = "done_at IS NULL AND taken_back_at IS NULL"

# A step of a request is never edited, but what somebody wrote in it can be taken out: emptied, or marked as erased.
ONLY_ERASED = (
    "NEW.id = OLD.id AND NEW.request_id = OLD.request_id AND NEW.event = OLD.event AND NEW.person_id = OLD.person_id "
    "AND NEW.at = OLD.at AND (NEW.text = '' OR replace(NEW.text, '[erased]', '') <> NEW.text)"
)
REFUSED = "request_steps is append only: UPDATE is refused"

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "erasures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.Column("hindered_at", INSTANT, nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_erasures_person_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_erasures_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(
        "uq_erasures_person_id_open",
        "erasures",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text(OPEN),
        postgresql_where=sa.text(OPEN),
    )
    op.create_index("ix_erasures_due_at", "erasures", ["due_at"], unique=False)
    op.create_table(
        "data_exports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_data_exports_person_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_data_exports_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_exports")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_data_exports_token_hash")),
    )
    op.create_index("ix_data_exports_person_id", "data_exports", ["person_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF TG_OP = 'UPDATE' THEN IF " + ONLY_ERASED + " THEN RETURN NEW; END IF; END IF; "
            "RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation', "
            "MESSAGE = TG_TABLE_NAME || ' is append only: ' || TG_OP || ' is refused'; END $$"
        )
        op.execute("DROP TRIGGER refuse_change ON request_steps")
        op.execute(
            "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON request_steps "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure()"
        )
        return
    op.execute("DROP TRIGGER request_steps_refuse_update")
    op.execute(
        "CREATE TRIGGER request_steps_refuse_update BEFORE UPDATE ON request_steps "
        f"WHEN NOT ({ONLY_ERASED}) BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
    )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER refuse_change ON request_steps")
        op.execute(
            "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON request_steps "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute("DROP FUNCTION refuse_change_but_erasure")
    else:
        op.execute("DROP TRIGGER request_steps_refuse_update")
        op.execute(
            "CREATE TRIGGER request_steps_refuse_update BEFORE UPDATE ON request_steps "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
        )
    op.drop_table("data_exports")
    op.drop_table("erasures")
