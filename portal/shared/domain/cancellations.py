"""What follows a cancellation: how long the data stays, and the reasons people can give."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

# The product's data can be had back for so long after the end; then it is deleted for good.
DATA_KEPT_DAYS = 90


class CancellationReason(StrEnum):
    """Why a subscription was cancelled, as the survey offers it."""

    TOO_EXPENSIVE = "too-expensive"
    NOT_USED = "not-used"
    SOMETHING_MISSING = "something-missing"
    ANOTHER_PRODUCT = "another-product"
    FOR_A_WHILE = "for-a-while"
    ANOTHER_REASON = "another-reason"


def data_deleted_on(ended_on: date) -> date:
    """The day on which the data of the product is deleted."""
    return ended_on + timedelta(days=DATA_KEPT_DAYS)
