"""The outbox of a test: what waits in it is delivered as the jobs of its mails would do it, one after the other."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.shared.records.database import Database
from portal.shared.services.notifications import deliver_mail, due_mails


def deliver_mails(database: Database, mailer: Any, render: Any, now: datetime) -> int:
    """Try every mail that is due, and say how many left."""
    with database.read() as session:
        waiting = due_mails(session, now)
    return sum(deliver_mail(database, mailer, render, now, one) for one in waiting)
