"""Everything that is written into the activity of an account has words for whoever reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from portal.shared.domain.quotes import QuoteEvent
from portal.shared.domain.requests import RequestEvent
from portal.shared.services.requests.moving import _ACTIONS
from portal.shared.web.words.activity import ACTIONS
from tests.support.source_files import ROOT


def written_actions() -> Iterator[str]:
    """The actions that stand in the sources as they are."""
    for file in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "activity.record":
                action = node.args[3]
                if isinstance(action, ast.Constant):
                    yield str(action.value)


@pytest.mark.parametrize("action", sorted(set(written_actions())))
def test_an_action_has_words(action: str) -> None:
    assert action in ACTIONS


@pytest.mark.parametrize("event", QuoteEvent)
def test_every_move_of_a_quote_has_words(event: QuoteEvent) -> None:
    assert f"quote-{event}" in ACTIONS


@pytest.mark.parametrize("event", RequestEvent)
def test_every_move_of_a_request_has_words(event: RequestEvent) -> None:
    assert _ACTIONS[event] in ACTIONS
