"""One check of limits for every way of making a quote; what is refused leaves no trace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from portal.shared.domain.changes import MOST_SEATS_BY_CONTRACT, Refusal
from portal.shared.domain.quotes import IllegalQuoteMoveError, PriceKind, PriceProblem, PriceWish, QuoteState
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.desk.staff import Staff
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.quotes import drafting, sending
from portal.shared.services.quotes.drafting import ChangedMeanwhileError, UnpriceableError
from portal.shared.services.quotes.moves import OnItsWayError, UnknownQuoteError
from portal.shared.services.quotes.pricing import ItemWish, QuoteWish
from portal.shared.services.quotes.sending import (
    AwaitsApproval,
    BeyondLimits,
    FiguresMoved,
    NotAManagerError,
    NotTheSenders,
    OwnQuoteError,
    Sent,
)
from tests.support.factories import SELLER
from tests.support.quoting import LIMITS, QuoteDesk, item
from tests.support.shop import Shop

PERCENT_15 = PriceWish(PriceKind.PERCENT, 150_000)
PERCENT_20 = PriceWish(PriceKind.PERCENT, 200_000)
PERCENT_50 = PriceWish(PriceKind.PERCENT, 500_000)


@pytest.fixture
def desk(shop: Shop) -> QuoteDesk:
    """A rep, a manager, and a corporate account with a contract."""
    return QuoteDesk(shop)


@pytest.fixture
def subscription(desk: QuoteDesk) -> int:
    """Ten seats, bought for a year."""
    return desk.contract(seats=10)


@pytest.fixture
def renewed(desk: QuoteDesk, shop: Shop, subscription: int) -> Callable[[PriceWish], ItemWish]:
    """The contract from today on, at a price."""
    return lambda price: item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=price)


def edit(desk: QuoteDesk, number: int, *items: ItemWish, by: Staff | None = None, **wish: Any) -> None:
    """Change a draft."""
    seen = wish.pop("seen", None)
    wish = {"validity_days": 7, "term_months": None} | wish
    with desk.shop.database.write() as session:
        drafting.edit(
            session,
            desk.who.id,
            number,
            (by or desk.rep).person_id,
            QuoteWish(items, **wish),
            SELLER,
            desk.shop.clock.now(),
            seen=seen,
        )


def duplicate(desk: QuoteDesk, number: int, *, by: Staff | None = None, replacing: bool = False) -> int:
    """Copy a quote."""
    with desk.shop.database.write() as session:
        return drafting.duplicate(
            session,
            desk.who.id,
            number,
            (by or desk.rep).person_id,
            SELLER,
            desk.shop.clock.now(),
            replacing=replacing,
        )


def send_back(desk: QuoteDesk, number: int, *, by: Staff | None = None, note: str = "Less.") -> None:
    """Give a quote back to its author."""
    with desk.shop.database.write() as session:
        sending.send_back(session, desk.who.id, number, by or desk.manager, note, desk.shop.clock.now())


def made(way: str, desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]) -> int:
    """A draft of twenty percent off, made in one of the ways there are."""
    if way == "edited":
        number = desk.draft(renewed(PERCENT_15))
        edit(desk, number, renewed(PERCENT_20))
        return number
    if way == "a copy of a manager's":
        theirs = desk.draft(renewed(PERCENT_20), author=desk.manager)
        assert desk.send(theirs, by=desk.manager) == Sent()
        return duplicate(desk, theirs)
    if way == "replacing a manager's":
        theirs = desk.draft(renewed(PERCENT_20), author=desk.manager)
        assert desk.send(theirs, by=desk.manager) == Sent()
        return duplicate(desk, theirs, replacing=True)
    if way == "a manager's draft, edited":
        number = desk.draft(renewed(PERCENT_20), author=desk.manager)
        edit(desk, number, renewed(PERCENT_20))
        return number
    if way == "sent back":
        number = desk.draft(renewed(PERCENT_20))
        assert desk.send(number) == AwaitsApproval()
        send_back(desk, number)
        return number
    return desk.draft(renewed(PERCENT_20))


@pytest.mark.parametrize(
    "way",
    [
        "written",
        "edited",
        "a copy of a manager's",
        "replacing a manager's",
        "a manager's draft, edited",
        "sent back",
    ],
)
def test_every_way_of_making_a_quote_meets_the_same_limit(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish], way: str
) -> None:
    number = made(way, desk, renewed)
    assert desk.view(number).author.id == desk.rep.person_id
    assert desk.send(number) == AwaitsApproval()
    assert desk.state(number) is QuoteState.AWAITING_APPROVAL


def test_at_the_limit_a_rep_sends_alone(desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]) -> None:
    assert desk.send(desk.draft(renewed(PERCENT_15), term_months=24)) == Sent()


def test_a_term_beyond_the_limit_needs_approval_without_any_discount(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    assert desk.send(desk.draft(renewed(PriceWish(PriceKind.LIST)), term_months=36)) == AwaitsApproval()


def test_a_price_below_the_list_counts_as_the_discount_that_it_is(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    assert desk.send(desk.draft(renewed(PriceWish(PriceKind.PRICE, 16999)))) == AwaitsApproval()
    assert desk.send(desk.draft(renewed(PriceWish(PriceKind.MONEY, 3001)))) == AwaitsApproval()
    assert desk.send(desk.draft(renewed(PriceWish(PriceKind.PRICE, 17000)))) == Sent()


def test_a_rep_does_not_send_what_a_manager_only_drafted(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_20), author=desk.manager)
    assert desk.send(number) == NotTheSenders()
    assert desk.state(number) is QuoteState.DRAFT
    assert desk.send(number, by=desk.manager) == Sent()


def test_who_is_not_ours_any_more_grants_nothing(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PriceWish(PriceKind.PERCENT, 10_000)))
    with shop.database.write() as session:
        session.get_one(Person, desk.rep.person_id).staff_role = None
    assert desk.send(number, by=desk.manager) == AwaitsApproval()


def test_an_edit_takes_the_request_for_approval_back(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_20))
    assert desk.send(number) == AwaitsApproval()
    shown = desk.shown(number)
    edit(desk, number, renewed(PERCENT_20), term_months=60)
    with pytest.raises(IllegalQuoteMoveError):
        desk.approve(number, digest=shown)
    assert desk.send(number) == AwaitsApproval()
    # The figures are the same; the term is not what was seen.
    assert isinstance(desk.approve(number, digest=shown), FiguresMoved)
    assert desk.state(number) is QuoteState.AWAITING_APPROVAL
    assert desk.approve(number) == Sent()


@pytest.mark.parametrize("said", [{"note": "Other words."}, {"validity_days": 8}, {"term_months": 12}])
def test_nothing_is_sent_that_says_something_else_than_was_shown(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish], said: dict[str, Any]
) -> None:
    number = desk.draft(renewed(PERCENT_15))
    shown = desk.shown(number)
    edit(desk, number, renewed(PERCENT_15), **said)
    assert isinstance(desk.send(number, digest=shown), FiguresMoved)
    assert desk.state(number) is QuoteState.DRAFT


def test_only_a_manager_who_is_not_the_author_answers(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_20))
    assert desk.send(number) == AwaitsApproval()
    colleague = desk.person("rep")
    other = Staff(colleague.id, colleague.name, "rep")
    for attempt in (
        lambda: desk.approve(number, by=other),
        lambda: send_back(desk, number, by=other),
    ):
        with pytest.raises(NotAManagerError):
            attempt()
    promoted = Staff(desk.rep.person_id, desk.rep.name, "manager")
    for attempt in (
        lambda: desk.approve(number, by=promoted),
        lambda: send_back(desk, number, by=promoted),
    ):
        with pytest.raises(OwnQuoteError):
            attempt()
    assert desk.state(number) is QuoteState.AWAITING_APPROVAL
    assert shop.mails("quote-sent") == []


def test_nobody_approves_beyond_the_managers_own_limits(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_50))
    assert desk.send(number) == BeyondLimits()
    assert desk.state(number) is QuoteState.DRAFT


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"validity_days": 0}, id="valid for no day"),
        pytest.param({"validity_days": 91}, id="valid for 91 days"),
        pytest.param({"note": "x" * 2001}, id="a note without end"),
    ],
)
def test_what_no_quote_can_say_is_not_kept(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish], wrong: dict[str, Any]
) -> None:
    number = desk.draft(renewed(PERCENT_15))
    before = desk.view(number)
    with pytest.raises(ValueError, match=r"1 to 90|too long"):
        desk.draft(renewed(PERCENT_15), **wrong)
    with pytest.raises(ValueError, match=r"1 to 90|too long"):
        edit(desk, number, renewed(PERCENT_15), **wrong)
    assert desk.view(number) == before
    assert len(shop.rows(Quote)) == 1


def test_a_subscription_is_in_a_quote_once(desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]) -> None:
    with pytest.raises(ValueError, match="once"):
        desk.draft(renewed(PERCENT_15), renewed(PERCENT_20))


@pytest.mark.parametrize("term", [0, -12, 18, 132])
def test_a_term_that_is_no_number_of_whole_periods_is_not_kept(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish], term: int
) -> None:
    with pytest.raises(UnpriceableError) as caught:
        desk.draft(renewed(PERCENT_15), term_months=term)
    assert not caught.value.priced.term_fits


def test_a_contract_holds_a_hundred_thousand_seats_at_most(
    desk: QuoteDesk, shop: Shop, subscription: int
) -> None:
    plan = shop.catalogue.standard
    with pytest.raises(UnpriceableError) as caught:
        desk.draft(item(subscription, plan, MOST_SEATS_BY_CONTRACT + 1))
    assert caught.value.priced.refused == {subscription: Refusal.SEATS_TOO_MANY}
    assert desk.draft(item(subscription, plan, MOST_SEATS_BY_CONTRACT)) == 1


def test_a_price_far_above_the_list_is_a_slip(
    desk: QuoteDesk, subscription: int, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    with pytest.raises(UnpriceableError) as caught:
        desk.draft(renewed(PriceWish(PriceKind.PRICE, 10**13)))
    assert caught.value.priced.problems == {subscription: PriceProblem.PRICE_TOO_HIGH}


def test_an_edit_that_is_refused_leaves_no_trace(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_20))
    assert desk.send(number) == AwaitsApproval()
    before, activity = desk.view(number), len(shop.rows(Activity))
    with shop.database.write() as session, pytest.raises(UnpriceableError):
        # A page that answers 422 keeps what its transaction wrote.
        drafting.edit(
            session,
            desk.who.id,
            number,
            desk.manager.person_id,
            QuoteWish((renewed(PriceWish(PriceKind.PERCENT, 1_010_000)),), None, 7),
            SELLER,
            shop.clock.now(),
        )
    assert desk.view(number) == before
    assert len(shop.rows(Activity)) == activity


def test_a_draft_that_is_refused_uses_up_no_number(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    wish = QuoteWish((renewed(PriceWish(PriceKind.PERCENT, 1_010_000)),), None, 7)
    with shop.database.write() as session, pytest.raises(UnpriceableError):
        drafting.create(session, desk.who.id, desk.rep.person_id, wish, SELLER, shop.clock.now())
    assert shop.rows(Account, id=desk.who.id)[0].last_quote_number == 0
    assert shop.rows(Quote) == []


def test_a_draft_that_changed_since_it_was_read_is_not_written_over(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_15))
    seen = desk.view(number).changed_at
    shop.later(minutes=1)
    edit(desk, number, renewed(PERCENT_20), by=desk.manager, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        edit(desk, number, renewed(PERCENT_15), seen=seen)
    assert desk.view(number).author.id == desk.manager.person_id


def test_what_was_answered_is_not_replaced(desk: QuoteDesk, shop: Shop, subscription: int) -> None:
    old = desk.sent(item(subscription, shop.catalogue.standard, 12))
    assert isinstance(desk.accept(old), Accepted)
    forged = desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=old)
    assert desk.view(forged).replaces is None
    with pytest.raises(UnknownQuoteError):
        desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=77)


def test_nothing_replaces_what_waits_for_the_bank(desk: QuoteDesk, shop: Shop) -> None:
    desk.who = desk.customer(card="needs_confirmation")
    subscription = desk.contract(seats=10)
    old = desk.sent(item(subscription, shop.catalogue.standard, 12))
    better = desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=old)
    assert isinstance(desk.accept(old), Accepted)
    before = desk.view(better)
    with shop.database.write() as session, pytest.raises(OnItsWayError):
        sending.send(
            session,
            desk.who.id,
            better,
            desk.rep,
            desk.shown(better),
            SELLER,
            LIMITS,
            shop.clock.now(),
        )
    assert desk.view(better) == before


def test_a_quote_that_is_over_is_sent_by_nobody(
    desk: QuoteDesk, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.sent(renewed(PERCENT_15))
    for press in (desk.send, desk.approve):
        with pytest.raises(IllegalQuoteMoveError):
            press(number, digest="x")


def test_a_first_day_that_is_over_is_today(
    desk: QuoteDesk, shop: Shop, renewed: Callable[[PriceWish], ItemWish]
) -> None:
    number = desk.draft(renewed(PERCENT_15), starts_on=date(2026, 3, 12))
    shop.later(days=5)
    assert desk.send(number) == Sent()
    assert desk.view(number).starts_on == date(2026, 3, 15)


def test_seats_at_the_price_of_a_running_contract_need_nobodys_approval(desk: QuoteDesk, shop: Shop) -> None:
    """A contact could add them alone; a renewal at that price is a new grant."""
    subscription = desk.contract(seats=10)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).unit_minor = 15000  # 25 % below the list
    added = desk.draft(item(subscription, shop.catalogue.standard, 12))
    assert desk.send(added) == Sent()
    renewed = desk.draft(item(subscription, shop.catalogue.standard, 12, keeps_date=False))
    assert desk.send(renewed) == AwaitsApproval()
