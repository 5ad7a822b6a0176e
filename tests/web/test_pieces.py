"""Pieces of pages: remembered by what they show, and told nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask_babel import force_locale

from portal.shared.web import at_hand
from portal.shared.web.entrance import identity
from portal.shared.web.headers import csp_nonce
from portal.shared.web.pieces import NotGivenError, remembered
from portal.shared.web.transactions import reading
from tests.web.conftest import Shell

made: list[object] = []


@remembered
def greeting(name: str) -> str:
    made.append(name)
    return f"<p>{name}</p>"


@remembered
def asks_too_much(kind: str) -> str:
    return str(CURIOUS[kind]())


CURIOUS: dict[str, Callable[[], object]] = {
    "the person": identity.current_person,
    "the account": at_hand.at_hand,
    "the database": reading,
    "the secret word": csp_nonce,
}


def test_a_piece_is_put_together_once_for_equal_values(shell: Shell) -> None:
    made.clear()
    with shell.app.test_request_context("/"):
        assert greeting("Ada") == greeting("Ada") != greeting("Eve")
    assert made == ["Ada", "Eve"]


def test_a_piece_is_another_one_in_another_language(shell: Shell) -> None:
    made.clear()
    with shell.app.test_request_context("/"):
        for language in ("en", "pt_BR", "en"):
            with force_locale(language):
                greeting("Ada")
    assert made == ["Ada", "Ada"]


def test_what_looks_alike_and_is_of_another_kind_is_another_piece(shell: Shell) -> None:
    made.clear()
    with shell.app.test_request_context("/"):
        greeting(1)  # type: ignore[arg-type]
        greeting(True)  # type: ignore[arg-type]
    assert made == [1, True]


@pytest.mark.parametrize("what", CURIOUS)
def test_a_piece_that_asks_for_what_it_was_not_given_is_found_the_first_time(shell: Shell, what: str) -> None:
    with shell.app.test_request_context("/"), pytest.raises(NotGivenError):
        asks_too_much(what)


def test_no_two_browsers_find_each_others_token_in_a_remembered_header(shell: Shell) -> None:
    first, second = (shell.app.test_client().get("/sign-in").text for _ in range(2))
    tokens = [set(_tokens(page)) for page in (first, second)]
    assert all(len(found) == 1 for found in tokens)
    assert tokens[0].isdisjoint(tokens[1])


def _tokens(page: str) -> list[str]:
    return [part.partition('"')[0] for part in page.split('name="csrf_token" value="')[1:]]
