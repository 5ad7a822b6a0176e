"""What time it is: handed to whoever needs it, so that a test can hold the clock still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Gives the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move."""

    def __init__(self, instant: datetime) -> None:
        """Stand at `instant`, which must carry a time zone (ValueError)."""
        self.set(instant)

    def now(self) -> datetime:
        """The instant the clock stands at, in UTC."""
        return self._instant

    def set(self, instant: datetime) -> None:
        """Stand at another instant, which must carry a time zone (ValueError)."""
        if instant.tzinfo is None or instant.utcoffset() is None:
            raise ValueError("A clock needs an instant with a time zone.")
        self._instant = instant.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move on by a span of time."""
        self._instant += by
