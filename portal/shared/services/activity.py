"""What people did, kept beside what it changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records.activity import Activity


def record(
    session: Session,
    account_id: int,
    person_id: int | None,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Append one entry in the transaction that made the change. `person_id` is none for the system itself."""
    session.add(Activity(account_id=account_id, person_id=person_id, action=action, detail=detail, at=now))
