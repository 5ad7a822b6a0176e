"""Looking at an account as its contact does: how long, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.shared.domain import viewing
from portal.shared.domain.viewing import ReasonProblem, minutes_left, reason_problem

NOON = datetime(2026, 6, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", ReasonProblem.TOO_SHORT, id="nothing"),
        pytest.param("abcdefghi", ReasonProblem.TOO_SHORT, id="nine-letters"),
        pytest.param("abcdefghij", None, id="ten-letters"),
        pytest.param("a b       c d", ReasonProblem.TOO_SHORT, id="mostly-spaces"),
        pytest.param("abcabcabcabc", ReasonProblem.TOO_SHORT, id="three-letters-over-and-over"),
        pytest.param("abc abc abc ABC", ReasonProblem.TOO_SHORT, id="neither-spaces-nor-capitals-count"),
        pytest.param("abcdabcdabcd", None, id="four-letters"),
        pytest.param("abcdef" * 50, None, id="three-hundred-letters"),
        pytest.param("abcdef" * 50 + "g", ReasonProblem.TOO_LONG, id="one-too-many"),
    ],
)
def test_a_reason_says_something(text: str, expected: ReasonProblem | None) -> None:
    assert reason_problem(text) is expected


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(1800, 30), (1741, 30), (1740, 29), (60, 1), (1, 1), (0, 0), (-61, 0)]
)
def test_a_begun_minute_counts_and_nothing_is_left_once_it_is_over(seconds: int, minutes: int) -> None:
    assert minutes_left(NOON, NOON + timedelta(seconds=seconds)) == minutes


def test_nobody_looks_for_longer_than_half_an_hour() -> None:
    assert timedelta(minutes=30) == viewing.LONGEST
