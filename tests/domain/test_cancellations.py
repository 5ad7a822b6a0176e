"""What follows a cancellation."""

from __future__ import annotations

from datetime import date

from portal.shared.domain.cancellations import data_deleted_on


def test_the_data_stays_for_ninety_days_after_the_end() -> None:
    assert data_deleted_on(date(2026, 6, 11)) == date(2026, 9, 9)
