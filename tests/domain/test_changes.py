"""What may be changed, by whom, and the first reason why not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period
from portal.shared.domain.changes import (
    CHANGES_A_DAY,
    Assigned,
    Audience,
    Refusal,
    is_lower_plan,
    price_rises,
    refusal,
    seats_from_text,
    seats_to_release,
)
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.terms import Offer, Plan, Terms, WantedTerms

MONTHLY, ANNUAL = Frequency.MONTHLY, Frequency.ANNUAL
BASIC = Plan(1, "remote-support", "basic", rank=1, min_seats=1, max_seats=10)
TEAM = Plan(2, "remote-support", "team", rank=2, min_seats=3, max_seats=500)
TOP = Plan(3, "remote-support", "top", rank=3, min_seats=1, max_seats=500)
OFFER = Offer(
    "remote-support",
    (BASIC, TEAM, TOP),
    {
        (1, MONTHLY): Money(2000, "EUR"),
        (1, ANNUAL): Money(20_000, "EUR"),
        (2, MONTHLY): Money(5000, "EUR"),
        (2, ANNUAL): Money(50_000, "EUR"),
        (3, ANNUAL): Money(90_000, "EUR"),
    },
)
NOBODY = Assigned(frozenset(), frozenset())


def terms(plan: int = 2, seats: int = 5, frequency: Frequency = MONTHLY, unit: int = 5000) -> Terms:
    return Terms(plan, seats, frequency, Money(unit, "EUR"))


BOUGHT = Subscription(
    id=1,
    account_id=1,
    product="remote-support",
    plan_id=2,
    seats=5,
    terms=terms(),
    period=Period(date(2026, 6, 1), date(2026, 7, 1)),
    trial_end=None,
    pending_cancellation=False,
    past_due_since=None,
    ended_on=None,
    contract_end=None,
)
TRIAL = replace(BOUGHT, terms=None, period=None, trial_end=date(2026, 6, 15))


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that would be fine; each case alters what makes it refused."""

    wanted: WantedTerms = WantedTerms(2, 8, MONTHLY)  # noqa: RUF009 - frozen
    subscription: Subscription = BOUGHT
    where: Standing = Standing.ACTIVE
    audience: Audience = Audience.CONTACT
    assigned: Assigned = NOBODY
    changes_today: int = 0

    def answer(self) -> Refusal | None:
        return refusal(
            self.subscription,
            self.where,
            self.wanted,
            OFFER,
            self.audience,
            self.assigned,
            self.changes_today,
        )


def holders(held: set[int], release: set[int]) -> Assigned:
    return Assigned(frozenset(held), frozenset(release))


