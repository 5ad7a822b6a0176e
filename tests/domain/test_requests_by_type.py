"""What accounts of each type ask for, and what they do themselves: a row for every kind of request."""

from __future__ import annotations

import pytest

from portal.shared.domain.requests import (
    IllegalRequestMoveError,
    RequestEvent,
    RequestKind,
    RequestState,
    may_be_asked,
)

# Kind, then what online and corporate accounts do about it: they ask for it, or do it themselves.
GRID = """
    lower-plan       asks    -
    billing-contact  asks    asks
    dispute          asks    asks
    frequency        -       asks
    other-product    -       asks
    country          -       asks
    cancellation     -       asks
    account-type     asks    asks
    other            asks    asks
"""
ROWS = [line.split() for line in GRID.strip().splitlines()]


@pytest.mark.parametrize(("kind", "online", "corporate"), ROWS, ids=[row[0] for row in ROWS])
def test_an_account_asks_for_what_it_cannot_do_itself(kind: str, online: str, corporate: str) -> None:
    assert may_be_asked(RequestKind(kind), "online") is (online == "asks")
    assert may_be_asked(RequestKind(kind), "corporate") is (corporate == "asks")


def test_every_kind_of_request_stands_in_the_table() -> None:
    assert {row[0] for row in ROWS} == set(RequestKind)


def test_a_move_that_cannot_be_says_which_and_from_where() -> None:
    error = IllegalRequestMoveError(RequestState.DONE, RequestEvent.TAKE)
    assert str(error) == "take is no move of a request that is done"
    assert error.state is RequestState.DONE
