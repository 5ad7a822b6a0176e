"""Write down the words of accounts' names, so that one of very many is found by the beginning of a word."""

from __future__ import annotations

import unicodedata
from itertools import groupby

import sqlalchemy as sa
from alembic import op

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
AT_ONCE = 5_000

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: str | None = None
depends_on: str | None = None


def words_of(text: str) -> set[str]:
    """As in portal/shared/domain/names.py on that day."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (one for one in plain if not unicodedata.combining(one))
    return {"".join(run)[:40] for is_word, run in groupby(letters, str.isalnum) if is_word}


def upgrade() -> None:
    """Go forward."""
    table = op.create_table(
        "account_words",
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_account_words_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("account_id", "word", name=op.f("pk_account_words")),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    last = 0
    while found := connection.execute(
        sa.text("SELECT id, name FROM accounts WHERE id > :last ORDER BY id LIMIT :most"),
        {"last": last, "most": AT_ONCE},
    ).all():
        rows = [{"account_id": one.id, "word": word} for one in found for word in words_of(one.name)]
        if rows:
            connection.execute(sa.insert(table), rows)
        last = found[-1].id
    op.create_index("ix_account_words_word", "account_words", ["word", "account_id"])


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_account_words_word", table_name="account_words")
    op.drop_table("account_words")