FINE = {
    "more-seats": Asked(),
    "fewer-seats": Asked(WantedTerms(2, 3, MONTHLY)),
    "dearer-plan": Asked(WantedTerms(3, 5, ANNUAL)),
    "annual-to-monthly-is-no-lower-plan": Asked(subscription=replace(BOUGHT, terms=terms(frequency=ANNUAL))),
    "a-lower-plan-by-customer-care": Asked(WantedTerms(1, 5, MONTHLY), audience=Audience.CARE),
    "any-plan-after-a-trial": Asked(WantedTerms(1, 1, MONTHLY), TRIAL, Standing.TRIAL_ENDED),
    "any-plan-in-a-trial": Asked(WantedTerms(2, 5, MONTHLY), TRIAL, Standing.TRIAL_RUNNING),
    "the-same-terms-take-a-cancellation-back": Asked(
        WantedTerms(2, 5, MONTHLY), where=Standing.PENDING_CANCELLATION
    ),
    "past-due": Asked(where=Standing.PAST_DUE),
    "what-has-ended-on-the-same-terms": Asked(WantedTerms(2, 5, MONTHLY), where=Standing.EXPIRED),
    "what-has-ended-on-a-lower-plan": Asked(WantedTerms(1, 2, ANNUAL), where=Standing.EXPIRED),
    "more-seats-than-the-plan-has-by-contract": Asked(
        WantedTerms(2, 100_000, MONTHLY), audience=Audience.REP
    ),
    "smallest-team": Asked(WantedTerms(2, 3, MONTHLY)),
    "largest-team": Asked(WantedTerms(2, 500, MONTHLY)),
    "the-last-change-of-the-day": Asked(changes_today=CHANGES_A_DAY - 1),
    "care-is-not-counted": Asked(audience=Audience.CARE, changes_today=CHANGES_A_DAY),
    "exactly-those-who-must-go": Asked(WantedTerms(2, 3, MONTHLY), assigned=holders({1, 2, 3, 4}, {4})),
    "everybody-keeps-a-seat": Asked(WantedTerms(2, 4, MONTHLY), assigned=holders({1, 2, 3, 4}, set())),
}
REFUSED = {
    "expired-is-not-changed-by-care": (
        Refusal.EXPIRED,
        Asked(where=Standing.EXPIRED, audience=Audience.CARE),
    ),
    "plan-of-another-product": (Refusal.UNKNOWN_PLAN, Asked(WantedTerms(77, 8, MONTHLY))),
    "not-sold-monthly": (Refusal.NOT_SOLD, Asked(WantedTerms(3, 8, MONTHLY))),
    "no-seats": (Refusal.SEATS_TOO_FEW, Asked(WantedTerms(2, 0, MONTHLY))),
    "minus-one-seat": (Refusal.SEATS_TOO_FEW, Asked(WantedTerms(2, -1, MONTHLY))),
    "one-too-few-for-the-plan": (Refusal.SEATS_TOO_FEW, Asked(WantedTerms(2, 2, MONTHLY))),
    "one-too-many-for-the-plan": (Refusal.SEATS_TOO_MANY, Asked(WantedTerms(2, 501, MONTHLY))),
    "more-seats-than-any-contract-holds": (
        Refusal.SEATS_TOO_MANY,
        Asked(WantedTerms(2, 100_001, MONTHLY), audience=Audience.REP),
    ),
    "more-seats-than-the-plan-has-by-care": (
        Refusal.SEATS_TOO_MANY,
        Asked(WantedTerms(2, 501, MONTHLY), audience=Audience.CARE),
    ),
    "a-milliard-seats": (Refusal.SEATS_TOO_MANY, Asked(WantedTerms(2, 10**9, MONTHLY))),
    "lower-plan": (Refusal.LOWER_PLAN, Asked(WantedTerms(1, 5, MONTHLY))),
    "lower-plan-with-more-seats": (Refusal.LOWER_PLAN, Asked(WantedTerms(1, 10, MONTHLY))),
    "lower-plan-paid-annually": (Refusal.LOWER_PLAN, Asked(WantedTerms(1, 5, ANNUAL))),
    "nothing-changes": (Refusal.NOTHING_CHANGES, Asked(WantedTerms(2, 5, MONTHLY))),
    "nothing-changes-for-care-either": (
        Refusal.NOTHING_CHANGES,
        Asked(WantedTerms(2, 5, MONTHLY), audience=Audience.CARE),
    ),
    "one-change-too-many-today": (Refusal.TOO_MANY_CHANGES, Asked(changes_today=CHANGES_A_DAY)),
    "nobody-chosen-to-lose-a-seat": (
        Refusal.CHOOSE_SEATS,
        Asked(WantedTerms(2, 3, MONTHLY), assigned=holders({1, 2, 3, 4, 5}, set())),
    ),
    "one-chosen-of-two": (
        Refusal.CHOOSE_SEATS,
        Asked(WantedTerms(2, 3, MONTHLY), assigned=holders({1, 2, 3, 4, 5}, {5})),
    ),
    "three-chosen-of-two": (
        Refusal.WRONG_SEATS,
        Asked(WantedTerms(2, 3, MONTHLY), assigned=holders({1, 2, 3, 4, 5}, {3, 4, 5})),
    ),
    "somebody-without-a-seat-chosen": (
        Refusal.WRONG_SEATS,
        Asked(WantedTerms(2, 3, MONTHLY), assigned=holders({1, 2, 3, 4}, {99})),
    ),
    "chosen-although-nobody-must-go": (
        Refusal.WRONG_SEATS,
        Asked(WantedTerms(2, 8, MONTHLY), assigned=holders({1, 2}, {1})),
    ),
    "expired-is-told-before-anything-else": (
        Refusal.EXPIRED,
        Asked(
            WantedTerms(77, -1, MONTHLY),
            where=Standing.EXPIRED,
            audience=Audience.CARE,
            changes_today=99,
        ),
    ),
}


