"""How long others are waited for, and when somebody is left alone for a while."""

from __future__ import annotations

from portal.shared.domain import patience
from portal.shared.domain.patience import Breaker


def failing(times: int, at: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker.note(at, failed=True)
    return breaker


def test_what_is_begun_ends_before_a_person_has_waited_too_long() -> None:
    assert patience.LONGEST_ANSWER == 8
    assert patience.NOT_NEEDED < patience.DEPENDENCY < patience.REQUEST < patience.LONGEST_ANSWER


def test_two_failures_are_bad_luck_and_three_are_a_pattern() -> None:
    assert failing(2).lets_through(1)
    assert not failing(2).is_open(1)
    assert not failing(3).lets_through(1)
    assert failing(3).is_open(1)


def test_after_half_a_minute_one_call_goes_through_and_the_others_wait_for_its_outcome() -> None:
    breaker = failing(3, at=100)
    assert not breaker.lets_through(129.9)
    assert breaker.is_open(129.9)
    assert not breaker.is_open(130)
    assert breaker.lets_through(130)
    assert not breaker.lets_through(130)
    assert not breaker.lets_through(159.9)
    assert breaker.lets_through(160)


def test_a_success_forgets_what_failed_before() -> None:
    breaker = failing(3)
    breaker.note(31, failed=False)
    assert breaker.lets_through(31)
    assert not breaker.is_open(31)
    breaker.note(32, failed=True)
    assert breaker.lets_through(33)


def test_a_failure_after_the_rest_begins_another_rest() -> None:
    breaker = failing(3)
    assert breaker.lets_through(30)
    breaker.note(36, failed=True)
    assert not breaker.lets_through(65.9)
    assert breaker.lets_through(66)
