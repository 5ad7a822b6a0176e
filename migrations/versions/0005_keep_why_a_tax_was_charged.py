"""Keep why a line carries its tax, what registries said of VAT numbers, and where tax rates came from."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

# SQLite makes a table anew to alter it, and forgets its triggers; see 0002.
ALTERED_BOOKS = ("invoice_lines",)
APPEND_ONLY = ("vat_checks",)

KINDS = ("charged", "domestic", "customer_country", "pending", "reverse_charge", "outside_scope", "exempt")
# Member states for value added tax and Monaco, on the day of this migration.
EU_COUNTRIES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MC MT NL PL PT RO SK SI ES SE".split()
)

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "tax_kind",
                sa.Enum(*KINDS, name="taxkind", native_enum=False, length=40),
                nullable=False,
                server_default="charged",
            )
        )
        batch_op.add_column(sa.Column("exemption", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("takes_place_of", KEY, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_invoice_lines_account_id_takes_place_of"),
            "invoice_lines",
            ["account_id", "takes_place_of"],
            ["account_id", "id"],
        )
        batch_op.create_index("ix_invoice_lines_takes_place_of", ["takes_place_of"], unique=True)
        batch_op.create_index("ix_invoice_lines_tax_kind", ["tax_kind", "account_id"], unique=False)
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vat_tries", KEY, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("vat_next_check_at", INSTANT, nullable=True))
        batch_op.create_index("ix_accounts_vat_state", ["vat_state", "vat_next_check_at"], unique=False)
    with op.batch_alter_table("tax_rates", schema=None) as batch_op:
        batch_op.add_column(sa.Column("source", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("added_on", sa.Date(), nullable=True))
    op.create_table(
        "vat_checks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("state IN ('valid', 'invalid', 'no_answer')", name=op.f("ck_vat_checks_state")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_vat_checks_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vat_checks")),
    )
    with op.batch_alter_table("vat_checks", schema=None) as batch_op:
        batch_op.create_index("ix_vat_checks_account_id", ["account_id", "id"], unique=False)

    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("choices", JSON, nullable=True))
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("features", JSON, nullable=False, server_default="[]"))

    op.create_table(
        "help_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_answers")),
    )
    with op.batch_alter_table("routing_decisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("product", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("letters_to_contacts", schema=None) as batch_op:
        batch_op.create_index("ix_letters_to_contacts_at", ["at"], unique=False)
    with op.batch_alter_table("help_answers", schema=None) as batch_op:
        batch_op.create_index("ix_help_answers_at", ["at"], unique=False)
        batch_op.create_index("ix_help_answers_sender_at", ["sender", "at"], unique=False)

    say_why()
    for table in ALTERED_BOOKS:
        if op.get_bind().dialect.name == "sqlite":
            protect(table)
    for table in APPEND_ONLY:
        protect(table)


# --- what is stored already -------------------------------------------------------------------------------------------


def say_why() -> None:
    """Give the lines on the books their reason, from what was stored with them.

    A line with tax stays `charged`: whether at home or abroad was not kept, and makes no difference to what documents
    say. One that was charged while the registry had not confirmed the number is `pending`.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    if not sqlite:
        op.execute("ALTER TABLE invoice_lines DISABLE TRIGGER USER")
    untaxed()
    unconfirmed()
    op.execute(
        "UPDATE invoice_lines SET tax_kind = (SELECT charged.tax_kind FROM invoice_lines AS charged "
        "WHERE charged.id = invoice_lines.credits_line), exemption = (SELECT charged.exemption FROM invoice_lines "
        "AS charged WHERE charged.id = invoice_lines.credits_line) WHERE credits_line IS NOT NULL"
    )
    if not sqlite:
        op.execute("ALTER TABLE invoice_lines ENABLE TRIGGER USER")


