"""Keep invitations, claims and the account somebody worked for last; no account loses its last billing contact.

Whoever alters `memberships` on SQLite with Alembic's batch mode makes it anew, without its triggers: call `protect`
again in that migration.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

OPEN = sa.text("accepted_at IS NULL AND withdrawn_at IS NULL")
UNDECIDED = sa.text("state = 'waiting' AND account_id IS NOT NULL")
STATES = "'unconfirmed', 'waiting', 'objected', 'approved', 'refused'"

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("memberships", sa.Column("since", INSTANT, nullable=True))
    op.create_table(
        "last_accounts",
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_last_accounts_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_last_accounts_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_last_accounts")),
    )
    op.create_index("ix_last_accounts_account_id", "last_accounts", ["account_id"])
    op.create_table(
        "invitations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("invited_by", KEY, nullable=False),
        sa.Column("invited_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("times_sent", KEY, nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("accepted_by", KEY, nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower_case")),
        sa.CheckConstraint(
            "role IN ('billing_contact', 'account_admin', 'approver', 'viewer')",
            name=op.f("ck_invitations_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_invitations_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_invitations_accepted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_invitations_token_digest")),
    )
    op.create_index("ix_invitations_account_id_id", "invitations", ["account_id", "id"])
    op.create_index(
        "ix_invitations_account_id_email_role",
        "invitations",
        ["account_id", "email", "role"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "claims",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("claimant_id", KEY, nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filed_at", INSTANT, nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=True),
        sa.Column("confirmed_at", INSTANT, nullable=True),
        sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("waits_until", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_by", KEY, nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("others_stay", sa.Boolean(), nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_claims_state")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_claims_email_lower_case")),
        # Who filed a claim never decides it: the database holds that as well.
        sa.CheckConstraint(
            "state NOT IN ('approved', 'refused') OR claimant_id IS NULL OR ended_by <> claimant_id",
            name=op.f("ck_claims_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_claims_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["claimant_id"], ["people.id"], name=op.f("fk_claims_claimant_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_claims_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claims")),
        sa.UniqueConstraint("number", name=op.f("uq_claims_number")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_claims_token_digest")),
    )
    op.create_index(
        "ix_claims_undecided_account_id",
        "claims",
        ["account_id"],
        unique=True,
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )
    op.create_index("ix_claims_state_waits_until", "claims", ["state", "waits_until"])
    op.create_index("ix_claims_sender_filed_at", "claims", ["sender", "filed_at"])
    op.create_index("ix_claims_email_filed_at", "claims", ["email", "filed_at"])
    op.create_table(
        "claim_notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("claim_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claims.id"], name=op.f("fk_claim_notices_claim_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_claim_notices_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_notices")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_claim_notices_token_digest")),
    )
    op.create_index("ix_claim_notices_claim_id", "claim_notices", ["claim_id"])
    protect()


def protect() -> None:
    """Let the database refuse to take the last billing contact from an account that stays.

    On PostgreSQL the account's row is locked first: two who remove each other at the same moment wait for one another,
    and the second one sees what the first did.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION keep_a_billing_contact() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "IF OLD.role <> 'billing_contact' THEN RETURN COALESCE(NEW, OLD); END IF; "
            "IF TG_OP = 'UPDATE' THEN IF NEW.role = OLD.role AND NEW.account_id = OLD.account_id THEN RETURN NEW; "
            "END IF; END IF; "
            "PERFORM 1 FROM accounts WHERE id = OLD.account_id FOR UPDATE; "
            "IF NOT FOUND THEN RETURN COALESCE(NEW, OLD); END IF; "
            "IF NOT EXISTS (SELECT 1 FROM memberships WHERE account_id = OLD.account_id "
            "AND role = 'billing_contact' AND id <> OLD.id) THEN "
            "RAISE EXCEPTION 'an account keeps its last billing contact' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN COALESCE(NEW, OLD); END $$"
        )
        op.execute(
            "CREATE TRIGGER keep_a_billing_contact BEFORE UPDATE OR DELETE ON memberships "
            "FOR EACH ROW EXECUTE FUNCTION keep_a_billing_contact()"
        )
        return
    op.execute(
        "CREATE TRIGGER memberships_keep_a_billing_contact_delete BEFORE DELETE ON memberships "
        "WHEN OLD.role = 'billing_contact' "
        "AND EXISTS (SELECT 1 FROM accounts WHERE id = OLD.account_id) "
        "AND NOT EXISTS (SELECT 1 FROM memberships WHERE account_id = OLD.account_id "
        "AND role = 'billing_contact' AND id <> OLD.id) "
        "BEGIN SELECT RAISE(ABORT, 'an account keeps its last billing contact'); END"
    )
    op.execute(
        "CREATE TRIGGER memberships_keep_a_billing_contact_update BEFORE UPDATE ON memberships "
        "WHEN OLD.role = 'billing_contact' AND (NEW.role <> OLD.role OR NEW.account_id <> OLD.account_id) "
        "AND NOT EXISTS (SELECT 1 FROM memberships WHERE account_id = OLD.account_id "
        "AND role = 'billing_contact' AND id <> OLD.id) "
        "BEGIN SELECT RAISE(ABORT, 'an account keeps its last billing contact'); END"
    )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_a_billing_contact() CASCADE")
    else:
        for change in ("delete", "update"):
            op.execute(f"DROP TRIGGER memberships_keep_a_billing_contact_{change}")
    for table in ("claim_notices", "claims", "invitations", "last_accounts"):
        op.drop_table(table)
    op.drop_column("memberships", "since")
