"""Index what is looked for among all accounts: the desk's lists, and what regular work finds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

# Table, columns, and which rows are in it.
INDEXES: tuple[tuple[str, str, tuple[str, ...], str | None], ...] = (
    ("ix_accounts_type_name", "accounts", ("type", "name"), None),
    ("ix_accounts_type_rep_id", "accounts", ("type", "rep_id", "name"), None),
    ("ix_data_exports_expires_at", "data_exports", ("expires_at",), None),
    (
        "ix_outbox_mails_sent_at",
        "outbox_mails",
        ("sent_at",),
        "sent_at IS NOT NULL AND recipient <> ''",
    ),
    ("ix_passkey_challenges_expires_at", "passkey_challenges", ("expires_at",), None),
    ("ix_password_links_expires_at", "password_links", ("expires_at",), None),
    ("ix_payment_methods_expiry_year", "payment_methods", ("expiry_year", "expiry_month"), None),
    ("ix_people_staff_role", "people", ("staff_role",), "staff_role IS NOT NULL"),
    ("ix_provider_sessions_provider_id", "provider_sessions", ("provider_id",), None),
    ("ix_provider_visits_provider_id", "provider_visits", ("provider_id",), None),
    ("ix_quotes_replaces_id", "quotes", ("replaces_id",), None),
    ("ix_subscriptions_period_end", "subscriptions", ("period_end", "account_id"), "ended_on IS NULL"),
    ("ix_subscriptions_trial_end", "subscriptions", ("trial_end", "account_id"), "frequency IS NULL"),
    ("ix_tax_exemptions_valid_to", "tax_exemptions", ("valid_to",), None),
)


def upgrade() -> None:
    """Go forward."""
    for name, table, columns, where in INDEXES:
        some = sa.text(where) if where else None
        op.create_index(name, table, list(columns), sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Go back."""
    for name, table, *_ in INDEXES:
        op.drop_index(name, table_name=table)
