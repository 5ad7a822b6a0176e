"""What happens when a renewal is not paid: grace with access, further tries, the end (one table; docs/dunning.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Days after the due day on which a card is tried again. Access goes on until the last of them has failed.
RETRY_DAYS = (3, 6, 9)
GRACE_DAYS = max(RETRY_DAYS)


class AfterFailure(StrEnum):
    """What follows a failed try."""

    TRY_AGAIN = "try_again"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows, and on which day it may be tried again (none when it is over)."""

    after: AfterFailure
    on: date | None


def first_try(due_on: date) -> date:
    """The day of the first try: the day a charge is due."""
    return due_on


def after_failure(due_on: date, today: date) -> NextStep:
    """What follows a try that failed on a day: the next day of the table that is still to come, or the end.

    Days that passed without a try, because nobody was running, are not made up for one by one: a person whose card
    was not asked must not lose access, so the try that was late counts as that day's, and the last one always happens.
    """
    ahead = [due_on + timedelta(days=days) for days in RETRY_DAYS]
    upcoming = next((day for day in ahead if day > today), None)
    if upcoming is None:
        return NextStep(AfterFailure.EXPIRE, None)
    return NextStep(AfterFailure.TRY_AGAIN, upcoming)


def grace_ends(due_on: date) -> date:
    """The last day with access when nothing is paid."""
    return due_on + timedelta(days=GRACE_DAYS)
