"""The log of arrivals is read from its newest line back, without a list of everybody's accounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.shared.records import routing
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database


def test_whose_decision_it_was_is_asked_of_each_and_no_list_is_made(sqlite_database: Database) -> None:
    asked: list[tuple[str, Any]] = []

    def hear(connection: object, cursor: object, statement: str, values: Any, *rest: object) -> None:
        asked.append((statement, values))

    sa.event.listen(sqlite_database.engine, "before_cursor_execute", hear)
    with sqlite_database.read() as session:
        routing.decisions(
            session, Account.type == "online", without_account=True, search="", before=None, limit=5
        )
        (question, values) = next(one for one in asked if one[0].startswith("SELECT"))
        plan = [
            row.detail
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", values)
        ]
    assert [step for step in plan if "LIST SUBQUERY" in step or "TEMP B-TREE" in step] == []
    assert any("CORRELATED" in step for step in plan)
