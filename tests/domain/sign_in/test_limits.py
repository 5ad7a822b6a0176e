"""How long a sign-in lives, how often a secret may be tried, and when somebody is asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from portal.shared.domain.sign_in import limits
from portal.shared.domain.sign_in.limits import is_idle, is_worth_noting, proof_is_old

NOON = datetime(2026, 6, 11, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(("staff", "hours"), [(False, 6), (True, 2)], ids=["customers", "our-own"])
def test_a_sign_in_ends_when_it_lies_unused_for_so_many_hours(staff: bool, hours: int) -> None:
    enough = timedelta(hours=hours)
    assert not is_idle(NOON, NOON + enough - INSTANT, staff=staff)
    assert is_idle(NOON, NOON + enough, staff=staff)


def test_that_somebody_is_there_is_noted_every_five_minutes() -> None:
    assert not is_worth_noting(NOON, NOON + timedelta(minutes=5) - INSTANT)
    assert is_worth_noting(NOON, NOON + timedelta(minutes=5))


def test_a_proof_lasts_a_quarter_of_an_hour_and_a_clock_set_back_is_none() -> None:
    assert not proof_is_old(NOON, NOON)
    assert not proof_is_old(NOON, NOON + timedelta(minutes=15) - INSTANT)
    assert proof_is_old(NOON, NOON + timedelta(minutes=15))
    assert proof_is_old(NOON, NOON - INSTANT)
    assert proof_is_old(NOON, NOON + timedelta(minutes=5), timedelta(minutes=5))


def test_the_times_and_tries_that_the_product_promises() -> None:
    assert timedelta(hours=12) == limits.LIFETIME
    assert (timedelta(minutes=10), timedelta(minutes=5)) == (limits.WAITING, limits.CHALLENGE)
    assert (timedelta(minutes=30), timedelta(days=7)) == (limits.RESET_LINK, limits.FIRST_LINK)
    assert (5, timedelta(minutes=15)) == (limits.FAILURES_OF_ONE_EMAIL, limits.EMAIL_WINDOW)
    assert (50, timedelta(hours=1)) == (limits.FAILURES_FROM_ONE_ADDRESS, limits.ADDRESS_WINDOW)
