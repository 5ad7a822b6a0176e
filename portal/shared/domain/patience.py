"""How long others are waited for: the times that everything keeps to, and when somebody is left alone for a while."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

# A person waits no longer than this for any answer of ours, whatever hangs (seconds).
LONGEST_ANSWER = 8.0
# What is begun for a request ends by then, counted from when it came, so that there is time left to say so.
REQUEST = 6.5
# The share of it that one dependency may take: a card processor, an identity provider.
DEPENDENCY = 5.0
# Somebody whose answer is not needed to go on gets less.
NOT_NEEDED = 3.0

FAILURES = 3
REST_SECONDS = 30.0

_ends: ContextVar[float] = ContextVar("the request ends", default=math.inf)


@contextmanager
def ending_at(ticks: float) -> Iterator[None]:
    """Whatever is asked inside, of the database or of others, ends by then (seconds of a clock that only goes on)."""
    before = _ends.set(ticks)
    try:
        yield
    finally:
        _ends.reset(before)


def seconds_left(ticks: float) -> float:
    """How many seconds are left; without end where nobody waits for an answer, below zero where it is too late."""
    return _ends.get() - ticks


@dataclass
class Breaker:
    """Opens after several failures in a row; after a rest lets one call through to see."""

    failures: int = 0
    rests_until: float = 0.0

    def lets_through(self, ticks: float) -> bool:
        """Whether a call may be made; the first one after the rest keeps the others waiting for its outcome."""
        if self.failures < FAILURES:
            return True
        if ticks < self.rests_until:
            return False
        self.rests_until = ticks + REST_SECONDS
        return True

    def is_open(self, ticks: float) -> bool:
        """Whether the other side is being left alone."""
        return self.failures >= FAILURES and ticks < self.rests_until

    def note(self, ticks: float, *, failed: bool) -> None:
        """How a call went."""
        self.failures = self.failures + 1 if failed else 0
        if self.failures >= FAILURES:
            self.rests_until = ticks + REST_SECONDS