@pytest.mark.parametrize("asked", FINE.values(), ids=FINE)
def test_what_may_be_changed(asked: Asked) -> None:
    assert asked.answer() is None


@pytest.mark.parametrize(("reason", "asked"), REFUSED.values(), ids=REFUSED)
def test_what_may_not_be_changed_and_why(reason: Refusal, asked: Asked) -> None:
    assert asked.answer() is reason


def test_the_refusals_that_only_a_form_or_a_placement_can_give_are_the_only_ones_not_tried_here() -> None:
    tried = {reason for reason, _ in REFUSED.values()}
    assert set(Refusal) - tried == {
        Refusal.SEATS_NOT_A_NUMBER,
        Refusal.UNKNOWN_FREQUENCY,
        Refusal.ORDER_IN_PROGRESS,
        Refusal.UNPAID_INVOICE,
        Refusal.RENEWAL_OVERDUE,
    }


@pytest.mark.parametrize("where", [standing for standing in Standing if standing is not Standing.EXPIRED])
def test_a_lower_plan_is_closed_to_a_contact_wherever_a_subscription_stands_that_has_not_ended(
    where: Standing,
) -> None:
    assert Asked(WantedTerms(1, 5, MONTHLY), where=where).answer() is Refusal.LOWER_PLAN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("\t7\n", 7),
        ("0", 0),
        ("007", 7),
        ("999999999", 999_999_999),
        ("", None),
        ("   ", None),
        ("-1", None),
        ("+7", None),
        ("1.5", None),
        ("1,5", None),
        ("1e9", None),
        ("1_000", None),
        ("1 000", None),
        ("0x10", None),
        ("seven", None),
        ("١٢", None),
        ("２", None),
        ("²", None),
        ("Ⅷ", None),
        ("NaN", None),
        ("inf", None),
        ("2147483648", None),
        ("9" * 5000, None),
        ("7\x00", None),
        ("7; DROP TABLE", None),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_seats_are_plain_digits_and_nothing_else(text: str, expected: int | None) -> None:
    assert seats_from_text(text) == expected


@given(st.text("0123456789 -+.,eE_xNa\t\x00\u0661\uff12\u00b2\u2167\u00a0", max_size=14))
def test_whatever_is_typed_as_seats_is_a_small_whole_number_or_nothing(text: str) -> None:
    found = seats_from_text(text)
    assert found is None or 0 <= found < 10**9


@given(st.integers(0, 50), st.integers(0, 50))
def test_as_many_lose_their_seat_as_there_are_too_many(seats: int, held: int) -> None:
    released = seats_to_release(seats, held)
    assert held - released <= max(seats, 0)
    assert released == 0 or held - released == seats


@pytest.mark.parametrize(
    ("before", "after", "rises"),
    [
        pytest.param(None, terms(unit=1, seats=1), True, id="first-purchase"),
        pytest.param(terms(), terms(), False, id="the-same"),
        pytest.param(terms(), terms(seats=6), True, id="one-more-seat"),
        pytest.param(terms(), terms(unit=5001), True, id="a-cent-more-a-seat"),
        pytest.param(terms(), terms(seats=4), False, id="one-seat-less"),
        pytest.param(terms(), terms(frequency=ANNUAL, unit=50_000), True, id="monthly-to-annual"),
        pytest.param(terms(frequency=ANNUAL, unit=50_000), terms(), False, id="annual-to-monthly"),
    ],
)
def test_when_the_price_of_one_period_rises(before: Terms | None, after: Terms, rises: bool) -> None:
    assert price_rises(before, after) is rises


@pytest.mark.parametrize(
    ("subscription", "plan", "lower"),
    [
        pytest.param(BOUGHT, 1, True, id="down"),
        pytest.param(BOUGHT, 2, False, id="the-same"),
        pytest.param(BOUGHT, 3, False, id="up"),
        pytest.param(BOUGHT, 77, False, id="unknown"),
        pytest.param(TRIAL, 1, False, id="nothing-was-bought-yet"),
    ],
)
def test_a_plan_is_lower_by_its_rank_alone(subscription: Subscription, plan: int, lower: bool) -> None:
    assert is_lower_plan(subscription, WantedTerms(plan, 500, ANNUAL), OFFER) is lower


def test_a_day_has_a_limit_of_changes_that_people_do_not_meet_and_games_do() -> None:
    assert 2 <= CHANGES_A_DAY <= 10
