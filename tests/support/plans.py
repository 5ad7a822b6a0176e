"""What the databases' planners say of every statement that was sent: whether all of a table that grows is read.

SQLite is asked beside the statement itself; PostgreSQL about the same statement in an empty database, in which it may
read a table from end to end only where it cannot do otherwise.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from portal.shared.records.base import all_tables
from portal.shared.records.database import Database

# What does not grow with the number of accounts, each for a reason. Every other table does.
STANDING = {
    "catalogue_mark": "one row",
    "products": "the catalogue: a row for each product we sell",
    "plans": "the catalogue",
    "prices": "the catalogue",
    "tax_rates": "a row for each country and each change of its law",
    "sweeps": "one row for each kind of regular work",
}
_ALIAS = re.compile(r"\b(?:FROM|JOIN|,|UPDATE)\s+\(*(\w+)(?:\s+AS)?\s+(\w+)")
_SCAN = re.compile(r"^SCAN (?:TABLE )?(\w+)(?:.* USING (?:COVERING )?INDEX (\w+))?")
# Indexes of a part of a table that grows like the whole.
_OF_MANY = frozenset(
    {
        "ix_outbox_mails_sent_at",
        "ix_subscriptions_period_end",
        "ix_subscriptions_trial_end",
        "uq_payment_methods_account_id_default",
    }
)


def growing_tables() -> frozenset[str]:
    """Every table but those of `STANDING`."""
    return frozenset(all_tables().tables) - STANDING.keys()


def waiting_only() -> frozenset[str]:
    """Indexes in which only stands what waits for somebody: reading all of one is reading the work there is."""
    indexes = (one for table in all_tables().tables.values() for one in table.indexes)
    partial = {str(one.name) for one in indexes if one.dialect_options["sqlite"]["where"] is not None}
    return frozenset(partial) - _OF_MANY


@dataclass(frozen=True, slots=True)
class Finding:
    """A statement that reads more and more the more there is, and who sent it."""

    what: str
    statement: str
    sender: str


@dataclass(slots=True)
class Planner:
    """Asks about every statement once."""

    sender: Callable[[], str] = field(default_factory=lambda: nearest_of_ours)
    findings: dict[str, Finding] = field(default_factory=dict)
    statements: dict[str, tuple[Any, Any, str]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    @contextmanager
    def listening(self, engine: sa.Engine) -> Iterator[None]:
        """Ask SQLite about what is sent while the block runs, and keep it for PostgreSQL."""
        ears: dict[str, Callable[..., Any]] = {
            "before_cursor_execute": self._sent,
            "before_execute": self._about_to_be_sent,
        }
        for name, ear in ears.items():
            sa.event.listen(engine, name, ear)
        try:
            yield
        finally:
            for name, ear in ears.items():
                sa.event.remove(engine, name, ear)

    def ask_postgresql(self, database: Database) -> None:
        """Ask PostgreSQL about every statement that was kept."""
        with database.engine.connect() as connection:
            for switch in ("seqscan", "hashjoin", "mergejoin"):
                connection.exec_driver_sql(f"SET enable_{switch} = off")
            connection.commit()
            told: list[Any] = []

            def explain(conn: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
                with conn.connection.cursor() as own:
                    own.execute("EXPLAIN (FORMAT JSON) " + sql, values[0] if many else values)
                    told.append((sql, own.fetchone()[0][0]["Plan"]))

            sa.event.listen(connection, "before_cursor_execute", explain)
            for statement, values, sender in list(self.statements.values()):
                told.clear()
                try:
                    connection.execute(statement, values)
                finally:
                    connection.rollback()
                for sql, plan in told:
                    for what in _whole_tables(plan):
                        self._found(what, sql, sender)
                    if re.search(r"\bOFFSET\b", sql):
                        self._found("PostgreSQL counts rows that are not shown", sql, sender)

    def _about_to_be_sent(self, connection: Any, statement: Any, many: Any, one: Any, options: Any) -> None:
        if not (
            getattr(statement, "is_select", False)
            or getattr(statement, "is_update", False)
            or getattr(statement, "is_delete", False)
        ):
            return
        text = str(statement)
        if text not in self.statements and self.sender():
            self.statements[text] = statement, (many[0] if many else one), self.sender()

    def _sent(self, connection: Any, cursor: Any, sql: str, values: Any, context: Any, many: bool) -> None:
        if (
            sql in self.asked
            or not sql.startswith(("SELECT", "UPDATE", "DELETE", "WITH"))
            or not self.sender()
        ):
            return
        self.asked.add(sql)
        own = connection.connection.driver_connection.cursor()
        plan = own.execute("EXPLAIN QUERY PLAN " + sql, values[0] if many else values).fetchall()
        called = {alias: table for table, alias in _ALIAS.findall(sql)}
        for *_, line in plan:
            scanned = _SCAN.match(line)
            table = called.get(scanned[1], scanned[1]) if scanned else ""
            if table in growing_tables() and scanned and scanned[2] not in waiting_only():
                self._found(f"SQLite reads all of {table}", sql, self.sender())

    def _found(self, what: str, sql: str, sender: str) -> None:
        self.findings.setdefault(f"{what} in {sender}", Finding(what, sql, sender))


def _whole_tables(plan: Mapping[str, Any]) -> Iterator[str]:
    """Tables that a plan of PostgreSQL reads without any condition on an index."""
    table = "" if plan["Node Type"] == "ModifyTable" else plan.get("Relation Name")
    bounded = {"Index Cond", "Recheck Cond", "TID Cond"} & plan.keys() or plan.get(
        "Index Name"
    ) in waiting_only()
    if table in growing_tables() and not bounded:
        yield f"PostgreSQL reads all of {table}"
    for part in plan.get("Plans", ()):
        yield from _whole_tables(part)


# These hand on what another room asks.
_HANDED_ON = tuple(f"records/{one}.py" for one in ("database", "plain_rows", "prepared"))


def nearest_of_ours() -> str:
    """The function of ours that is nearest to the statement; nothing where the test itself asks."""
    for frame in reversed(traceback.extract_stack()):
        if "/tests/" in frame.filename and not frame.filename.endswith("support/plans.py"):
            return ""
        if "/portal/" in frame.filename and not frame.filename.endswith(_HANDED_ON):
            place = frame.filename.split("/portal/")[1].removesuffix(".py").replace("/", ".")
            return f"{place}.{frame.name}"
    return ""
