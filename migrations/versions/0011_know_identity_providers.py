"""Know the identity providers of organisations, and whom they vouched for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "identity_providers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("proven_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_providers")),
        sa.UniqueConstraint("issuer", "client_id", name=op.f("uq_identity_providers_issuer_client_id")),
    )
    op.create_table(
        "identity_provider_accounts",
        sa.Column("account_id", KEY, autoincrement=False, nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_identity_provider_accounts_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_providers.id"],
            name=op.f("fk_identity_provider_accounts_provider_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_identity_provider_accounts")),
    )
    op.create_index(
        op.f("ix_identity_provider_accounts_provider_id"), "identity_provider_accounts", ["provider_id"]
    )
    op.create_table(
        "identity_provider_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.Column("confirmed_at", INSTANT, nullable=False),
        sa.Column("confirmed_by", KEY, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_providers.id"],
            name=op.f("fk_identity_provider_domains_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_identity_provider_domains_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_identity_provider_domains")),
    )
    op.create_index(
        op.f("ix_identity_provider_domains_provider_id"), "identity_provider_domains", ["provider_id"]
    )
    op.create_table(
        "identities",
        sa.Column("id", KEY, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("linked_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_identities_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
        sa.UniqueConstraint("person_id", "issuer", name=op.f("uq_identities_person_id_issuer")),
    )
    op.create_table(
        "provider_visits",
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.Text(), nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("onward_url", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('sign_in', 'confirm', 'sign_out')", name=op.f("ck_provider_visits_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_providers.id"],
            name=op.f("fk_provider_visits_provider_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_provider_visits_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_provider_visits")),
    )
    op.create_index(op.f("ix_provider_visits_browser_digest"), "provider_visits", ["browser_digest"])
    op.create_index(op.f("ix_provider_visits_expires_at"), "provider_visits", ["expires_at"])
    op.create_table(
        "provider_sessions",
        sa.Column("session_id", KEY, autoincrement=False, nullable=False),
        sa.Column("provider_id", KEY, nullable=False),
        sa.Column("end_session_address", sa.Text(), nullable=False),
        sa.Column("sealed_id_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sign_in_sessions.id"],
            name=op.f("fk_provider_sessions_session_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"],
            ["identity_providers.id"],
            name=op.f("fk_provider_sessions_provider_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_provider_sessions")),
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "provider_sessions",
        "provider_visits",
        "identities",
        "identity_provider_domains",
        "identity_provider_accounts",
        "identity_providers",
    ):
        op.drop_table(table)
