"""Grace and further tries: one table, every day of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.dunning import GRACE_DAYS, AfterFailure, after_failure, first_try, grace_ends

DUE = date(2026, 4, 1)


@pytest.mark.parametrize(
    ("failed_after", "again_after"),
    [
        (0, 3),
        (1, 3),
        (2, 3),
        (3, 6),
        (4, 6),
        (5, 6),
        (6, 9),
        (7, 9),
        (8, 9),
        (9, None),
        (10, None),
        (400, None),
    ],
)
def test_every_day_of_the_table(failed_after: int, again_after: int | None) -> None:
    step = after_failure(DUE, DUE + timedelta(days=failed_after))
    expected = None if again_after is None else DUE + timedelta(days=again_after)
    assert step.on == expected
    assert step.after is (AfterFailure.EXPIRE if again_after is None else AfterFailure.TRY_AGAIN)


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_whoever_fails_on_every_day_of_the_table_ends_with_the_grace(due: date) -> None:
    tried = [first_try(due)]
    while (following := after_failure(due, tried[-1])).on is not None:
        tried.append(following.on)
    assert [(day - due).days for day in tried] == [0, 3, 6, 9]
    assert tried[-1] == grace_ends(due) == due + timedelta(days=GRACE_DAYS)
