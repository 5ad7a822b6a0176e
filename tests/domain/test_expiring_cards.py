"""When a card expires, and how early its account is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.expiring_cards import last_good_day, notice

LAST = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        pytest.param(date(2026, 6, 1), date(2026, 6, 30), id="thirty-days"),
        pytest.param(date(2026, 7, 31), date(2026, 7, 31), id="thirty-one"),
        pytest.param(date(2027, 2, 1), date(2027, 2, 28), id="february"),
        pytest.param(date(2028, 2, 29), date(2028, 2, 29), id="leap-year"),
        pytest.param(date(2026, 12, 15), date(2026, 12, 31), id="new-years-eve"),
    ],
)
def test_a_card_works_to_the_end_of_the_month_that_is_printed_on_it(expiry: date, expected: date) -> None:
    assert last_good_day(expiry) == expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [(31, None), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7), (-1, None)],
)
def test_an_account_is_told_a_month_and_a_week_before(left: int, expected: int | None) -> None:
    assert notice(LAST, LAST - timedelta(days=left)) == expected
