"""Make the tables of renewals, collection, refunds, exemptions and jobs; more books and sources of settlement."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)

# SQLite makes a table anew to alter it, and forgets its triggers; see 0002.
ALTERED_BOOKS = ("invoices", "payments", "settlements", "ledger_entries")
APPEND_ONLY = ("renewals", "refunds")

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("arguments", JSON, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", KEY, nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("leased_until", INSTANT, nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_jobs_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_jobs_dedupe_key")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_state_run_at", ["state", "run_at"], unique=False)

    op.create_table(
        "processor_events",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processor_events")),
    )
    op.create_table(
        "processor_charges",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_processor_charges")),
        sa.UniqueConstraint("reference", name=op.f("uq_processor_charges_reference")),
    )
    op.create_table(
        "tax_exemptions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("added_by", KEY, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_tax_exemptions_valid_forward")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_tax_exemptions_account_id")),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_tax_exemptions_added_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_exemptions")),
    )
    with op.batch_alter_table("tax_exemptions", schema=None) as batch_op:
        batch_op.create_index("ix_tax_exemptions_account_id", ["account_id", "valid_to"], unique=False)

    op.create_table(
        "cancellation_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_cancellation_answers_account_id_subscription_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_cancellation_answers_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_answers")),
    )
    with op.batch_alter_table("cancellation_answers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cancellation_answers_account_id", ["account_id", "subscription_id"], unique=False
        )

    op.create_table(
        "collections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", KEY, nullable=False),
        sa.Column("next_try_on", sa.Date(), nullable=True),
        sa.Column("last_reason", sa.Text(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'paid', 'given_up')", name=op.f("ck_collections_state")),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_collections_account_id_invoice_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_collections_invoice_id")),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_next_try_on", ["state", "next_try_on"], unique=False)

    op.create_table(
        "renewals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("subscription_id", KEY, nullable=False),
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "invoice_id"],
            ["invoices.account_id", "invoices.id"],
            name=op.f("fk_renewals_account_id_invoice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "subscription_id"],
            ["subscriptions.account_id", "subscriptions.id"],
            name=op.f("fk_renewals_account_id_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewals")),
        sa.UniqueConstraint(
            "subscription_id", "period_start", name=op.f("uq_renewals_subscription_id_period_start")
        ),
    )
    op.create_table(
        "refunds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("processor_reference", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by", KEY, nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refunds_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_refunds_account_id")),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name=op.f("fk_refunds_given_by")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refunds_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_refunds_idempotency_key")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index("ix_refunds_account_id_at", ["account_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_refunds_payment_id"), ["payment_id"], unique=False)

    op.create_table(
        "refund_attempts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("payment_id", KEY, nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount_minor", KEY, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", KEY, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.CheckConstraint(
            "state IN ('started', 'given_back', 'refused')", name=op.f("ck_refund_attempts_state")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_refund_attempts_amount_positive")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_refund_attempts_account_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_refund_attempts_asked_by")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_refund_attempts_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_attempts")),
        sa.UniqueConstraint(
            "account_id", "idempotency_key", name=op.f("uq_refund_attempts_account_id_idempotency_key")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_refund_attempts_reference")),
    )
    with op.batch_alter_table("refund_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_refund_attempts_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_refund_attempts_payment_id"), ["payment_id"], unique=False)

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("corrects_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_invoices_corrects_id"), ["corrects_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_invoices_corrects_id"), "invoices", ["corrects_id"], ["id"]
        )

    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="card"))
        batch_op.alter_column("expiry_month", existing_type=KEY, nullable=True)
        batch_op.alter_column("expiry_year", existing_type=KEY, nullable=True)
    checks(
        settlements="source IN ('cash', 'balance', 'credit', 'written_off')",
        ledger_entries="book IN ('receivable', 'sales', 'tax', 'balance', 'cash', 'written_off', 'in_transit')",
        payments="kind IN ('card', 'transfer', 'cheque', 'direct_debit')",
    )
    for table in ALTERED_BOOKS:
        if op.get_bind().dialect.name == "sqlite":
            protect(table)
    for table in APPEND_ONLY:
        protect(table)


NAMES = {"settlements": "source", "ledger_entries": "book", "payments": "kind"}


def checks(**conditions: str) -> None:
    """Put another condition in the place of a table's own."""
    for table, condition in conditions.items():
        name = op.f(f"ck_{table}_{NAMES[table]}")
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(name, type_="check")
            batch_op.create_check_constraint(name, condition)


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


def downgrade() -> None:
    """Go back."""
    # A bank account is left as a card that has expired: nothing charges it.
    op.execute("UPDATE payment_methods SET expiry_month = 1, expiry_year = 2000 WHERE expiry_month IS NULL")
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.alter_column("expiry_month", existing_type=KEY, nullable=False)
        batch_op.alter_column("expiry_year", existing_type=KEY, nullable=False)
        batch_op.drop_column("kind")

    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_invoices_corrects_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_invoices_corrects_id"))
        batch_op.drop_column("reason")
        batch_op.drop_column("corrects_id")

    with op.batch_alter_table("refund_attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_attempts_payment_id"))
        batch_op.drop_index("ix_refund_attempts_state")

    op.drop_table("refund_attempts")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_payment_id"))
        batch_op.drop_index("ix_refunds_account_id_at")

    op.drop_table("refunds")
    op.drop_table("renewals")
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_index("ix_collections_next_try_on")

    op.drop_table("collections")
    with op.batch_alter_table("cancellation_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_cancellation_answers_account_id")

    op.drop_table("cancellation_answers")
    with op.batch_alter_table("tax_exemptions", schema=None) as batch_op:
        batch_op.drop_index("ix_tax_exemptions_account_id")

    op.drop_table("tax_exemptions")
    op.drop_table("processor_charges")
    op.drop_table("processor_events")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_state_run_at")

    op.drop_table("jobs")
    checks(
        settlements="source IN ('cash', 'balance', 'credit')",
        ledger_entries="book IN ('receivable', 'sales', 'tax', 'balance', 'cash')",
        payments="kind IN ('card', 'transfer', 'cheque')",
    )
    if op.get_bind().dialect.name == "sqlite":
        for table in ALTERED_BOOKS:
            protect(table)
