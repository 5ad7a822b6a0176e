"""The oracle stands on its own feet, and on figures that anybody can check."""

from __future__ import annotations

import ast
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.domain import oracle


def test_the_oracle_knows_nothing_of_the_rules_it_judges() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text("utf-8"))
    known = {"__future__", "collections.abc", "dataclasses", "datetime", "fractions", "math"}
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= known
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


@pytest.mark.parametrize(
    ("exact", "expected"),
    [
        (Fraction(1, 2), 1),
        (Fraction(-1, 2), -1),
        (Fraction(49, 100), 0),
        (Fraction(-7, 3), -2),
        (Fraction(4), 4),
    ],
)
def test_nearest(exact: Fraction, expected: int) -> None:
    assert oracle.nearest(exact) == expected


def test_days_left_counts_the_day_of_the_change() -> None:
    assert oracle.days_left(date(2026, 6, 1), date(2026, 7, 1), date(2026, 6, 11)) == 20


def test_months_after() -> None:
    assert oracle.months_after(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert oracle.months_after(date(2027, 1, 31), 13) == date(2028, 2, 29)


def test_a_book_of_one_change_by_hand() -> None:
    book = oracle.Book()
    june = oracle.Bought(1, 3000, 1)
    assert book.change(date(2026, 6, 1), [june], Fraction(0)).due == 3000
    done = book.change(date(2026, 6, 11), [oracle.Bought(1, 5000, 1)], Fraction(0))
    assert (done.given_back, done.due, done.balance) == ({0: (2000, 0)}, 3000, 0)
    again = book.change(date(2026, 6, 21), [oracle.Bought(1, 500, 1)], Fraction(0))
    # 20 of the 30 days from 11 June on come back; the ten days of the first line were used and stay paid.
    assert (again.given_back, again.due, again.balance) == ({1: (3333, 0)}, 0, 2833)
