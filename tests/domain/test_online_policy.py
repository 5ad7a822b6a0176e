"""What pages tell of the policy is what the rule answers, also after the rule has changed."""

from __future__ import annotations

from typing import Any

from portal.shared.domain.changes import Audience, Refusal, refusal
from portal.shared.domain.online_policy import online_policy
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
