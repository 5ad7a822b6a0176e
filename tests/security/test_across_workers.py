"""Failures to sign in are counted in the database: it makes no difference which process answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.shared.records.database import Database
from tests.web.conftest import Shell


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_failures_count_whichever_worker_answers(
    build: Callable[..., Shell], sqlite_database: Database, known: bool
) -> None:
    workers = [build(database=sqlite_database) for _ in range(3)]
    email = workers[0].person() if known else "nobody@example.org"
    answers = []
    for number in range(6):
        shell = workers[number % 3]
        answers.append(shell.sign_in(shell.browser(), email, "wrong").status_code)
    assert answers == [422] * 5 + [429]
