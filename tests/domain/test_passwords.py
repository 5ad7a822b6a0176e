"""Which passwords are taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.sign_in.passwords import LONGEST, SHORTEST, PasswordProblem, is_common, problem_of

ABOUT = ("Marina Duarte", "marina@padaria-aurora.example")


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", PasswordProblem.TOO_SHORT),
        ("k8#Wq!p2Zr9", PasswordProblem.TOO_SHORT),
        ("x y" * 43, PasswordProblem.TOO_LONG),
        ("passwordpassword", PasswordProblem.COMMON),
        ("Password123456", PasswordProblem.COMMON),
        ("P@ssw0rdP@ssw0rd", PasswordProblem.COMMON),
        ("!!iloveyou2026!!", PasswordProblem.COMMON),
        ("Senha123456789", PasswordProblem.COMMON),
        ("qwertyuiopas", PasswordProblem.COMMON),
        ("123456789012", PasswordProblem.COMMON),
        ("210987654321", PasswordProblem.COMMON),
        ("aaaaaaaaaaaa", PasswordProblem.COMMON),
        ("abc1abc1abc1", PasswordProblem.COMMON),
        ("Marina-Duarte-2026", PasswordProblem.ABOUT_YOU),
        ("padaria.aurora!1", PasswordProblem.ABOUT_YOU),
        ("correct horse battery staple", None),
        ("two-doors-demo", None),
        ("marina rows across the bay", None),
        ("шёл снег и было тихо", None),
        ("🦜🦜🦜 e um barco azul", None),
    ],
)
def test_a_password_is_judged_by_length_surprise_and_distance_from_its_person(
    password: str, problem: PasswordProblem | None
) -> None:
    assert problem_of(password, ABOUT) is problem


@given(st.text(max_size=200))
def test_whatever_is_typed_gets_a_judgement_and_length_alone_decides_at_its_ends(password: str) -> None:
    problem = problem_of(password, ABOUT)
    assert (problem is PasswordProblem.TOO_SHORT) == (len(password) < SHORTEST)
    assert (problem is PasswordProblem.TOO_LONG) == (len(password) > LONGEST)


@given(
    st.text("0123456789", min_size=3, max_size=3),
    st.sampled_from(["password", "qwerty", "senha", "flamengo"]),
)
def test_figures_around_a_common_word_make_it_no_better(figures: str, word: str) -> None:
    assert is_common(f"{figures}{word}{figures}")


@given(st.text("bcdfghjkmnpqrtvwxz", min_size=12, max_size=40).filter(lambda text: len(set(text)) > 6))
def test_letters_by_chance_are_taken_unless_they_repeat_themselves(password: str) -> None:
    assert problem_of(password) in (None, PasswordProblem.COMMON)
