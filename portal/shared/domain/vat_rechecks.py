"""When a registry that gave no answer about a VAT number is asked again."""

from __future__ import annotations

from datetime import timedelta

FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(days=1)


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries without an answer: five minutes, twice as long each time, a day at most.

    Raises:
        ValueError: there was no try.
    """
    if tries < 1:
        raise ValueError("a pause comes after a try")
    doublings = min(tries - 1, 20)  # far beyond a day; keeps the number small
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
