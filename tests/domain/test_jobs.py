"""How often background work is tried, and how long it rests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain import jobs
from portal.shared.domain.jobs import is_last, pause_after


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(1, 30), (2, 60), (3, 120), (9, 7680), (10, 15_360), (11, 21_600), (12, 21_600), (10_000, 21_600)],
)
def test_each_rest_is_twice_the_one_before_and_six_hours_at_most(attempts: int, seconds: int) -> None:
    assert pause_after(attempts) == timedelta(seconds=seconds)


def test_after_ten_attempts_a_person_looks_about_four_hours_after_the_first() -> None:
    assert [is_last(attempts) for attempts in (9, 10, 11)] == [False, True, True]
    rests = sum((pause_after(attempts) for attempts in range(1, jobs.MOST_ATTEMPTS)), timedelta())
    assert timedelta(hours=4) < rests < timedelta(hours=4, minutes=30)


def test_what_is_a_quarter_of_an_hour_late_waits_for_a_worker_that_is_not_there() -> None:
    assert timedelta(minutes=15) == jobs.OVERDUE
