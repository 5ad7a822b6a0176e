"""How urgent each kind of thing is, day by day: a row where it begins, where it grows, and where it ends."""

from __future__ import annotations

import pytest

from portal.shared.domain.attention import Signal, Waiting, rank, urgency

# What waits; then days to the day it is about, and how urgent it is: never more before the first pair, nor less after
# the last one.
SCALES = """
    expired         0:100
    approval        -5:95  -4:94  -3:93  -2:92  -1:91  0:90
    request         -9:89  -8:88  -5:85  -1:81  0:80
    overdue         -30:79 -29:79 -20:76 -10:73 -2:71  -1:70
    quote           0:69   1:67   2:65   7:55   13:43  14:40
    purchase_order  0:60   1:59   10:50  15:45  29:31  30:30
    renewal         0:59   1:59   2:58   30:40  59:21  60:20
    ending          0:59   1:59   2:58   30:40  59:21  60:20
    exemption       0:58   1:57   10:46  15:39  29:22  30:20
"""
ROWS = {
    Waiting(kind): [tuple(map(int, pair.split(":"))) for pair in pairs]
    for kind, *pairs in (line.split() for line in SCALES.strip().splitlines())
}


@pytest.mark.parametrize("kind", Waiting)
def test_a_thing_is_as_urgent_as_the_table_says(kind: Waiting) -> None:
    scale = [(days, urgency(Signal(kind, days=days))) for days, _ in ROWS[kind]]
    assert scale == ROWS[kind]


@pytest.mark.parametrize("kind", Waiting)
def test_beyond_both_ends_nothing_grows_any_more(kind: Waiting) -> None:
    (first, most), (last, least) = ROWS[kind][0], ROWS[kind][-1]
    assert urgency(Signal(kind, days=first - 1)) == urgency(Signal(kind, days=first - 500)) == most
    assert urgency(Signal(kind, days=last + 1)) == urgency(Signal(kind, days=last + 500)) == least


@pytest.mark.parametrize(("percent", "urgent"), [(None, 30), (0, 30), (99, 30), (100, 60), (130, 60)])
def test_a_purchase_order_that_is_used_up_is_as_urgent_as_one_that_ends_today(
    percent: int | None, urgent: int
) -> None:
    assert urgency(Signal(Waiting.PURCHASE_ORDER, days=200, percent=percent)) == urgent


def test_only_a_purchase_order_can_be_used_up() -> None:
    assert urgency(Signal(Waiting.RENEWAL, days=200, percent=100)) == 20


def test_the_most_urgent_thing_counts_a_thousand_times_and_the_others_together_less_than_one_of_its_steps() -> (
    None
):
    expired, request = Signal(Waiting.EXPIRED), Signal(Waiting.REQUEST)
    assert rank([]) == 0
    assert rank([request]) == 80_000
    assert rank([request, expired]) == rank([expired, request]) == 100_080
    assert rank([expired] * 10) == 100_900
    assert rank([expired] * 30) == 100_999
