"""Percentages as people type them, in both languages; what could mean two things is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.typed.percentages import PercentProblem, percent_as_typed, percent_from_text


@pytest.mark.parametrize(
    ("text", "language", "millionths"),
    [
        pytest.param("12,5", "pt_BR", 125_000, id="a comma in Portuguese"),
        pytest.param("12.5", "en", 125_000, id="a point in English"),
        pytest.param(" 12,50 % ", "pt_BR", 125_000, id="with its sign and spaces"),
        pytest.param("7\N{NO-BREAK SPACE}%", "en", 70_000, id="with a space that does not break"),
        pytest.param("0", "en", 0, id="nothing off"),
        pytest.param("100", "en", 1_000_000, id="everything off"),
        pytest.param("0.01", "en", 100, id="a hundredth"),
        pytest.param("007", "en", 70_000, id="zeros before it"),
    ],
)
def test_a_share_is_read_as_it_is_written_here(text: str, language: str, millionths: int) -> None:
    assert percent_from_text(text, language) == millionths


@pytest.mark.parametrize(
    ("text", "language", "problem"),
    [
        pytest.param("", "en", PercentProblem.EMPTY, id="nothing"),
        pytest.param(" % ", "en", PercentProblem.EMPTY, id="a sign alone"),
        pytest.param("101", "en", PercentProblem.TOO_LARGE, id="101 percent"),
        pytest.param("100.01", "en", PercentProblem.TOO_LARGE, id="a hundredth too much"),
        pytest.param("9" * 9, "en", PercentProblem.TOO_LARGE, id="very much"),
        pytest.param("9" * 5000, "en", PercentProblem.NO_PERCENTAGE, id="without end"),
        pytest.param("-5", "en", PercentProblem.NEGATIVE, id="a minus"),
        pytest.param("\N{MINUS SIGN}5", "en", PercentProblem.NEGATIVE, id="a real minus"),
        pytest.param("12.5", "pt_BR", PercentProblem.OTHER_DECIMAL_SIGN, id="a point in Portuguese"),
        pytest.param("12,5", "en", PercentProblem.OTHER_DECIMAL_SIGN, id="a comma in English"),
        pytest.param("12.345", "en", PercentProblem.TOO_MANY_DECIMALS, id="three decimals"),
        pytest.param("\u0661\u0662", "en", PercentProblem.OTHER_DIGITS, id="Arabic digits"),
        pytest.param("\uff11\uff12", "en", PercentProblem.OTHER_DIGITS, id="wide digits"),
        pytest.param("\u00bd", "en", PercentProblem.OTHER_DIGITS, id="a half"),
        pytest.param("twelve", "en", PercentProblem.NO_PERCENTAGE, id="a word"),
        pytest.param("1 2", "en", PercentProblem.NO_PERCENTAGE, id="a gap"),
        pytest.param("1e1", "en", PercentProblem.NO_PERCENTAGE, id="an exponent"),
        pytest.param("5%%", "en", PercentProblem.NO_PERCENTAGE, id="two signs"),
        pytest.param("12.", "en", PercentProblem.NO_PERCENTAGE, id="a sign without decimals"),
    ],
)
def test_what_is_no_share_is_refused(text: str, language: str, problem: PercentProblem) -> None:
    assert percent_from_text(text, language) is problem


@given(st.integers(0, 10_000), st.sampled_from(sorted(LANGUAGES)))
def test_what_was_kept_can_be_typed_again(hundredths: int, language: str) -> None:
    assert percent_from_text(percent_as_typed(hundredths * 100, language), language) == hundredths * 100


@given(st.text(max_size=30), st.sampled_from(sorted(LANGUAGES)))
def test_anything_is_a_share_of_a_whole_or_a_problem(text: str, language: str) -> None:
    found = percent_from_text(text, language)
    assert isinstance(found, PercentProblem) or 0 <= found <= 1_000_000
