"""Make the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:  # noqa: PLR0915  # one statement a table
    """Go forward."""
    op.create_table(
        "outbox_mails",
        sa.Column("id", KEY, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_mails_dedupe_key")),
    )
    op.create_index(
        "ix_outbox_mails_waiting",
        "outbox_mails",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )

    op.create_table(
        "people",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("staff_role", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.CheckConstraint("staff_role IN ('rep', 'manager', 'care')", name=op.f("ck_people_staff_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "products",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("trial_days", KEY, nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_products")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("email_digest", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    op.create_index("ix_sign_in_attempts_address_at", "sign_in_attempts", ["address", "at"], unique=False)
    op.create_index("ix_sign_in_attempts_at", "sign_in_attempts", ["at"], unique=False)
    op.create_index(
        "ix_sign_in_attempts_email_digest_at", "sign_in_attempts", ["email_digest", "at"], unique=False
    )

    op.create_table(
        "tax_rates",
        sa.Column("id", KEY, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("millionths", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rates")),
        sa.UniqueConstraint("country", "valid_from", name=op.f("uq_tax_rates_country_valid_from")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("vat_number", sa.Text(), nullable=False),
        sa.Column(
            "vat_state",
            sa.Enum("none", "pending", "valid", "invalid", name="vatstate", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("vat_checked_at", INSTANT, nullable=True),
        sa.Column("vat_reference", sa.Text(), nullable=False),
        sa.Column("expired_on", sa.Date(), nullable=True),
        sa.Column("rep_id", KEY, nullable=True),
        sa.Column("invoice_series", sa.Text(), nullable=False),
        sa.Column("last_invoice_number", KEY, nullable=False),
        sa.Column("last_request_number", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("type IN ('online', 'corporate')", name=op.f("ck_accounts_type")),
        sa.ForeignKeyConstraint(["rep_id"], ["people.id"], name=op.f("fk_accounts_rep_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("invoice_series", name=op.f("uq_accounts_invoice_series")),
    )
    op.create_index(op.f("ix_accounts_rep_id"), "accounts", ["rep_id"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", KEY, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("rank", KEY, nullable=False),
        sa.Column("min_seats", KEY, nullable=False),
        sa.Column("max_seats", KEY, nullable=False),
        sa.Column("names", JSON, nullable=False),
        sa.Column("summaries", JSON, nullable=False),
        sa.ForeignKeyConstraint(["product"], ["products.code"], name=op.f("fk_plans_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("product", "code", name=op.f("uq_plans_product_code")),
        sa.UniqueConstraint("product", "rank", name=op.f("uq_plans_product_rank")),
    )
    op.create_table(
        "activity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_activity_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_activity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_account_id_at", "activity", ["account_id", "at"], unique=False)

    op.create_table(
        "card_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("processor_reference", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_card_requests_account_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_card_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_requests")),
        sa.UniqueConstraint("processor_reference", name=op.f("uq_card_requests_processor_reference")),
    )
    op.create_index(op.f("ix_card_requests_account_id"), "card_requests", ["account_id"], unique=False)

    op.create_table(
        "letters_to_contacts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_letters_to_contacts_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_letters_to_contacts_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters_to_contacts")),
    )
    op.create_index(
        "ix_letters_to_contacts_person_id_account_id_at",
        "letters_to_contacts",
        ["person_id", "account_id", "at"],
        unique=False,
    )

    op.create_table(
        "memberships",
        sa.Column("id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role IN ('billing_contact', 'account_admin', 'approver', 'viewer', 'seat_holder')",
            name=op.f("ck_memberships_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_memberships_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint(
            "person_id", "account_id", "role", name=op.f("uq_memberships_person_id_account_id_role")
        ),
    )
    op.create_index(op.f("ix_memberships_account_id"), "memberships", ["account_id"], unique=False)

    op.create_table(
        "payment_methods",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("last4", sa.Text(), nullable=False),
        sa.Column("expiry_month", KEY, nullable=False),
        sa.Column("expiry_year", KEY, nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("removed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payment_methods_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_payment_methods_account_id_id")),
        sa.UniqueConstraint("account_id", "token", name=op.f("uq_payment_methods_account_id_token")),
    )
    op.create_index(
        "uq_payment_methods_account_id_default",
        "payment_methods",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )

    op.create_table(
        "prices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("monthly", "annual", name="frequency", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("unit_minor", KEY, nullable=False),
        sa.CheckConstraint("unit_minor > 0", name=op.f("ck_prices_unit_positive")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_prices_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prices")),
        sa.UniqueConstraint(
            "plan_id",
            "frequency",
            "currency",
            "valid_from",
            name=op.f("uq_prices_plan_id_frequency_currency_valid_from"),
        ),
    )
    op.create_table(
        "routing_decisions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_routing_decisions_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_routing_decisions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_decisions")),
    )
    op.create_index(
        op.f("ix_routing_decisions_account_id"), "routing_decisions", ["account_id"], unique=False
    )
    op.create_index("ix_routing_decisions_at", "routing_decisions", ["at"], unique=False)
    op.create_index(
        "ix_routing_decisions_person_id_at", "routing_decisions", ["person_id", "at"], unique=False
    )

    op.create_table(
        "sign_in_sessions",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sign_in_sessions_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_sign_in_sessions_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in_sessions")),
    )
    op.create_index(op.f("ix_sign_in_sessions_expires_at"), "sign_in_sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sign_in_sessions_person_id"), "sign_in_sessions", ["person_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("seats", KEY, nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("monthly", "annual", name="frequency", native_enum=False, length=40),
            nullable=True,
        ),
        sa.Column("unit_minor", KEY, nullable=True),
        sa.Column("anchor", sa.Date(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("trial_end", sa.Date(), nullable=True),
        sa.Column("pending_cancellation", sa.Boolean(), nullable=False),
        sa.Column("past_due_since", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(frequency IS NULL) = (unit_minor IS NULL) AND (frequency IS NULL) = (period_start IS NULL) "
            "AND (frequency IS NULL) = (period_end IS NULL)",
            name=op.f("ck_subscriptions_terms_whole"),
        ),
        sa.CheckConstraint(
            "CASE WHEN waiting THEN frequency IS NULL AND trial_end IS NULL "
            "ELSE frequency IS NOT NULL OR trial_end IS NOT NULL END",
            name=op.f("ck_subscriptions_bought_or_tried"),
        ),
        sa.CheckConstraint("period_end > period_start", name=op.f("ck_subscriptions_period_forward")),
        sa.CheckConstraint("seats > 0", name=op.f("ck_subscriptions_seats_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_subscriptions_account_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_subscriptions_plan_id")),
        sa.ForeignKeyConstraint(["product"], ["products.code"], name=op.f("fk_subscriptions_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_subscriptions_account_id_id")),
    )
    op.create_table(
        "cart_items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("seats", KEY, nullable=False),
        sa.Column(
            "frequency",
            sa.Enum("monthly", "annual", name="frequency", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("release", JSON, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_cart_items_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_cart_items_added_by")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_cart_items_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart_items")),
        sa.UniqueConstraint(
            "account_id", "subscription_id", name=op.f("uq_cart_items_account_id_subscription_id")
        ),
    )
    op.create_table(
        "requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subscription_id", KEY, nullable=True),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("created_by", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("owner_id", KEY, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('open', 'done', 'declined')", name=op.f("ck_requests_state")),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_requests_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_requests_account_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_requests_created_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_requests_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_requests_account_id_number")),
    )
    op.create_index("ix_requests_state", "requests", ["state", "created_at"], unique=False)

    op.create_table(
        "seats",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("assigned_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_seats_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("subscription_id", "person_id", name=op.f("uq_seats_subscription_id_person_id")),
    )
    op.create_index(
        "ix_seats_account_id_subscription_id", "seats", ["account_id", "subscription_id"], unique=False
    )
    op.create_index(op.f("ix_seats_person_id"), "seats", ["person_id"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "started",
                "awaiting_confirmation",
                "checking",
                "placed",
                "declined",
                "cancelled",
                name="orderstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("placed_by", KEY, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("request_id", KEY, nullable=True),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_due_minor", KEY, nullable=False),
        sa.Column("payment_method_id", KEY, nullable=True),
        sa.Column("processor_reference", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("confirmation_path", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("next_check_at", INSTANT, nullable=True),
        sa.Column("checks", KEY, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_orders_account_id")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_orders_payment_method_id")
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["people.id"], name=op.f("fk_orders_placed_by")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_orders_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_orders_account_id_id")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_orders_account_id_idempotency_key")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_orders_reference")),
    )
    op.create_index("ix_orders_account_id_created_at", "orders", ["account_id", "created_at"], unique=False)
    op.create_index(
        "ix_orders_next_check_at",
        "orders",
        ["next_check_at"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "uq_orders_account_id_open",
        "orders",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
        postgresql_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
    )

    op.create_table(
        "invoices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("number", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("subtotal_minor", KEY, nullable=False),
        sa.Column("tax_minor", KEY, nullable=False),
        sa.Column("total_minor", KEY, nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("ck_invoices_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_invoices_account_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_invoices_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_invoices_account_id_id")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_invoices_account_id_number")),
        sa.UniqueConstraint("name", name=op.f("uq_invoices_name")),
        sa.UniqueConstraint("order_id", name=op.f("uq_invoices_order_id")),
    )
    op.create_table(
        "payments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("payment_method_id", KEY, nullable=False),
        sa.Column("processor_reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "order_id"],
            ["orders.account_id", "orders.id"],
            name=op.f("fk_payments_account_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_payments_payment_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("account_id", "order_id", name=op.f("uq_payments_account_id_order_id")),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column(
            "kind", sa.Enum("charge", "credit", name="linekind", native_enum=False, length=40), nullable=False
        ),
        sa.Column("credits_line", KEY, nullable=True),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("seats", KEY, nullable=False),
        sa.Column("unit_minor", KEY, nullable=False),
        sa.Column("service_start", sa.Date(), nullable=False),
        sa.Column("service_end", sa.Date(), nullable=False),
        sa.Column("days", KEY, nullable=False),
        sa.Column("of_days", KEY, nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("tax_name", sa.Text(), nullable=False),
        sa.Column("tax_millionths", KEY, nullable=False),
        sa.Column("tax_minor", KEY, nullable=False),
        sa.CheckConstraint(
            "(kind = 'credit') = (credits_line IS NOT NULL)", name=op.f("ck_invoice_lines_credit_points_back")
        ),
        sa.CheckConstraint(
            "amount_minor >= 0 AND tax_minor >= 0", name=op.f("ck_invoice_lines_amounts_positive")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "credits_line"],
            ["invoice_lines.account_id", "invoice_lines.id"],
            name=op.f("fk_invoice_lines_account_id_credits_line"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_invoice_lines_account_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_invoice_lines_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_invoice_lines_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_invoice_lines_account_id_id")),
    )
    op.create_index(
        "ix_invoice_lines_account_id_subscription_id",
        "invoice_lines",
        ["account_id", "subscription_id", "service_end"],
        unique=False,
    )
    op.create_index(
        "ix_invoice_lines_credits_line", "invoice_lines", ["account_id", "credits_line"], unique=False
    )
    op.create_index(
        "ix_invoice_lines_invoice_id", "invoice_lines", ["account_id", "invoice_id"], unique=False
    )

    op.create_table(
        "ledger_movements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("invoice_id", KEY, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_ledger_movements_account_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_ledger_movements_invoice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_ledger_movements_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_movements")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_ledger_movements_account_id_id")),
    )
    op.create_index(op.f("ix_ledger_movements_invoice_id"), "ledger_movements", ["invoice_id"], unique=False)
    op.create_index(op.f("ix_ledger_movements_order_id"), "ledger_movements", ["order_id"], unique=False)

    op.create_table(
        "ledger_entries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("movement_id", KEY, nullable=False),
        sa.Column("book", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.CheckConstraint(
            "book IN ('receivable', 'sales', 'tax', 'balance', 'cash')", name=op.f("ck_ledger_entries_book")
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_ledger_entries_amount_moves")),
        sa.ForeignKeyConstraint(
            ["account_id", "movement_id"],
            ["ledger_movements.account_id", "ledger_movements.id"],
            name=op.f("fk_ledger_entries_account_id_movement_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index(
        "ix_ledger_entries_account_id_book",
        "ledger_entries",
        ["account_id", "book", "currency"],
        unique=False,
    )
    op.create_index(
        "ix_ledger_entries_movement_id", "ledger_entries", ["account_id", "movement_id"], unique=False
    )

    op.create_table(
        "settlements",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("movement_id", KEY, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("source IN ('cash', 'balance', 'credit')", name=op.f("ck_settlements_source")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_settlements_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_settlements_account_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"], ["ledger_movements.id"], name=op.f("fk_settlements_movement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlements")),
    )
    op.create_index(
        "ix_settlements_account_id_invoice_id", "settlements", ["account_id", "invoice_id"], unique=False
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "settlements",
        "ledger_entries",
        "ledger_movements",
        "invoice_lines",
        "payments",
        "invoices",
        "orders",
        "seats",
        "requests",
        "cart_items",
        "subscriptions",
        "sign_in_sessions",
        "routing_decisions",
        "prices",
        "payment_methods",
        "memberships",
        "letters_to_contacts",
        "card_requests",
        "activity",
        "plans",
        "accounts",
        "tax_rates",
        "sign_in_attempts",
        "products",
        "people",
        "outbox_mails",
    ):
        op.drop_table(table)
