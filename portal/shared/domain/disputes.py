"""How long an invoice may be disputed."""

from __future__ import annotations

from datetime import date, timedelta

DISPUTE_DAYS = 15


def last_day_to_dispute(issued_on: date) -> date:
    """The last day on which an invoice may be disputed."""
    return issued_on + timedelta(days=DISPUTE_DAYS)


def may_dispute(issued_on: date, today: date) -> bool:
    """Whether an invoice may still be disputed; `today` is the day where the account lives."""
    return issued_on <= today <= last_day_to_dispute(issued_on)
