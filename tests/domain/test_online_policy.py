"""What pages tell of the policy is what the rule answers, also after the rule has changed."""

from __future__ import annotations

from typing import Any

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Assigned, Audience, Refusal, refusal
from portal.shared.domain.online_policy import online_policy
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.terms import Terms


def test_of_todays_rule_only_a_lower_plan_is_not_made_online() -> None:
    policy = online_policy()
    assert (policy.higher_plan, policy.more_seats, policy.fewer_seats, policy.other_frequency) == (True,) * 4
    assert not policy.lower_plan
    assert policy.asks_only_when_dearer


def test_a_rule_that_allows_a_lower_plan_is_told_as_it_is() -> None:
    def lenient(*asked: Any) -> Refusal | None:
        said = refusal(*asked)
        return None if said is Refusal.LOWER_PLAN else said

    assert online_policy(lenient).lower_plan


def test_a_rule_that_keeps_the_seats_is_told_as_it_is() -> None:
    def strict(
        subscription: Any, where: Any, wanted: Any, offer: Any, audience: Audience, *rest: Any
    ) -> Refusal | None:
        if wanted.seats < subscription.seats:
            return Refusal.SEATS_TOO_FEW
        return refusal(subscription, where, wanted, offer, audience, *rest)

    policy = online_policy(strict)
    assert not policy.fewer_seats
    assert policy.more_seats


def test_a_rule_that_always_asks_for_payment_details_is_told_as_it_is() -> None:
    def always(before: Terms | None, after: Terms) -> bool:
        return True

    assert not online_policy(price_rises=always).asks_only_when_dearer


def test_the_rule_is_asked_about_a_subscription_that_runs_and_one_thing_changed_at_a_time() -> None:
    asked: list[tuple[int, int, Frequency]] = []

    def listening(
        held: Any, where: Any, wanted: Any, offer: Any, audience: Any, assigned: Any, changes_today: int
    ) -> Refusal | None:
        assert where is Standing.ACTIVE
        assert (audience, changes_today) == (Audience.CONTACT, 0)
        assert assigned == Assigned(frozenset(), frozenset())
        assert (held.terms.plan_id, held.terms.seats, held.terms.frequency) == (2, 5, Frequency.MONTHLY)
        by_rank = [offer.price(plan.id, Frequency.MONTHLY) for plan in offer.plans]
        assert by_rank == sorted(by_rank, key=lambda one: one.minor)
        assert held.terms.unit == by_rank[1]
        asked.append((wanted.plan_id, wanted.seats, wanted.frequency))
        return None

    online_policy(listening)
    assert asked == [
        (3, 5, Frequency.MONTHLY),
        (1, 5, Frequency.MONTHLY),
        (2, 6, Frequency.MONTHLY),
        (2, 4, Frequency.MONTHLY),
        (2, 5, Frequency.ANNUAL),
    ]


def test_whether_details_are_asked_for_is_found_with_one_seat_less_at_the_same_price() -> None:
    def listening(before: Terms | None, after: Terms) -> bool:
        assert before is not None
        assert (after.plan_id, after.seats, after.frequency) == (before.plan_id, 4, before.frequency)
        assert after.unit == before.unit
        return False

    assert online_policy(price_rises=listening).asks_only_when_dearer