def untaxed() -> None:
    """Lines without tax: as their order says; else by the exemption of the day; else by the buyer."""
    exemptions = defaultdict(list)
    for account, document, first, last, ended in rows(
        "SELECT account_id, document, valid_from, valid_to, ended_at FROM tax_exemptions ORDER BY id DESC"
    ):
        exemptions[account].append((document, day(first), day(last), instant(ended)))
    found = []
    for line, account, issued_on, buyer, summary in rows(
        "SELECT l.id, l.account_id, i.issued_on, i.buyer, o.summary FROM invoice_lines l "
        "JOIN invoices i ON i.id = l.invoice_id LEFT JOIN orders o ON o.id = i.order_id "
        "WHERE l.kind = 'charge' AND l.tax_millionths = 0"
    ):
        kind = plain(summary).get("tax", {}).get("kind")
        on, document = day(issued_on), ""
        for one, first, last, ended in exemptions[account]:
            if first <= on <= last and (ended is None or ended.date() >= on):
                document = one
                break
        if kind is None:
            kind = "exempt" if document else by_buyer(plain(buyer))
        found.append({"id": line, "kind": kind, "document": document if kind == "exempt" else ""})
    write(found)


def by_buyer(buyer: dict[str, Any]) -> str:
    """Why a buyer without an exemption paid no tax."""
    inside = buyer.get("country") in EU_COUNTRIES and buyer.get("vat_number")
    return "reverse_charge" if inside else "outside_scope"


def unconfirmed() -> None:
    """Lines that were charged tax while the last thing said of the account's number was that nobody answered."""
    states = defaultdict(list)
    for account, detail, at in rows(
        "SELECT account_id, detail, at FROM activity WHERE action = 'vat-number-set' ORDER BY id"
    ):
        states[account].append((instant(at), plain(detail).get("state")))
    unsure = [account for account, known in states.items() if any(state == "pending" for _, state in known)]
    found = []
    for account in unsure:
        for line, issued_on, at, buyer in rows(
            "SELECT l.id, i.issued_on, (SELECT min(m.at) FROM ledger_movements m WHERE m.invoice_id = i.id), i.buyer "
            "FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id "
            "WHERE l.kind = 'charge' AND l.tax_millionths > 0 AND l.account_id = :account",
            account=account,
        ):
            when = instant(at) or datetime.combine(day(issued_on), datetime.max.time(), UTC)
            before = [state for known, state in states[account] if known is not None and known <= when]
            if before and before[-1] == "pending" and plain(buyer).get("country") in EU_COUNTRIES:
                found.append({"id": line, "kind": "pending", "document": ""})
    write(found)


def rows(question: str, **values: Any) -> Iterable[Any]:
    """What the database answers."""
    return op.get_bind().execute(sa.text(question), values).all()


def write(found: list[dict[str, Any]]) -> None:
    """Write the reasons of lines."""
    if found:
        change = "UPDATE invoice_lines SET tax_kind = :kind, exemption = :document WHERE id = :id"
        op.get_bind().execute(sa.text(change), found)


def plain(value: Any) -> dict[str, Any]:
    """A JSON column, which one database gives as text and the other as values."""
    return (json.loads(value) if isinstance(value, str) else value) or {}


def day(value: Any) -> date:
    """A day, which SQLite gives as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def instant(value: Any) -> datetime | None:
    """An instant, which SQLite gives as text without a zone."""
    found: datetime | None = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


# --- small things -----------------------------------------------------------------------------------------------------


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
    op.drop_table("help_answers")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("features")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_column("choices")
    with op.batch_alter_table("letters_to_contacts", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_to_contacts_at")
    with op.batch_alter_table("routing_decisions", schema=None) as batch_op:
        batch_op.drop_column("product")
    with op.batch_alter_table("vat_checks", schema=None) as batch_op:
        batch_op.drop_index("ix_vat_checks_account_id")
    op.drop_table("vat_checks")
    with op.batch_alter_table("tax_rates", schema=None) as batch_op:
        batch_op.drop_column("added_on")
        batch_op.drop_column("source")
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_accounts_vat_state")
        batch_op.drop_column("vat_next_check_at")
        batch_op.drop_column("vat_tries")
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_lines_tax_kind")
        batch_op.drop_index("ix_invoice_lines_takes_place_of")
        batch_op.drop_constraint(batch_op.f("fk_invoice_lines_account_id_takes_place_of"), type_="foreignkey")
        batch_op.drop_column("takes_place_of")
        batch_op.drop_column("exemption")
        batch_op.drop_column("tax_kind")
    if op.get_bind().dialect.name == "sqlite":
        for table in ALTERED_BOOKS:
            protect(table)
