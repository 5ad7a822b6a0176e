"""Make the tables of the Corporate Billing Portal, and widen those it shares with the Billing Center."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)
CHOICE = sa.String(40)

# SQLite makes a table anew to alter it, and forgets its triggers; see 0002.
ALTERED_BOOKS = ("invoices", "payments")
APPEND_ONLY = ("request_steps",)

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:  # noqa: PLR0915  # one statement a column
    """Go forward."""
    op.create_table(
        "invoice_recipients",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("added_by", KEY, nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invoice_recipients_email_lower_case")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_invoice_recipients_account_id")
        ),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_invoice_recipients_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_recipients")),
        sa.UniqueConstraint("account_id", "email", name=op.f("uq_invoice_recipients_account_id_email")),
    )
    op.create_table(
        "purchase_orders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("authorised_minor", KEY, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("created_by", KEY, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("authorised_minor > 0", name=op.f("ck_purchase_orders_authorised_positive")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_purchase_orders_valid_forward")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_purchase_orders_account_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_purchase_orders_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_purchase_orders_account_id_id")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_purchase_orders_account_id_number")),
    )
    op.create_table(
        "quotes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("state", CHOICE, nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("by_customer", sa.Boolean(), nullable=False),
        sa.Column("approved_by", KEY, nullable=True),
        sa.Column("approval_note", sa.Text(), nullable=False),
        sa.Column("replaces_id", KEY, nullable=True),
        sa.Column("validity_days", KEY, nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("term_months", KEY, nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("summary", JSON, nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("answered_by", KEY, nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "(state IN ('draft', 'awaiting_approval', 'withdrawn', 'replaced')) OR summary IS NOT NULL",
            name=op.f("ck_quotes_sent_with_summary"),
        ),
        sa.CheckConstraint("approved_by <> author_id", name=op.f("ck_quotes_approved_by_another")),
        sa.CheckConstraint("term_months > 0", name=op.f("ck_quotes_term_months")),
        sa.CheckConstraint("validity_days BETWEEN 1 AND 90", name=op.f("ck_quotes_validity_days")),
        sa.ForeignKeyConstraint(
            ["account_id", "replaces_id"],
            ["quotes.account_id", "quotes.id"],
            name=op.f("fk_quotes_account_id_replaces_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_quotes_account_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_quotes_answered_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_quotes_approved_by")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_quotes_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("account_id", "id", name=op.f("uq_quotes_account_id_id")),
        sa.UniqueConstraint("account_id", "number", name=op.f("uq_quotes_account_id_number")),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index("ix_quotes_account_id_state", ["account_id", "state"], unique=False)
        batch_op.create_index("ix_quotes_state_valid_until", ["state", "valid_until"], unique=False)

    op.create_table(
        "quote_items",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("quote_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("position", KEY, nullable=False),
        sa.Column("plan_id", KEY, nullable=False),
        sa.Column("seats", KEY, nullable=False),
        sa.Column("frequency", CHOICE, nullable=False),
        sa.Column("keeps_date", sa.Boolean(), nullable=False),
        sa.Column("release", JSON, nullable=False),
        sa.Column("price_kind", CHOICE, nullable=False),
        sa.Column("price_value", KEY, nullable=False),
        sa.Column("list_minor", KEY, nullable=False),
        sa.Column("unit_minor", KEY, nullable=False),
        sa.CheckConstraint("seats > 0", name=op.f("ck_quote_items_seats_positive")),
        sa.CheckConstraint("unit_minor > 0 AND list_minor > 0", name=op.f("ck_quote_items_prices_positive")),
        sa.ForeignKeyConstraint(
            ["account_id", "quote_id"],
            ["quotes.account_id", "quotes.id"],
            name=op.f("fk_quote_items_account_id_quote_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_quote_items_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_quote_items_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_items")),
        sa.UniqueConstraint(
            "quote_id", "subscription_id", name=op.f("uq_quote_items_quote_id_subscription_id")
        ),
    )
    op.create_table(
        "request_steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_request_steps_person_id")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_request_steps_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_steps")),
    )
    with op.batch_alter_table("request_steps", schema=None) as batch_op:
        batch_op.create_index("ix_request_steps_request_id", ["request_id", "id"], unique=False)

    op.create_table(
        "payment_attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("state", CHOICE, nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("payment_method_id", KEY, nullable=True),
        sa.Column("card_token", sa.Text(), nullable=False),
        sa.Column("card_label", sa.Text(), nullable=False),
        sa.Column("processor_reference", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("confirmation_path", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("next_check_at", INSTANT, nullable=True),
        sa.Column("checks", KEY, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_attempts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_payment_attempts_account_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_payment_attempts_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_payment_attempts_asked_by")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_payment_attempts_payment_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_payment_attempts_account_id_idempotency_key")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_payment_attempts_reference")),
    )
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_payment_attempts_next_check_at", ["next_check_at"], unique=False)
        batch_op.create_index(
            "uq_payment_attempts_account_id_open",
            ["account_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
            postgresql_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
        )

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_quote_number", KEY, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("street", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("postal_code", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("city", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("region", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("phone", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("invoice_terms_days", KEY, nullable=True))
        batch_op.add_column(sa.Column("purchase_order_rule", CHOICE, nullable=False, server_default="warn"))
        batch_op.create_check_constraint(
            op.f("ck_accounts_invoice_terms_days"), "invoice_terms_days BETWEEN 0 AND 180"
        )

    with op.batch_alter_table("card_requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pays_invoice_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("pays_minor", KEY, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_card_requests_pays_invoice_id"), "invoices", ["pays_invoice_id"], ["id"]
        )

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purchase_order_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("purchase_order_number", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("buyer", JSON, nullable=True))
        batch_op.create_index(
            batch_op.f("ix_invoices_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_invoices_purchase_order_id"), "purchase_orders", ["purchase_order_id"], ["id"]
        )

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("quote_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("purchase_order_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("due_days", KEY, nullable=True))
        batch_op.create_index(batch_op.f("ix_orders_quote_id"), ["quote_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_orders_quote_id"), "quotes", ["quote_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_orders_purchase_order_id"), "purchase_orders", ["purchase_order_id"], ["id"]
        )

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="card"))
        batch_op.add_column(sa.Column("attempt_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("reference", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("received_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("recorded_by", KEY, nullable=True))
        batch_op.add_column(sa.Column("idempotency_key", sa.Text(), nullable=True))
        batch_op.alter_column("order_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column("payment_method_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index("ix_payments_account_id_at", ["account_id", "at"], unique=False)
        batch_op.create_check_constraint(op.f("ck_payments_kind"), "kind IN ('card', 'transfer', 'cheque')")
        batch_op.create_check_constraint(op.f("ck_payments_amount_positive"), "amount_minor > 0")
        batch_op.create_unique_constraint(batch_op.f("uq_payments_attempt_id"), ["attempt_id"])
        batch_op.create_unique_constraint(batch_op.f("uq_payments_idempotency_key"), ["idempotency_key"])
        batch_op.create_foreign_key(
            batch_op.f("fk_payments_attempt_id"), "payment_attempts", ["attempt_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_payments_recorded_by"), "people", ["recorded_by"], ["id"])

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("manager_id", KEY, nullable=True))
        batch_op.create_index(batch_op.f("ix_people_manager_id"), ["manager_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_people_manager_id"), "people", ["manager_id"], ["id"])

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_requests_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_requests_state"), "state IN ('open', 'taken', 'done', 'declined', 'withdrawn')"
        )
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=False, server_default=""))
        batch_op.alter_column("kind", existing_type=sa.TEXT(), type_=CHOICE, existing_nullable=False)
        batch_op.alter_column("state", existing_type=sa.TEXT(), type_=CHOICE, existing_nullable=False)

    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("contract_end", sa.Date(), nullable=True))
    for table in ALTERED_BOOKS:
        if op.get_bind().dialect.name == "sqlite":
            protect(table)
    for table in APPEND_ONLY:
        protect(table)


def protect(table: str) -> None:
    """Let the database refuse to change or to remove a row of the table, as in 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append only: {change} is refused'); END"
        )


