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
        ("ababbabaabab", PasswordProblem.COMMON),  # two signs, in whatever order
        ("aabacbcacbba", None),
        ("x7q9x7q9x7q9", PasswordProblem.COMMON),
        ("x7q9kx7q9kx7", None),
        ("pass0word0pass", PasswordProblem.COMMON),
        ("uvwxyzabcdef", PasswordProblem.COMMON),
        ("azertyuiopqs", PasswordProblem.COMMON),
        ("qwertzuiopas", PasswordProblem.COMMON),
        ("mnbvcxzlkjhg", PasswordProblem.COMMON),
        ("789012345678", PasswordProblem.COMMON),
        ("Marina-Duarte-2026", PasswordProblem.ABOUT_YOU),
        ("marina-xk7qz9w", PasswordProblem.ABOUT_YOU),
        ("marina-xk7qz9wp", None),
        ("marina!?!?.;-,", PasswordProblem.ABOUT_YOU),
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


def test_the_longest_of_ones_words_is_looked_for_first() -> None:
    assert problem_of("anabela12345!", ["Bela Anabela"]) is PasswordProblem.ABOUT_YOU


def test_words_of_two_letters_are_in_every_password() -> None:
    assert problem_of("xk7qz9wp-lilo", ["Li Lo"]) is None
    assert problem_of("xk7qz9w-anaana", ["Ana"]) is PasswordProblem.ABOUT_YOU


def test_what_leaked_elsewhere_is_not_taken_however_good_it_looks() -> None:
    good = "correct horse battery staple"
    assert problem_of(good, is_leaked={good}.__contains__) is PasswordProblem.LEAKED
    assert problem_of(good, is_leaked={"another"}.__contains__) is None


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
