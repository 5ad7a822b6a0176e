"""How often background work is tried, and how long it rests in between."""

from __future__ import annotations

from datetime import timedelta

# A job that failed, or ended its worker, so often is left to a person: about four hours after the first try.
MOST_ATTEMPTS = 10
LONGEST_PAUSE = timedelta(hours=6)
# What should have run so long ago, and does not, waits for a worker that is not there.
OVERDUE = timedelta(minutes=15)
# Regular work is queued under such a name where an engine keeps the time; it is not tried again, but done next time.
REGULAR = "regular:"


def pause_after(attempts: int) -> timedelta:
    """How long to rest after so many attempts: half a minute, a minute, two, and so on, six hours at most."""
    return min(LONGEST_PAUSE, timedelta(seconds=15 << min(attempts, 12)))


def is_last(attempts: int) -> bool:
    """Whether nothing is tried again after so many attempts."""
    return attempts >= MOST_ATTEMPTS
