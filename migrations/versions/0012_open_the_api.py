"""Keep tokens, webhooks and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    _tokens()
    _endpoints()
    _events()
    _deliveries()


def downgrade() -> None:
    """Go back."""
    for table in (
        "webhook_deliveries",
        "webhook_events",
        "webhook_endpoints",
        "api_request_keys",
        "api_tokens",
    ):
        op.drop_table(table)


def _references(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}"))


def _tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("last_used_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (product IS NULL) AND (account_id IS NULL) = (created_by IS NULL)",
            name=op.f("ck_api_tokens_account_or_product"),
        ),
        _references("api_tokens", "account_id", "accounts.id"),
        _references("api_tokens", "product", "products.code"),
        _references("api_tokens", "created_by", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )
    op.create_index(op.f("ix_api_tokens_account_id"), "api_tokens", ["account_id"])
    op.create_index(op.f("ix_api_tokens_created_by"), "api_tokens", ["created_by"])
    op.create_table(
        "api_request_keys",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        _references("api_request_keys", "account_id", "accounts.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_request_keys")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_api_request_keys_account_id_key")),
    )
    op.create_index("ix_api_request_keys_at", "api_request_keys", ["at"])


def _endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", JSON, nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("former_salt", sa.Text(), nullable=True),
        sa.Column("former_until", INSTANT, nullable=True),
        sa.Column("last_sequence", KEY, nullable=False),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("failing_since", INSTANT, nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (product IS NULL)", name=op.f("ck_webhook_endpoints_account_or_product")
        ),
        _references("webhook_endpoints", "account_id", "accounts.id"),
        _references("webhook_endpoints", "product", "products.code"),
        _references("webhook_endpoints", "created_by", "people.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )
    op.create_index(op.f("ix_webhook_endpoints_account_id"), "webhook_endpoints", ["account_id"])
    op.create_index(op.f("ix_webhook_endpoints_product"), "webhook_endpoints", ["product"])


def _events() -> None:
    op.create_table(
        "webhook_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("endpoint_id", KEY, nullable=True),
        sa.Column("spread_at", INSTANT, nullable=True),
        _references("webhook_events", "account_id", "accounts.id"),
        _references("webhook_events", "endpoint_id", "webhook_endpoints.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
        sa.UniqueConstraint("name", name=op.f("uq_webhook_events_name")),
    )
    waiting = sa.text("spread_at IS NULL")
    op.create_index(
        "ix_webhook_events_waiting",
        "webhook_events",
        ["account_id", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_webhook_events_at", "webhook_events", ["at"])


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("endpoint_id", KEY, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("sequence", KEY, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("tried_at", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("last_status", KEY, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        _references("webhook_deliveries", "endpoint_id", "webhook_endpoints.id"),
        _references("webhook_deliveries", "event_id", "webhook_events.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "endpoint_id", "sequence", name=op.f("uq_webhook_deliveries_endpoint_id_sequence")
        ),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_deliveries_endpoint_id_event_id")
        ),
    )
    waiting = sa.text("next_attempt_at IS NOT NULL")
    op.create_index("ix_webhook_deliveries_event_id", "webhook_deliveries", ["event_id"])
    op.create_index(
        "ix_webhook_deliveries_waiting",
        "webhook_deliveries",
        ["next_attempt_at"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