def downgrade() -> None:  # noqa: PLR0915  # one statement a column
    """Go back."""
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.drop_column("contract_end")

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_requests_state"), type_="check")
        batch_op.create_check_constraint(op.f("ck_requests_state"), "state IN ('open', 'done', 'declined')")
        batch_op.alter_column("state", existing_type=CHOICE, type_=sa.TEXT(), existing_nullable=False)
        batch_op.alter_column("kind", existing_type=CHOICE, type_=sa.TEXT(), existing_nullable=False)
        batch_op.drop_column("note")

    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_people_manager_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_people_manager_id"))
        batch_op.drop_column("manager_id")

    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_payments_recorded_by"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_payments_attempt_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_payments_idempotency_key"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_payments_attempt_id"), type_="unique")
        batch_op.drop_constraint(op.f("ck_payments_kind"), type_="check")
        batch_op.drop_constraint(op.f("ck_payments_amount_positive"), type_="check")
        batch_op.drop_index("ix_payments_account_id_at")
        batch_op.alter_column("payment_method_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.alter_column("order_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("idempotency_key")
        batch_op.drop_column("recorded_by")
        batch_op.drop_column("received_on")
        batch_op.drop_column("reference")
        batch_op.drop_column("attempt_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_orders_purchase_order_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_orders_quote_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_orders_quote_id"))
        batch_op.drop_column("due_days")
        batch_op.drop_column("purchase_order_id")
        batch_op.drop_column("quote_id")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invoices_purchase_order_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_invoices_purchase_order_id"))
        batch_op.drop_column("buyer")
        batch_op.drop_column("purchase_order_number")
        batch_op.drop_column("purchase_order_id")

    with op.batch_alter_table("card_requests", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_card_requests_pays_invoice_id"), type_="foreignkey")
        batch_op.drop_column("pays_minor")
        batch_op.drop_column("pays_invoice_id")

    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_accounts_invoice_terms_days"), type_="check")
        batch_op.drop_column("purchase_order_rule")
        batch_op.drop_column("invoice_terms_days")
        batch_op.drop_column("phone")
        batch_op.drop_column("region")
        batch_op.drop_column("city")
        batch_op.drop_column("postal_code")
        batch_op.drop_column("street")
        batch_op.drop_column("last_quote_number")

    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payment_attempts_account_id_open",
            sqlite_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
            postgresql_where=sa.text("state IN ('awaiting_confirmation', 'checking', 'started')"),
        )
        batch_op.drop_index("ix_payment_attempts_next_check_at")

    op.drop_table("payment_attempts")
    with op.batch_alter_table("request_steps", schema=None) as batch_op:
        batch_op.drop_index("ix_request_steps_request_id")

    op.drop_table("request_steps")
    op.drop_table("quote_items")
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.drop_index("ix_quotes_state_valid_until")
        batch_op.drop_index("ix_quotes_account_id_state")

    op.drop_table("quotes")
    op.drop_table("purchase_orders")
    op.drop_table("invoice_recipients")
    if op.get_bind().dialect.name == "sqlite":
        for table in ALTERED_BOOKS:
            protect(table)
