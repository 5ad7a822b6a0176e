"""What was written before the activity was chained is chained as it stands, and addresses leave it."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic.command import downgrade, upgrade

from portal.shared.domain.activity import opened
from portal.shared.records.activity import Activity, ActivityValue
from portal.shared.records.database import Database
from portal.shared.services.activity.verifying import verify
from tests.records.test_migrations import config

AT = "2026-01-02 03:04:05.000006"
ACCOUNT = {"name": "A", "type": "online", "currency": "EUR", "country": "PT", "time_zone": "UTC"}
DETAILS: list[tuple[int, str, dict[str, Any]]] = [
    (1, "invoice-recipient-added", {"recipient": 4, "name": "Ann Ü.", "email": "ann@example.com"}),
    (2, "renewed", {"subscriptions": [2, 10], "invoice": "1001-000001"}),
    (1, "billing-details-changed", {"street": {"before": "Rua A", "after": "Rua B"}}),
    (1, "order-placed", {"items": [{"after": {"seats": 3}}], "name": "plain"}),
]


def insert(session: Any, table: str, **values: Any) -> None:
    names = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    session.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def test_old_entries_are_chained_and_can_come_back(empty_database: Database) -> None:
    steps = config(empty_database)
    upgrade(steps, "0007")
    with empty_database.write() as session:
        for number in (1, 2):
            insert(
                session,
                "accounts",
                **ACCOUNT,
                language="en",
                vat_number="",
                vat_state="none",
                vat_reference="",
                vat_tries=0,
                invoice_series=str(number),
                last_invoice_number=0,
                last_request_number=0,
                last_quote_number=0,
                street="",
                postal_code="",
                city="",
                region="",
                phone="",
                purchase_order_rule="warn",
                created_at=AT,
            )
        for account, action, detail in DETAILS:
            insert(session, "activity", account_id=account, action=action, detail=json.dumps(detail), at=AT)
    upgrade(steps, "0008")
    with empty_database.read() as session:
        assert verify(session) == []
        rows = session.scalars(sa.select(Activity).order_by(Activity.id)).all()
        values = {one.seal: one.value for one in session.scalars(sa.select(ActivityValue))}
        assert [(row.account_id, row.sequence) for row in rows] == [(1, 1), (2, 1), (1, 2), (1, 3)]
        assert "example" not in str([row.detail for row in rows])
        assert "Rua" not in str([row.detail for row in rows])
        assert [opened(row.detail, values, None) for row in rows] == [one for _, _, one in DETAILS]
    downgrade(steps, "0007")
    with empty_database.read() as session:
        kept = session.execute(sa.text("SELECT detail FROM activity ORDER BY id")).scalars().all()
    plain = [json.loads(one) if isinstance(one, str) else one for one in kept]
    assert plain == [one for _, _, one in DETAILS]
