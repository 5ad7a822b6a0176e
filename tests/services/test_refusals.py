"""Every reason why a change cannot be made, as pricing answers it; the cart and the books stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import CHANGES_A_DAY, Audience, Refusal, Wanted
from portal.shared.domain.order_states import OrderState
from portal.shared.records.accounts import Account
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services import requests
from portal.shared.services.orders.placement import Accepted, Moved
from portal.shared.services.renewals.running import renew_due
from portal.shared.services.subscriptions import standing as subscriptions
from tests.support.factories import SELLER, TODAY, a_person, an_online_account
from tests.support.shop import ANNUAL, CARE, MONTHLY, Customer, Shop, want


def refused(
    shop: Shop, who: Customer, *wanted: Wanted, audience: Audience = Audience.CONTACT
) -> list[Refusal]:
    priced = shop.look(who, *wanted, audience=audience, keep=False)
    assert priced.summary is None
    return list(priced.refused.values())


@pytest.mark.parametrize(
    ("plan", "seats", "frequency", "why"),
    [
        ("plus", 0, MONTHLY, Refusal.SEATS_TOO_FEW),
        ("plus", -1, MONTHLY, Refusal.SEATS_TOO_FEW),
        ("premium", 1, ANNUAL, Refusal.SEATS_TOO_FEW),
        ("plus", 501, MONTHLY, Refusal.SEATS_TOO_MANY),
        ("plus", 2**63, MONTHLY, Refusal.SEATS_TOO_MANY),
        ("premium", 5, MONTHLY, Refusal.NOT_SOLD),
        ("pro", 5, MONTHLY, Refusal.UNKNOWN_PLAN),
        ("standard", 5, MONTHLY, Refusal.NOTHING_CHANGES),
    ],
)
def test_a_change_is_refused(shop: Shop, plan: str, seats: int, frequency: Frequency, why: Refusal) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    wish = want(subscription, getattr(shop.catalogue, plan), seats, frequency)
    assert refused(shop, who, wish) == [why]


def test_a_plan_nobody_knows_is_refused(shop: Shop) -> None:
    who = shop.customer()
    assert refused(shop, who, want(shop.monthly(who), 10**9, 5)) == [Refusal.UNKNOWN_PLAN]


def test_a_lower_plan_is_refused_to_the_contact_whatever_the_seats(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, shop.catalogue.plus)
    for seats in (1, 5, 50):
        assert refused(shop, who, want(subscription, shop.catalogue.standard, seats)) == [Refusal.LOWER_PLAN]


def test_an_ended_subscription_is_refused_to_care(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).ended_on = TODAY
    wish = want(subscription, shop.catalogue.plus, 5)
    assert shop.look(who, wish, audience=CARE).refused == {subscription: Refusal.EXPIRED}
    assert shop.look(who, wish).refused == {}, "its contact renews it"


def test_what_an_expired_account_did_not_have_before_is_refused(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(Account, who.id).expired_on = TODAY
    assert refused(shop, who, want(subscription, shop.catalogue.plus, 5)) == [Refusal.EXPIRED]


def test_a_reduction_wants_exactly_the_people_who_lose_their_seat(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    subscription = shop.monthly(who)
    one, two, *_ = shop.seats(subscription, 4)
    foreign = shop.seats(shop.monthly(other), 1)[0]
    fewer = (subscription, shop.catalogue.standard, 3, MONTHLY)
    assert refused(shop, who, want(*fewer)) == [Refusal.CHOOSE_SEATS]
    assert refused(shop, who, want(*fewer, one, two)) == [Refusal.WRONG_SEATS]
    assert refused(shop, who, want(*fewer, foreign)) == [Refusal.WRONG_SEATS]
    assert refused(shop, who, want(*fewer, 10**9)) == [Refusal.WRONG_SEATS]
    assert shop.look(who, want(*fewer, one), keep=False).refused == {}


def test_what_should_have_been_renewed_is_renewed_before_it_is_changed(shop: Shop) -> None:
    """Days that no document charges would be given away by a period that begins today."""
    who = shop.customer()
    subscription = shop.monthly(who)
    wish = want(subscription, shop.catalogue.plus, 5)
    end = shop.subscription(subscription).period_end
    assert end is not None
    shop.clock.advance(datetime(end.year, end.month, end.day, 12, tzinfo=UTC) - shop.clock.now())
    assert shop.look(who, wish, keep=False).refused == {}, "the change is the renewal"
    seen = shop.look(who, wish)
    shop.later(days=1)
    assert refused(shop, who, wish) == [Refusal.RENEWAL_OVERDUE]
    assert shop.look(who, wish, audience=CARE).refused == {subscription: Refusal.RENEWAL_OVERDUE}
    assert not isinstance(shop.confirm(who, seen), Accepted)
    assert len(list(renew_due(shop.database, SELLER, shop.clock.now()))) == 1
    assert shop.look(who, wish, keep=False).refused == {}


def test_too_many_changes_of_a_subscription_in_a_day_are_refused_until_tomorrow(shop: Shop) -> None:
    who = shop.customer()
    subscription, other = shop.monthly(who), shop.monthly(who)
    for number in range(CHANGES_A_DAY):
        shop.order(who, want(subscription, shop.catalogue.plus, 6 - number % 2))
    wish = want(subscription, shop.catalogue.plus, 9)
    assert refused(shop, who, wish) == [Refusal.TOO_MANY_CHANGES]
    assert shop.look(who, want(other, shop.catalogue.plus, 9), keep=False).refused == {}
    assert shop.look(who, wish, audience=CARE).refused == {}, "Customer Care may"
    shop.later(days=1)
    assert shop.look(who, wish, keep=False).refused == {}


def test_an_order_that_failed_does_not_count_as_a_change(shop: Shop) -> None:
    who = shop.customer(card="declined")
    subscription = shop.monthly(who)
    for _ in range(CHANGES_A_DAY):
        shop.order(who, want(subscription, shop.catalogue.plus, 6))
    assert shop.look(who, want(subscription, shop.catalogue.plus, 7), keep=False).refused == {}


def test_a_cancellation_that_came_due_is_renewed(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, shop.clock.now())
    shop.later(days=40)
    wish = want(subscription, shop.catalogue.plus, 5)
    assert shop.look(who, wish, audience=CARE).refused == {subscription: Refusal.EXPIRED}
    assert shop.look(who, wish).refused == {}


# --- Customer Care carries out what the contact asked for -----------------------------------------------------------


def asked(shop: Shop, who: Customer, subscription: int, seats: int = 5) -> Request:
    with shop.database.write() as session:
        wish = want(subscription, shop.catalogue.standard, seats)
        number = requests.ask_for_lower_plan(session, who.id, wish, who.person_id, shop.clock.now())
        return session.query(Request).filter_by(account_id=who.id, number=number).one()


def carry_out(shop: Shop, who: Customer, request: Request, **asked_with: Any) -> object:
    with shop.database.read() as session:
        view = requests.one(session, request.id)
    assert view is not None
    seen = shop.look(who, view.wanted, audience=CARE)
    return shop.confirm(who, seen, audience=CARE, wanted=(view.wanted,), request_id=request.id, **asked_with)


def staff(shop: Shop) -> int:
    with shop.database.write() as session:
        return a_person(session, "Care", staff_role="care").id


def test_care_carries_out_a_lower_plan_and_the_answer_is_kept(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who, shop.catalogue.plus)
    request, person = asked(shop, who, subscription), staff(shop)
    placed = carry_out(shop, who, request, answer="Done, as you wished.", person_id=person)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.PLACED
    assert shop.subscription(subscription).plan_id == shop.catalogue.standard
    with shop.database.read() as session:
        view = requests.one_of_account(session, who.id, request.number)
    assert view is not None
    assert (view.state, view.answer, view.owner) == ("done", "Done, as you wished.", "Care")
    assert len(shop.mails("request-answered")) == 1
    assert len(shop.mails("order-placed")) == 1, "the billing contact is told"


def test_what_care_orders_does_not_touch_the_contacts_cart(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who, shop.catalogue.plus)
    shop.put(who, want(subscription, shop.catalogue.plus, 8))
    carry_out(shop, who, asked(shop, who, subscription))
    assert [item.terms.seats for item in shop.cart(who)] == [8]


def test_a_request_is_carried_out_once(shop: Shop) -> None:
    who = shop.customer(card=None)
    request = asked(shop, who, shop.monthly(who, shop.catalogue.plus))
    with shop.database.read() as session:
        view = requests.one(session, request.id)
    assert view is not None
    seen = shop.look(who, view.wanted, audience=CARE)
    wish: dict[str, Any] = {"audience": CARE, "wanted": (view.wanted,), "request_id": request.id}
    assert isinstance(shop.confirm(who, seen, **wish), Accepted)
    with pytest.raises(requests.AlreadyAnsweredError):
        shop.confirm(who, seen, **wish)
    assert len(shop.mails("request-answered")) == 1


def test_a_carry_out_that_is_refused_leaves_the_request_as_it_was(shop: Shop) -> None:
    who = shop.customer(card=None)
    request = asked(shop, who, shop.monthly(who, shop.catalogue.plus))
    assert isinstance(carry_out(shop, who, request, answer="Done.", digest="old"), Moved)
    (request,) = shop.rows(Request)
    assert (request.state, request.owner_id, request.answer) == ("open", None, "")


def test_a_declined_request_stays_declined(shop: Shop) -> None:
    who = shop.customer(card=None)
    subscription = shop.monthly(who, shop.catalogue.plus)
    request, person = asked(shop, who, subscription), staff(shop)
    with shop.database.write() as session:
        requests.decline(session, request.id, person, "No.", shop.clock.now())
    with pytest.raises(requests.AlreadyAnsweredError):
        carry_out(shop, who, request)
    with shop.database.write() as session, pytest.raises(requests.AlreadyAnsweredError):
        requests.decline(session, request.id, person, "No, again.", shop.clock.now())
    with shop.database.write() as session:
        requests.carried_out(session, request.id, person, shop.clock.now())
    assert [one.state for one in shop.rows(Request)] == ["declined"]
    assert shop.subscription(subscription).plan_id == shop.catalogue.plus


def test_a_request_whose_order_waits_for_the_bank_is_not_declined(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who, shop.catalogue.plus, began=TODAY)
    shop.later(days=25)
    with shop.database.write() as session:
        wish = want(subscription, shop.catalogue.standard, 9)
        requests.ask_for_lower_plan(session, who.id, wish, who.person_id, shop.clock.now())
    (request,) = shop.rows(Request)
    person = staff(shop)
    placed = carry_out(shop, who, request, answer="Done.", person_id=person)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.AWAITING_CONFIRMATION
    with shop.database.write() as session, pytest.raises(requests.OnItsWayError):
        requests.decline(session, request.id, person, "No.", shop.clock.now())
    shop.answer_bank(placed.reference, approved=True)
    assert shop.resume(placed.reference) is OrderState.PLACED
    (request,) = shop.rows(Request)
    assert (request.state, request.answer) == ("done", "Done.")


def test_the_request_of_another_account_is_none(shop: Shop) -> None:
    who, stranger = shop.customer(card=None), shop.customer(card=None)
    theirs = asked(shop, stranger, shop.monthly(stranger, shop.catalogue.plus))
    wish = want(shop.monthly(who, shop.catalogue.plus), shop.catalogue.standard, 5)
    seen = shop.look(who, wish, audience=CARE)
    with pytest.raises(LookupError):
        shop.confirm(who, seen, audience=CARE, wanted=(wish,), request_id=theirs.id)
    assert [request.state for request in shop.rows(Request)] == ["open"]


def test_asking_again_renews_the_open_request(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who, shop.catalogue.plus)
    first, second = asked(shop, who, subscription, 5), asked(shop, who, subscription, 3)
    assert first.number == second.number == 1
    assert len(shop.mails("request-made")) == 1
    with shop.database.read() as session:
        assert [view.wanted.terms.seats for view in requests.of_account(session, who.id)] == [3]
        assert [view.id for view in requests.waiting(session)] == [first.id]
        assert requests.one_of_account(session, shop.customer().id, 1) is None


def test_requests_are_numbered_for_each_account(shop: Shop) -> None:
    who, other = shop.customer(), shop.customer()
    numbers = [asked(shop, one, shop.monthly(one, shop.catalogue.plus)).number for one in (who, other, who)]
    assert numbers == [1, 1, 2]


def test_nobody_can_ask_about_the_subscription_of_another_account(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    theirs = shop.monthly(stranger, shop.catalogue.plus)
    with pytest.raises(subscriptions.UnknownSubscriptionError):
        asked(shop, who, theirs)


# --- cancelling and keeping -----------------------------------------------------------------------------------------


def test_a_cancellation_ends_the_period_and_can_be_taken_back(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    for service in (subscriptions.cancel, subscriptions.keep, subscriptions.cancel):
        with shop.database.write() as session:
            day = service(session, who.id, subscription, who.person_id, shop.clock.now())
        assert day == TODAY + timedelta(days=22)
        shop.later(minutes=1)
    assert (len(shop.mails("subscription-cancelled")), len(shop.mails("subscription-kept"))) == (2, 1)


def test_what_is_cancelled_kept_or_never_bought_cannot_be_so_again(shop: Shop) -> None:
    who = shop.customer()
    subscription, trial = shop.monthly(who), shop.trial(who)
    now = shop.clock.now()
    with shop.database.write() as session:
        for service, key in ((subscriptions.keep, subscription), (subscriptions.cancel, trial)):
            with pytest.raises(subscriptions.NotPossibleError):
                service(session, who.id, key, who.person_id, now)
        subscriptions.cancel(session, who.id, subscription, who.person_id, now)
        with pytest.raises(subscriptions.NotPossibleError):
            subscriptions.cancel(session, who.id, subscription, who.person_id, now)
        with pytest.raises(subscriptions.UnknownSubscriptionError):
            subscriptions.cancel(session, an_online_account(session).id, subscription, who.person_id, now)


def test_a_cancellation_made_while_the_order_waits_for_the_bank_stays(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who)
    order = shop.order(who, want(subscription, shop.catalogue.plus, 5))
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, shop.clock.now())
    shop.answer_bank(order.reference, approved=True)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert shop.subscription(subscription).pending_cancellation is True


def test_a_past_due_subscription_that_is_cancelled_says_that_an_order_takes_it_back(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who)
    with shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, shop.clock.now())
    seen = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert seen.items[0].takes_back_cancellation
    shop.confirm(who, seen)
    assert shop.subscription(subscription).pending_cancellation is False
