"""Above whose limit an order waits, who may let it through, and until when: laws, and the cases at the edges."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.shared.domain.approvals import (
    APPROVAL_DAYS,
    ApprovalState,
    Hindrance,
    good_until,
    hindrance,
    may_set_limit,
    needs_approval,
    state_on,
)
from portal.shared.domain.money import Money
from portal.shared.domain.people.roles import manageable, refusal
from portal.shared.domain.routing.visitor import Role

amounts = some.integers(-(10**9), 10**9).map(lambda minor: Money(minor, "EUR"))
limits = some.integers(0, 10**9).map(lambda minor: Money(minor, "EUR"))
roles = some.frozensets(some.sampled_from(Role))
states = some.sampled_from(ApprovalState)
days = some.dates(date(2026, 1, 1), date(2030, 1, 1))


@given(amounts)
def test_without_a_limit_nothing_waits(total: Money) -> None:
    assert not needs_approval(None, total)


@given(amounts)
def test_at_zero_everything_waits_even_what_gives_money_back(total: Money) -> None:
    assert needs_approval(Money(0, "EUR"), total)


@pytest.mark.parametrize(
    ("total", "waits"),
    [
        pytest.param(99_99, False, id="a cent below"),
        pytest.param(100_00, False, id="exactly the limit"),
        pytest.param(100_01, True, id="a cent above"),
        pytest.param(-500_00, False, id="a credit"),
    ],
)
def test_what_is_above_the_limit_waits(total: int, waits: bool) -> None:
    assert needs_approval(Money(100_00, "EUR"), Money(total, "EUR")) is waits


@given(limits, amounts, some.integers(1, 10**6))
def test_a_dearer_order_never_needs_less(limit: Money, total: Money, more: int) -> None:
    if needs_approval(limit, total):
        assert needs_approval(limit, total + Money(more, "EUR"))


@given(states, roles, some.integers(1, 9))
def test_nobody_answers_their_own_whatever_they_are(
    state: ApprovalState, own: frozenset[Role], who: int
) -> None:
    assert hindrance(state, own, asked_by=who, answered_by=who) is Hindrance.OWN


@given(states, roles)
def test_only_an_approver_answers_and_only_what_waits(state: ApprovalState, own: frozenset[Role]) -> None:
    may = hindrance(state, own, asked_by=1, answered_by=2) is None
    assert may == (Role.APPROVER in own and state is ApprovalState.WAITING)


@given(days, some.none() | days)
def test_a_request_never_outlives_its_quote(today: date, quote_until: date | None) -> None:
    last = good_until(today, quote_until)
    assert last <= today + timedelta(days=APPROVAL_DAYS)
    assert quote_until is None or last <= quote_until


def test_a_request_can_be_approved_for_three_days_unless_its_quote_ends_before() -> None:
    today = date(2026, 6, 11)
    assert good_until(today) == good_until(today, date(2026, 7, 1)) == date(2026, 6, 14)
    assert good_until(today, date(2026, 6, 12)) == date(2026, 6, 12)


@given(states, days, some.integers(-5, 5))
def test_only_what_waits_expires_and_only_after_its_last_day(
    state: ApprovalState, last: date, later: int
) -> None:
    seen = state_on(state, last, last + timedelta(days=later))
    if state is ApprovalState.WAITING and later > 0:
        assert seen is ApprovalState.EXPIRED
    else:
        assert seen is state


@given(roles, some.none() | limits, some.booleans())
def test_limits_are_set_by_contacts_without_one_and_never_ones_own(
    own: frozenset[Role], limit: Money | None, themselves: bool
) -> None:
    may = may_set_limit(own, limit, themselves=themselves)
    assert may == (Role.BILLING_CONTACT in own and limit is None and not themselves)


@given(roles, roles, roles)
def test_whoever_has_a_limit_makes_nobody_contact_or_approver(
    own: frozenset[Role], before: frozenset[Role], after: frozenset[Role]
) -> None:
    assert manageable(own, limited=True) <= manageable(own)
    if (before ^ after) & {Role.BILLING_CONTACT, Role.APPROVER}:
        assert refusal(own, before, after, themselves=False, other_contacts=1, limited=True) is not None
