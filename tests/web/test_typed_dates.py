"""Dates as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from portal.shared.web.typed.dates import DateProblem, date_from_text
from tests.web.conftest import Shell


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("2026-11-23", date(2026, 11, 23), id="a day"),
        pytest.param(" 2028-02-29\n", date(2028, 2, 29), id="a leap day with spaces around it"),
        pytest.param("2000-01-01", date(2000, 1, 1), id="the first day that counts"),
        pytest.param("2100-12-31", date(2100, 12, 31), id="the last day that counts"),
        pytest.param("", DateProblem.EMPTY, id="nothing"),
        pytest.param("   ", DateProblem.EMPTY, id="spaces"),
        pytest.param("23/11/2026", DateProblem.WRONG_FORM, id="day first"),
        pytest.param("20261123", DateProblem.WRONG_FORM, id="no hyphens"),
        pytest.param("2026-W48-1", DateProblem.WRONG_FORM, id="a week"),
        pytest.param("2026-11-23T00:00", DateProblem.WRONG_FORM, id="with a time"),
        pytest.param("٢٠٢٦-١١-٢٣", DateProblem.WRONG_FORM, id="Arabic digits"),
        pytest.param("２０２６-11-23", DateProblem.WRONG_FORM, id="full-width digits"),
        pytest.param("9" * 5000 + "-01-01", DateProblem.WRONG_FORM, id="a year of 5000 digits"),
        pytest.param("<b>2026-11-23</b>", DateProblem.WRONG_FORM, id="HTML"),
        pytest.param("2026-02-29", DateProblem.NO_SUCH_DAY, id="no leap year"),
        pytest.param("2026-13-01", DateProblem.NO_SUCH_DAY, id="a thirteenth month"),
        pytest.param("0000-01-01", DateProblem.NO_SUCH_DAY, id="year zero"),
        pytest.param("1999-12-31", DateProblem.OUT_OF_RANGE, id="too early"),
        pytest.param("2101-01-01", DateProblem.OUT_OF_RANGE, id="too late"),
    ],
)
def test_a_date_is_a_real_day_in_plain_digits_or_a_problem(text: str, answer: date | DateProblem) -> None:
    assert date_from_text(text) == answer


@pytest.mark.parametrize("problem", DateProblem)
def test_every_problem_has_a_sentence(shell: Shell, problem: DateProblem) -> None:
    with shell.app.test_request_context():
        assert problem.sentence.endswith(".")
