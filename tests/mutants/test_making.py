"""The mutants themselves: what is changed, what never is, and that they are the same ones every time."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from tests.mutants.hunt import ROOT, Hunt, short
from tests.mutants.making import mutants_of
from tests.mutants.notes import KILLED, SURVIVED, Notes, Verdict, keyed

RULES = ROOT / "portal" / "shared" / "domain" / "approvals.py"


def made(source: str) -> list[str]:
    """The module as each of its mutants says it."""
    found = []
    for number, _ in enumerate(mutants_of(ast.parse(source))):
        tree = ast.parse(source)
        list(mutants_of(tree))[number].make()
        found.append(ast.unparse(ast.fix_missing_locations(tree)))
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        pytest.param("a < b", ["a <= b"], id="a-bound"),
        pytest.param("a and b", ["a or b"], id="a-condition"),
        pytest.param("not a", ["a"], id="a-negation"),
        pytest.param("a - 1", ["a + 1", "a - 2"], id="a-sum"),
        pytest.param("max(0, a)", ["min(0, a)", "max(0, None)", "max(1, a)"], id="a-limit"),
        pytest.param("a if b else c", ["a", "c"], id="a-choice"),
        pytest.param("{1}", ["set()", "{2}"], id="a-member"),
        pytest.param("[x for x in a if b]", ["[x for x in a]"], id="a-filter"),
        pytest.param("f(a, key=b)", ["f(None, key=b)", "f(a)"], id="an-argument"),
        pytest.param("f'{a} days'", ["f'XX{a} days'"], id="a-sentence"),
    ],
)
def test_every_part_of_an_expression_is_changed_once(expression: str, expected: list[str]) -> None:
    source = f"def rule(a, b, c):\n    return {expression}"
    changed = [f"def rule(a, b, c):\n    return {one}" for one in ("None", *expected)]
    assert sorted(made(source)) == sorted(changed)


def test_tables_and_figures_of_a_module_are_changed_too() -> None:
    assert made("DAYS = (3, 6)") == ["DAYS = (6,)", "DAYS = (3,)", "DAYS = (4, 6)", "DAYS = (3, 7)"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(
            'def rule(a: "int") -> "int":\n    """What it does."""\n    return a.b', id="words-for-readers"
        ),
        pytest.param("class Kind(StrEnum):\n    ONE = 'one'", id="the-body-of-a-class"),
        pytest.param("Price = NewType('Price', int)", id="types"),
    ],
)
def test_what_only_readers_and_type_checkers_see_is_left_alone(source: str) -> None:
    assert [one for one in made(source) if "None" not in one] == []


def test_the_sentence_of_an_error_is_not_changed_but_that_it_is_raised_is() -> None:
    assert made("def rule():\n    raise ValueError('no seats')") == ["def rule():\n    pass"]


def test_a_mutant_is_known_by_its_own_function_whatever_stands_around_it() -> None:
    rule = "def rule(a):\n    return a + 1"
    before = {key for key, _ in keyed(ast.parse(rule), "m")}
    after = {key for key, _ in keyed(ast.parse(f"LIMIT = 3\n\n\n{rule}"), "m")}
    other = {key for key, _ in keyed(ast.parse("def rule(a):\n    return a - 1"), "m")}
    assert before < after
    assert not before & other


def test_survivors_are_tried_after_the_others_or_alone_or_not_at_all(tmp_path: Path) -> None:
    notes = Notes(tmp_path / "mutants.jsonl")
    hunt = Hunt([RULES], [RULES], 1, 1, 1.0, notes, lambda _: None)
    hunt.sources = {RULES: RULES.read_text()}
    every = [one.key for one in hunt._wanted()]
    killed, survivor, *fresh = every
    for key, verdict in ((killed, KILLED), (survivor, SURVIVED)):
        notes.add(Verdict(key, short(RULES), "rule", 1, "said", verdict, 1))
    assert [one.key for one in hunt._wanted()] == [*fresh, survivor]
    assert [one.key for one in replace(hunt, untried=True)._wanted()] == fresh
    assert [one.key for one in replace(hunt, survivors=True)._wanted()] == [survivor]
