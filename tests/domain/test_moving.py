"""What moving an account changes, for any account: prices, promises, obstacles, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency, Period, add_months
from portal.shared.domain.effects import Effect
from portal.shared.domain.money import Money
from portal.shared.domain.moving import (
    UNDO,
    Agreed,
    Held,
    Obstacle,
    OpenQuote,
    Past,
    Plan,
    Situation,
    plan,
    plan_undoing,
)
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.renewals import next_period, renewed_terms
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.domain.subscriptions import Standing, Subscription
from portal.shared.domain.summary import PricedChange, Standpoint, summarise
from portal.shared.domain.terms import Terms
from tests.domain.strategies import days, frequencies, rates, rule, seats, units

ONLINE, CORPORATE = AccountType.ONLINE, AccountType.CORPORATE
NOW = datetime(2026, 3, 10, 10, tzinfo=UTC)
OPEN = (OpenQuote(1, QuoteState.SENT), OpenQuote(2, QuoteState.DRAFT))


@st.composite
def held(draw: st.DrawFn, today: date, number: int) -> Held:
    """A subscription in any of its standings, as of a day."""
    frequency = draw(frequencies)
    start = today - timedelta(days=draw(st.integers(0, 40)))
    period = Period(start, add_months(start, frequency.months))
    bought = draw(st.booleans())
    terms = Terms(1, draw(seats), frequency, Money(draw(units), "EUR"))
    one = Subscription(
        id=number,
        account_id=1,
        product="assist",
        plan_id=1,
        seats=terms.seats,
        terms=terms if bought else None,
        period=period if bought else None,
        trial_end=None if bought else today + timedelta(days=draw(st.integers(-5, 14))),
        pending_cancellation=bought and draw(st.booleans()),
        past_due_since=period.start if bought and draw(st.booleans()) else None,
        ended_on=today if draw(st.integers(0, 5)) == 0 else None,
        contract_end=draw(st.sampled_from([None, period.end, add_months(period.end, 12)]))
        if bought
        else None,
    )
    listed = draw(st.one_of(st.none(), units.map(lambda minor: Money(minor, "EUR"))))
    return Held(one, listed, rule(draw(rates)), planned=draw(st.integers(0, 5)) == 0)


@st.composite
def situations(draw: st.DrawFn, kind: AccountType | None = None) -> Situation:
    """Any account, on any day."""
    today = draw(days)
    agreed = Agreed(
        draw(st.sampled_from([None, 7])), draw(st.sampled_from([None, 30])), draw(st.sampled_from(LimitRule))
    )
    return Situation(
        account_id=1,
        type=kind or draw(st.sampled_from(AccountType)),
        agreed=agreed,
        today=today,
        balance=Money(draw(st.integers(0, 10**6)), "EUR"),
        subscriptions=tuple(draw(held(today, number)) for number in range(1, draw(st.integers(1, 4)))),
        cart=draw(st.sampled_from([(), (1,)])),
        quotes=draw(st.sampled_from([(), OPEN])),
        purchase_orders=draw(st.sampled_from([(), ("PO-1",)])),
        requests=draw(st.sampled_from([(), (1, 2)])),
        has_method=draw(st.booleans()),
        order_on_its_way=draw(st.integers(0, 5)) == 0,
        payment_on_its_way=draw(st.integers(0, 5)) == 0,
    )


wishes = st.builds(
    Agreed, st.sampled_from([None, 3]), st.sampled_from([None, 0, 30]), st.sampled_from(LimitRule)
)


@given(situations(CORPORATE), wishes)
def test_an_online_account_has_no_representative_no_terms_and_no_open_quotes(
    here: Situation, wish: Agreed
) -> None:
    found = plan(here, wish)
    assert found.to is ONLINE
    assert (found.after.rep_id, found.after.terms_days) == (None, None)
    assert found.after.rule is here.agreed.rule, "what waits with the purchase orders"
    assert found.withdrawn == here.quotes


@given(situations(ONLINE), wishes)
def test_a_corporate_account_keeps_its_price_and_gets_what_was_wished_for(
    here: Situation, wish: Agreed
) -> None:
    found = plan(here, wish)
    assert (found.to, found.after, found.withdrawn) == (CORPORATE, wish, ())
    assert not any(one.price_moves for one in found.promises)


@given(situations(), wishes)
def test_what_is_promised_of_the_next_period_is_what_the_renewals_summary_says(
    here: Situation, wish: Agreed
) -> None:
    found = plan(here, wish)
    for promise, one in zip(found.promises, here.subscriptions, strict=True):
        value = one.subscription
        if promise.renews_on is None:
            assert promise.next_charge is None
            assert promise.standing is not Standing.ACTIVE
            continue
        assert value.period is not None
        assert one.tax is not None
        after = renewed_terms(value, one.listed, by_contract=found.to is CORPORATE)
        change = PricedChange(
            subscription_id=value.id,
            product=value.product,
            before=value.terms,
            after=after,
            open_lines=(),
            takes_back_cancellation=False,
            release=(),
            effect=Effect.RENEW,
            period=next_period(value, value.period.start),
        )
        standpoint = Standpoint(1, promise.renews_on, Money(0, "EUR"), one.tax, {})
        summary = summarise(standpoint, [change])
        assert (promise.next_charge, promise.next_unit) == (summary.total, after.unit)


@given(situations(), wishes)
def test_there_and_back_leaves_every_subscription_as_it_was(here: Situation, wish: Agreed) -> None:
    there = plan(here, wish)
    assume(there.possible)
    moved = replace(here, type=there.to, agreed=there.after, quotes=())
    past = Past(1, NOW, here.type, here.agreed, undone=False, invoiced_since=False)
    undone = plan_undoing(moved, past, NOW + UNDO)
    assert undone.possible
    assert (undone.to, undone.after) == (here.type, here.agreed)
    assert [one.unit for one in undone.promises] == [one.unit for one in there.promises]


@given(situations(), wishes, wishes)
def test_two_plans_have_one_digest_only_where_they_are_the_same(
    here: Situation, one: Agreed, other: Agreed
) -> None:
    first, second = plan(here, one), plan(here, other)
    assert (first.digest == second.digest) is (first == second)
    richer = replace(here, balance=here.balance + Money(1, "EUR"))
    assert plan(richer, one).digest != first.digest


@given(situations(), wishes)
def test_whatever_is_under_way_hinders(here: Situation, wish: Agreed) -> None:
    found = {one.obstacle for one in plan(here, wish).hindrances}
    assert (Obstacle.ORDER_ON_ITS_WAY in found) is here.order_on_its_way
    assert (Obstacle.PAYMENT_ON_ITS_WAY in found) is here.payment_on_its_way
    assert (Obstacle.CHANGE_PLANNED in found) is any(one.planned for one in here.subscriptions)
    if here.type is ONLINE:
        assert Obstacle.CONTRACT_RUNS not in found, "only leaving a contract breaks it"


def bound(contract_end: date | None) -> Situation:
    """A corporate account with a year that runs from 1 January 2026."""
    period = Period(date(2026, 1, 1), date(2027, 1, 1))
    terms = Terms(1, 5, Frequency.ANNUAL, Money(20000, "EUR"))
    one = Subscription(
        id=5,
        account_id=1,
        product="assist",
        plan_id=1,
        seats=5,
        terms=terms,
        period=period,
        trial_end=None,
        pending_cancellation=False,
        past_due_since=None,
        ended_on=None,
        contract_end=contract_end,
    )
    held = (Held(one, Money(25000, "EUR"), rule(230_000)),)
    return Situation(1, CORPORATE, Agreed(), date(2026, 3, 10), Money(0, "EUR"), held)


@pytest.mark.parametrize(
    ("contract_end", "until"),
    [
        pytest.param(None, None, id="no term"),
        pytest.param(date(2026, 1, 1), None, id="a term that is over"),
        pytest.param(date(2027, 1, 1), None, id="a term that ends with the period"),
        pytest.param(date(2028, 1, 1), date(2027, 1, 1), id="one more period"),
        pytest.param(date(2031, 1, 1), date(2030, 1, 1), id="many more"),
    ],
)
def test_a_term_binds_until_its_last_period_begins(contract_end: date | None, until: date | None) -> None:
    found = plan(bound(contract_end), Agreed())
    assert [one.until for one in found.hindrances] == ([] if until is None else [until])
    assert found.promises[0].next_unit == Money(25000, "EUR")


AGO = {
    "at once": (timedelta(), False, []),
    "on the last moment": (UNDO, False, []),
    "a second too late": (UNDO + timedelta(seconds=1), False, [Obstacle.UNDO_TOO_LATE]),
    "invoiced since": (timedelta(days=1), True, [Obstacle.INVOICED_SINCE]),
    "both": (UNDO * 2, True, [Obstacle.UNDO_TOO_LATE, Obstacle.INVOICED_SINCE]),
}


def undoing(past: Past | None, now: datetime = NOW) -> Plan:
    return plan_undoing(bound(None), past, now)


@pytest.mark.parametrize("case", AGO)
def test_a_move_is_undone_within_thirty_days_and_while_nothing_was_invoiced(case: str) -> None:
    later, invoiced, expected = AGO[case]
    past = Past(1, NOW, ONLINE, Agreed(), undone=False, invoiced_since=invoiced)
    assert [one.obstacle for one in undoing(past, NOW + later).hindrances] == expected


@pytest.mark.parametrize(
    "past",
    [
        pytest.param(None, id="never moved"),
        pytest.param(Past(1, NOW, ONLINE, Agreed(), undone=True, invoiced_since=False), id="undone already"),
        pytest.param(
            Past(1, NOW, CORPORATE, Agreed(), undone=False, invoiced_since=False), id="the other way"
        ),
    ],
)
def test_there_has_to_be_a_move_to_undo(past: Past | None) -> None:
    found = undoing(past)
    assert [one.obstacle for one in found.hindrances] == [Obstacle.NOTHING_TO_UNDO]
    assert found.to is ONLINE


def test_undoing_back_to_a_contract_is_not_hindered_by_its_term() -> None:
    here = replace(bound(date(2031, 1, 1)), type=ONLINE)
    past = Past(1, NOW, CORPORATE, Agreed(rep_id=3, terms_days=30), undone=False, invoiced_since=False)
    found = plan_undoing(here, past, NOW)
    assert (found.possible, found.after.terms_days) == (True, 30)


YEAR_END, LATER = date(2027, 1, 1), date(2028, 1, 1)
TRIAL: dict[str, object] = {"terms": None, "period": None, "trial_end": date(2026, 3, 20)}
PROMISED: dict[str, tuple[dict[str, object], Standing, date | None, date | None, date | None]] = {
    # What is changed of a running year, where it stands, when it renews, when its trial and its service end.
    "runs": ({}, Standing.ACTIVE, YEAR_END, None, None),
    "ran a trial before": ({"trial_end": date(2026, 1, 1)}, Standing.ACTIVE, YEAR_END, None, None),
    "cancelled": ({"pending_cancellation": True}, Standing.PENDING_CANCELLATION, None, None, YEAR_END),
    "cancelled within its term": (
        {"pending_cancellation": True, "contract_end": LATER},
        Standing.PENDING_CANCELLATION,
        YEAR_END,
        None,
        LATER,
    ),
    "cancelled at the end of its term": (
        {"pending_cancellation": True, "contract_end": YEAR_END},
        Standing.PENDING_CANCELLATION,
        None,
        None,
        YEAR_END,
    ),
    "ended": ({"ended_on": date(2026, 3, 1)}, Standing.EXPIRED, None, None, date(2026, 3, 1)),
    "a trial": (TRIAL, Standing.TRIAL_RUNNING, None, date(2026, 3, 20), None),
    "a trial that is over": (
        {**TRIAL, "trial_end": date(2026, 3, 10)},
        Standing.TRIAL_ENDED,
        None,
        None,
        None,
    ),
}


@pytest.mark.parametrize("case", PROMISED)
def test_what_is_promised_of_a_subscription(case: str) -> None:
    changed, stands, renews, trial, service = PROMISED[case]
    here = bound(None)
    changed_one = replace(here.subscriptions[0].subscription, **changed)  # type: ignore[arg-type]
    held = replace(here.subscriptions[0], subscription=changed_one)
    (found,) = plan(replace(here, subscriptions=(held,)), Agreed()).promises
    assert (found.standing, found.renews_on, found.trial_end, found.service_end) == (
        stands,
        renews,
        trial,
        service,
    )
    assert found.price_moves is (renews is not None), "the list price is another one"
    assert (found.next_charge is not None) is (renews is not None)


def test_a_renewal_that_is_due_is_waited_for_and_one_that_is_unpaid_too() -> None:
    due = replace(bound(None), today=YEAR_END)
    (found,) = plan(due, Agreed()).hindrances
    assert (found.obstacle, found.subscription_id) == (Obstacle.RENEWAL_DUE, 5)
    one = replace(due.subscriptions[0].subscription, past_due_since=YEAR_END)
    unpaid = replace(due, subscriptions=(replace(due.subscriptions[0], subscription=one),))
    (found,) = plan(unpaid, Agreed()).hindrances
    assert (found.obstacle, found.subscription_id) == (Obstacle.PAST_DUE, 5)
