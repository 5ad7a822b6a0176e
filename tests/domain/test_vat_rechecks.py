"""Pauses between questions to a registry that is silent: they grow, and end at a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.vat_rechecks import FIRST_PAUSE, LONGEST_PAUSE, pause_after


@given(st.integers(1, 10_000))
def test_pauses_never_shrink_and_never_outgrow_a_day(tries: int) -> None:
    assert FIRST_PAUSE <= pause_after(tries) <= pause_after(tries + 1) <= LONGEST_PAUSE


def test_they_double_from_five_minutes() -> None:
    assert [pause_after(tries) / timedelta(minutes=1) for tries in range(1, 11)] == [
        5, 10, 20, 40, 80, 160, 320, 640, 1280, 1440,
    ]  # fmt: skip


def test_there_is_no_pause_before_the_first_try() -> None:
    with pytest.raises(ValueError, match="after a try"):
        pause_after(0)
