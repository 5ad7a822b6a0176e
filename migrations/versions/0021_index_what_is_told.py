"""Keep rows out of indexes of what they do not tell: most documents follow no order, and correct nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

# Table, columns, and whether a value may be there only once; in the index are the rows that tell the last column.
INDEXES: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("ix_invoice_lines_credits_line", "invoice_lines", ("account_id", "credits_line"), False),
    ("ix_invoice_lines_takes_place_of", "invoice_lines", ("takes_place_of",), True),
    ("ix_invoices_corrects_id", "invoices", ("corrects_id",), False),
    ("ix_invoices_purchase_order_id", "invoices", ("purchase_order_id",), False),
    ("ix_ledger_movements_order_id", "ledger_movements", ("order_id",), False),
)


def upgrade() -> None:
    """Go forward."""
    for name, table, columns, unique in INDEXES:
        told = sa.text(f"{columns[-1]} IS NOT NULL")
        op.drop_index(name, table_name=table)
        op.create_index(name, table, list(columns), unique=unique, sqlite_where=told, postgresql_where=told)


def downgrade() -> None:
    """Go back."""
    for name, table, columns, unique in INDEXES:
        op.drop_index(name, table_name=table)
        op.create_index(name, table, list(columns), unique=unique)
