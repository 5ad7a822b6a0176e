"""Looking at an account as its billing contact does: how long, and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

LONGEST = timedelta(minutes=30)
SHORTEST_REASON, LONGEST_REASON = 10, 300


class ReasonProblem(StrEnum):
    """Why a reason is none."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"


def reason_problem(text: str) -> ReasonProblem | None:
    """What is wrong with a reason, if anything: the customer reads it, so it says something."""
    tidy = " ".join(text.split())
    if len(tidy) < SHORTEST_REASON or len(set(tidy.casefold()) - {" "}) < 4:
        return ReasonProblem.TOO_SHORT
    return ReasonProblem.TOO_LONG if len(tidy) > LONGEST_REASON else None


def minutes_left(now: datetime, ends_at: datetime) -> int:
    """Whole minutes, begun ones counted, that are left; none once it is over."""
    left = (ends_at - now).total_seconds()
    return max(0, -int(-left // 60))
