"""Chain the activity, and keep who reads as whom.

What was written before is chained as it stands; addresses and names in it go to a table of their own, which an erasure
may empty. What a migration did must not change with the code, so it says here once more what `domain/activity.py` says.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# As in portal/shared/records/base.py: what a migration did must not change with the code.
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
INSTANT = sa.DateTime(timezone=True)

FIRST = "0" * 64
PERSONAL = frozenset({"email", "person_name", "phone", "street", "postal_code", "city", "region"})
# Under these two the plain words held names of people as well.
HELD_NAMES = {
    "invoice-recipient-added": {"name"},
    "invoice-recipient-removed": {"name"},
    "representative-changed": {"from", "to"},
}

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Go forward."""
    _let_change()
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.alter_column("account_id", existing_type=KEY, nullable=True)
        batch_op.add_column(sa.Column("about_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("portal", sa.Text(), nullable=False, server_default="unknown"))
        batch_op.add_column(sa.Column("sequence", KEY, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("previous", sa.Text(), nullable=False, server_default=FIRST))
        batch_op.add_column(sa.Column("digest", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_activity_about_id"), "people", ["about_id"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_activity_one_chain"), "(account_id IS NULL) <> (about_id IS NULL)"
        )
    op.create_table(
        "activity_values",
        sa.Column("entry_id", KEY, autoincrement=False, nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["activity.id"], name=op.f("fk_activity_values_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "seal", name=op.f("pk_activity_values")),
    )
    op.create_index("ix_activity_values_value", "activity_values", ["value"], unique=False)
    _chain_what_is_there(op.get_bind())
    with op.batch_alter_table("activity", schema=None) as batch_op:
        for name in ("portal", "sequence", "previous", "digest"):
            kind = KEY if name == "sequence" else sa.Text()
            batch_op.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
        batch_op.create_unique_constraint(op.f("uq_activity_account_id_sequence"), ["account_id", "sequence"])
        batch_op.create_unique_constraint(op.f("uq_activity_about_id_sequence"), ["about_id", "sequence"])
    _refuse_changes()
    _refuse_other_values()
    op.create_table(
        "viewings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("sign_in", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("pages", KEY, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_viewings_account_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name=op.f("fk_viewings_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewings")),
    )
    op.create_index("ix_viewings_account_id", "viewings", ["account_id"], unique=False)
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_viewings_one_each",
        "viewings",
        ["staff_id"],
        unique=True,
        postgresql_where=running,
        sqlite_where=running,
    )


def downgrade() -> None:
    """Go back; the addresses and names return to where they stood, what was erased stays away."""
    op.drop_table("viewings")
    _let_change()
    bind = op.get_bind()
    _open_seals(bind)
    op.drop_table("activity_values")
    op.execute("DELETE FROM activity WHERE account_id IS NULL")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_activity_about_id_sequence"), type_="unique")
        batch_op.drop_constraint(op.f("uq_activity_account_id_sequence"), type_="unique")
        batch_op.drop_constraint(op.f("ck_activity_one_chain"), type_="check")
        batch_op.drop_constraint(op.f("fk_activity_about_id"), type_="foreignkey")
        for name in ("digest", "previous", "sequence", "portal", "about_id"):
            batch_op.drop_column(name)
        batch_op.alter_column("account_id", existing_type=KEY, nullable=False)
    _refuse_changes()


def _let_change() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER refuse_change ON activity")
        op.execute("DROP TRIGGER refuse_truncate ON activity")
        return
    for change in ("update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS activity_refuse_{change}")


def _refuse_changes() -> None:
    """As in 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON activity "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            "CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON activity "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for change in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER activity_refuse_{change.lower()} BEFORE {change} ON activity "
            f"BEGIN SELECT RAISE(ABORT, 'activity is append only: {change} is refused'); END"
        )


def _refuse_other_values() -> None:
    """A value may go, when a person wants to be forgotten; it never becomes another one."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER refuse_change BEFORE UPDATE ON activity_values "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        return
    op.execute(
        "CREATE TRIGGER activity_values_refuse_update BEFORE UPDATE ON activity_values "
        "BEGIN SELECT RAISE(ABORT, 'activity_values are never edited: UPDATE is refused'); END"
    )


def _tables() -> tuple[sa.TableClause, sa.TableClause]:
    entries = sa.table(
        "activity",
        sa.column("id", KEY),
        sa.column("account_id", KEY),
        sa.column("person_id", KEY),
        sa.column("action", sa.Text()),
        sa.column("detail", JSON),
        sa.column("at", INSTANT),
        sa.column("portal", sa.Text()),
        sa.column("sequence", KEY),
        sa.column("previous", sa.Text()),
        sa.column("digest", sa.Text()),
    )
    values = sa.table("activity_values", *(sa.column(name) for name in ("entry_id", "seal", "salt", "value")))
    return entries, values


def _chain_what_is_there(bind: sa.Connection) -> None:
    entries, values = _tables()
    rows = bind.execute(sa.select(entries).order_by(entries.c.account_id, entries.c.id)).all()
    for account_id, of_account in itertools.groupby(rows, lambda row: row.account_id):
        previous = FIRST
        for sequence, row in enumerate(of_account, start=1):
            kept: list[dict[str, Any]] = []
            detail = _sealed(row.detail, HELD_NAMES.get(row.action, set()), kept)
            covered = {
                "chain": f"account:{account_id}",
                "sequence": sequence,
                "previous": previous,
                "at": _instant(row.at),
                "person": row.person_id,
                "portal": "unknown",
                "action": row.action,
                "detail": detail,
            }
            digest = hashlib.sha256(_canonical(covered)).hexdigest()
            change = {"detail": detail, "sequence": sequence, "previous": previous, "digest": digest}
            bind.execute(sa.update(entries).where(entries.c.id == row.id).values(change))
            if kept:
                bind.execute(sa.insert(values), [{"entry_id": row.id, **one} for one in kept])
            previous = digest


def _sealed(part: Any, held: set[str], kept: list[dict[str, Any]], *, personal: bool = False) -> Any:
    if isinstance(part, dict):
        return {
            key: _sealed(value, held, kept, personal=personal or key in PERSONAL or key in held)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [_sealed(one, held, kept, personal=personal) for one in part]
    if not personal or not isinstance(part, str) or not part:
        return part
    salt = secrets.token_hex(16)
    seal = hashlib.sha256((salt + part).encode()).hexdigest()
    kept.append({"seal": seal, "salt": salt, "value": part})
    return {"sealed": seal}


def _open_seals(bind: sa.Connection) -> None:
    entries, values = _tables()
    opened = {row.seal: row.value for row in bind.execute(sa.select(values))}
    for row in bind.execute(sa.select(entries)).all():
        if "sealed" in json.dumps(row.detail):
            plain = _opened(row.detail, opened)
            bind.execute(sa.update(entries).where(entries.c.id == row.id).values(detail=plain))


def _opened(part: Any, opened: dict[str, str]) -> Any:
    if isinstance(part, dict):
        if list(part) == ["sealed"]:
            return opened.get(part["sealed"], "")
        return {key: _opened(value, opened) for key, value in part.items()}
    if isinstance(part, list):
        return [_opened(one, opened) for one in part]
    return part


def _instant(at: datetime) -> str:
    told = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return told.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _canonical(covered: dict[str, Any]) -> bytes:
    return json.dumps(covered, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
