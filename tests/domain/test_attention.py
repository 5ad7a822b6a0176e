"""What is looked at first: what somebody waits for, before what only comes nearer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.attention import RENEWAL_DAYS, Signal, Waiting, rank, urgency

SIGNALS = st.builds(
    Signal, st.sampled_from(Waiting), days=st.integers(-400, 400), percent=st.none() | st.integers(0, 200)
)

ORDERS = {
    "an expired account before an approval": (Signal(Waiting.EXPIRED), Signal(Waiting.APPROVAL, days=-9)),
    "an approval before a request": (Signal(Waiting.APPROVAL), Signal(Waiting.REQUEST, days=-90)),
    "a request before money that is late": (Signal(Waiting.REQUEST), Signal(Waiting.OVERDUE, days=-90)),
    "an older request first": (Signal(Waiting.REQUEST, days=-5), Signal(Waiting.REQUEST, days=-1)),
    "a later invoice first": (Signal(Waiting.OVERDUE, days=-20), Signal(Waiting.OVERDUE, days=-3)),
    "late money before a quote on its last day": (Signal(Waiting.OVERDUE, days=-1), Signal(Waiting.QUOTE)),
    "a quote on its last day before a fresh one": (Signal(Waiting.QUOTE), Signal(Waiting.QUOTE, days=6)),
    "a renewal tomorrow before a fresh quote": (
        Signal(Waiting.RENEWAL, days=1),
        Signal(Waiting.QUOTE, days=14),
    ),
    "a nearer renewal first": (Signal(Waiting.RENEWAL, days=3), Signal(Waiting.RENEWAL, days=40)),
    "a purchase order that is used up before one that ends in a month": (
        Signal(Waiting.PURCHASE_ORDER, days=300, percent=100),
        Signal(Waiting.PURCHASE_ORDER, days=30),
    ),
}


@pytest.mark.parametrize("case", ORDERS)
def test_first_things_first(case: str) -> None:
    first, second = ORDERS[case]
    assert urgency(first) > urgency(second)
    assert rank([first]) > rank([second, second, second])


@given(SIGNALS)
def test_everything_that_waits_has_a_place_between_1_and_100(signal: Signal) -> None:
    assert 1 <= urgency(signal) <= 100


@given(SIGNALS, st.integers(1, RENEWAL_DAYS))
def test_what_comes_nearer_never_becomes_less_urgent(signal: Signal, passed: int) -> None:
    later = Signal(signal.kind, days=signal.days - passed, percent=signal.percent)
    assert urgency(later) >= urgency(signal)


@given(SIGNALS, st.lists(SIGNALS, max_size=7))
def test_the_most_urgent_thing_decides_and_more_things_only_raise(
    first: Signal, others: list[Signal]
) -> None:
    assert rank([first, *others]) >= rank([first])
    assert rank([first, *others]) // 1000 == max(map(urgency, [first, *others]))
    assert rank([]) == 0
