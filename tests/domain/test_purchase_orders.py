"""Purchase orders: how long and how far they reach, what happens at the limit, and when they warn."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import (
    Coverage,
    LimitRule,
    PurchaseOrder,
    Shortfall,
    Warned,
    coverage,
    shortfall,
    used_percent,
    warnings,
)

FIRST, LAST = date(2026, 6, 11), date(2026, 12, 31)
DAY = timedelta(days=1)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


ORDER = PurchaseOrder("4500-1", FIRST, LAST, euros(1000))
BOUNDLESS = PurchaseOrder("4500-2", FIRST, None, None)


@pytest.mark.parametrize(
    ("order", "used", "bill", "day", "expected"),
    [
        pytest.param(ORDER, 0, 1, FIRST - DAY, Shortfall.NOT_YET_VALID, id="the-day-before-its-first"),
        pytest.param(ORDER, 0, 1, FIRST, None, id="its-first-day"),
        pytest.param(ORDER, 0, 1, LAST, None, id="its-last-day"),
        pytest.param(ORDER, 0, 1, LAST + DAY, Shortfall.PAST_ITS_DAY, id="the-day-after-its-last"),
        pytest.param(ORDER, 400, 600, FIRST, None, id="to-the-last-cent"),
        pytest.param(ORDER, 400, 601, FIRST, Shortfall.AMOUNT_EXCEEDED, id="a-cent-beyond"),
        pytest.param(ORDER, 1000, 1, FIRST, Shortfall.AMOUNT_EXCEEDED, id="a-cent-when-all-is-used"),
        pytest.param(ORDER, 1001, 0, FIRST, None, id="a-bill-of-nothing-exceeds-nothing"),
        pytest.param(ORDER, 1001, -5, FIRST, None, id="neither-does-a-credit"),
        pytest.param(BOUNDLESS, 10**9, 10**9, date(2099, 1, 1), None, id="neither-day-nor-limit"),
    ],
)
def test_what_a_purchase_order_covers(
    order: PurchaseOrder, used: int, bill: int, day: date, expected: Shortfall | None
) -> None:
    assert shortfall(order, euros(used), euros(bill), day) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (LimitRule.HOLD, Coverage(Shortfall.AMOUNT_EXCEEDED, held=True, with_number=False)),
        (LimitRule.WARN, Coverage(Shortfall.AMOUNT_EXCEEDED, held=False, with_number=True)),
        (LimitRule.BILL_WITHOUT, Coverage(Shortfall.AMOUNT_EXCEEDED, held=False, with_number=False)),
    ],
)
def test_beyond_the_limit_the_accounts_rule_decides(rule: LimitRule, expected: Coverage) -> None:
    assert coverage(ORDER, euros(400), euros(601), FIRST, rule) == expected
    assert coverage(ORDER, euros(400), euros(600), FIRST, rule) == Coverage(
        None, held=False, with_number=True
    )


@pytest.mark.parametrize(
    ("days_left", "expected"),
    [
        (31, []),
        (30, [Warned.ENDS_IN_30_DAYS]),
        (8, [Warned.ENDS_IN_30_DAYS]),
        (7, [Warned.ENDS_IN_7_DAYS]),
        (0, [Warned.ENDS_IN_7_DAYS]),
        (-1, [Warned.PAST_ITS_DAY]),
    ],
)
def test_it_warns_a_month_and_a_week_before_its_last_day(days_left: int, expected: list[Warned]) -> None:
    assert warnings(ORDER, euros(0), LAST - timedelta(days=days_left)) == expected


@pytest.mark.parametrize(
    ("used", "percent", "expected"),
    [
        (-5, 0, []),
        (799, 79, []),
        (800, 80, [Warned.USED_80]),
        (999, 99, [Warned.USED_80]),
        (1000, 100, [Warned.USED_100]),
        (1500, 150, [Warned.USED_100]),
    ],
)
def test_it_warns_at_four_fifths_and_at_all_of_its_amount(
    used: int, percent: int, expected: list[Warned]
) -> None:
    assert used_percent(ORDER, euros(used)) == percent
    assert warnings(ORDER, euros(used), FIRST) == expected


def test_its_end_and_its_amount_are_warned_of_together() -> None:
    assert warnings(ORDER, euros(1000), LAST) == [Warned.ENDS_IN_7_DAYS, Warned.USED_100]


def test_without_an_end_and_a_limit_it_never_warns() -> None:
    assert used_percent(BOUNDLESS, euros(10**9)) is None
    assert warnings(BOUNDLESS, euros(10**9), date(2099, 1, 1)) == []


def test_it_may_last_one_day_and_reach_for_a_cent_but_not_less() -> None:
    assert PurchaseOrder("1", FIRST, FIRST, euros(1)).valid_to == FIRST
    with pytest.raises(ValueError, match="end before it starts"):
        PurchaseOrder("1", FIRST, FIRST - DAY, None)
    with pytest.raises(ValueError, match="more than nothing"):
        PurchaseOrder("1", FIRST, None, euros(0))
