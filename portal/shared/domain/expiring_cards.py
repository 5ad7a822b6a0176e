"""When a card expires, and how early its account is told."""

from __future__ import annotations

from datetime import date, timedelta

# Days before the last good day of the default card on which the billing contacts are told; the last one comes first.
NOTICE_DAYS = (7, 30)


def last_good_day(expiry: date) -> date:
    """The last day on which a card works: the last of the month that is printed on it."""
    following = (expiry.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


def notice(last_day: date, today: date) -> int | None:
    """Which of the notices is due: the one with the fewest days that was reached. None: too early, or too late."""
    left = (last_day - today).days
    if left < 0:
        return None
    return next((days for days in NOTICE_DAYS if left <= days), None)
