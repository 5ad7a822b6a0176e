"""Orders above a limit: asked, approved, refused, ended; one order at most, whoever presses when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.shared.domain.approvals import ApprovalState, Ended, Hindrance
from portal.shared.domain.changes import Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.people.roles import Refused
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Price
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Membership, Person
from portal.shared.services import carts
from portal.shared.services.approvals import ending, limits
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.invoices.reading import invoice_of
from portal.shared.services.orders import approving
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.placement import (
    AboveLimit,
    Accepted,
    Asked,
    Busy,
    NeedsNoApproval,
    NobodyApproves,
    NotApproved,
)
from portal.shared.services.people import invitations, roster
from portal.shared.services.people.invitations import Invited, Wish
from portal.shared.services.people.roster import RoleRefusedError
from portal.shared.services.quotes import answering
from tests.support import factories
from tests.support.approving import (
    a_member,
    approve,
    ask,
    dismiss,
    ended_for,
    limit,
    refuse,
    request,
)
from tests.support.factories import SELLER
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Customer, Shop, want


@pytest.fixture
def who(shop: Shop) -> Customer:
    """A small company with a card."""
    return shop.customer()


def a_change(shop: Shop, who: Customer, seats: int = 9) -> Wanted:
    """More seats of a trial: what is ordered costs about 9 × 20.00."""
    return want(shop.trial(who), shop.catalogue.standard, seats, MONTHLY)


def asked_for(shop: Shop, who: Customer, minor: int = 0) -> tuple[int, int, int]:
    """A request that waits: its number, who may approve it, and who set the limit."""
    boss = limit(shop, who, minor)
    approver = a_member(shop, who, "approver")
    return ask(shop, who, a_change(shop, who)), approver, boss


def state(shop: Shop, number: int) -> ApprovalState:
    return request(shop, number).state


def mails(shop: Shop, kind: str) -> list[str]:
    return sorted(mail.recipient for mail in shop.rows(OutboxMail, kind=kind))


def name_of(shop: Shop, person: int) -> str:
    with shop.database.read() as session:
        return session.get_one(Person, person).name


def address_of(shop: Shop, person: int) -> str:
    with shop.database.read() as session:
        return session.get_one(Person, person).email


# --- asking ---


def test_an_order_above_the_limit_is_not_placed_by_whoever_has_it(shop: Shop, who: Customer) -> None:
    limit(shop, who, 1000)
    assert shop.confirm(who, shop.look(who, a_change(shop, who))) == AboveLimit(Money(1000, who.currency))
    assert (shop.rows(Order), shop.captured()) == ([], {})


def test_an_order_within_the_limit_is_placed_as_ever_and_needs_nobody(shop: Shop, who: Customer) -> None:
    seen_total = 10**9
    limit(shop, who, seen_total)
    seen = shop.look(who, a_change(shop, who))
    assert shop.confirm(who, seen, asks=True) == NeedsNoApproval()
    assert isinstance(shop.confirm(who, seen), Accepted)


def test_exactly_at_the_limit_nobody_is_asked_and_one_cent_lower_somebody_is(
    shop: Shop, who: Customer
) -> None:
    seen = shop.look(who, a_change(shop, who))
    assert seen.summary is not None
    boss = limit(shop, who, seen.summary.total.minor - 1)
    assert isinstance(shop.confirm(who, seen), AboveLimit)
    limit(shop, who, seen.summary.total.minor, by=boss)
    assert isinstance(shop.confirm(who, seen), Accepted)


def test_the_accounts_balance_does_not_lower_what_is_compared(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        factories.grant(session, session.get_one(Account, who.id), Money(10**7, who.currency))
    limit(shop, who, 1000)
    seen = shop.look(who, a_change(shop, who))
    assert seen.summary is not None
    assert not seen.summary.total_due
    assert isinstance(shop.confirm(who, seen), AboveLimit)


def test_where_nobody_could_approve_nobody_is_asked(shop: Shop, who: Customer) -> None:
    limit(shop, who, 0)
    assert shop.confirm(who, shop.look(who, a_change(shop, who)), asks=True) == NobodyApproves()
    with shop.database.write() as session:  # the one approver is the one who asks
        session.add(Membership(person_id=who.person_id, account_id=who.id, role="approver"))
    assert shop.confirm(who, shop.look(who), asks=True) == NobodyApproves()


def test_asking_orders_nothing_and_tells_every_approver_once(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    other = a_member(shop, who, "approver")
    assert ask(shop, who) == number
    assert (shop.rows(Order), shop.captured()) == ([], {})
    assert mails(shop, "approval-asked") == [address_of(shop, approver)]
    with shop.database.read() as session:
        assert approvals.to_answer(session, approver, [who.id], shop.clock.now()) == {who.id: 1}
        assert approvals.to_answer(session, who.person_id, [who.id], shop.clock.now()) == {}
        assert len(approvals.to_answer_here(session, who.id, other, shop.clock.now())) == 1
        assert approvals.to_answer_here(session, who.id, who.person_id, shop.clock.now()) == []


def test_asking_for_another_cart_takes_the_place_of_the_first(shop: Shop, who: Customer) -> None:
    first, approver, _ = asked_for(shop, who)
    (before,) = shop.cart(who)
    shop.put(who, replace(before, terms=replace(before.terms, seats=4)))
    second = ask(shop, who)
    assert (state(shop, first), ended_for(shop, first)) == (ApprovalState.CANCELLED, Ended.ASKED_ANEW)
    assert isinstance(approve(shop, who, second, approver), Accepted)
    assert approve(shop, who, first, approver) == NotApproved(Hindrance.ENDED)


# --- approving ---


def test_approving_places_exactly_what_was_shown_with_both_names(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    placed = approve(shop, who, number, approver)
    assert isinstance(placed, Accepted)
    order = shop.placed(placed.reference)
    assert (order.state, order.placed_by, order.approved_by) == (OrderState.PLACED, who.person_id, approver)
    assert order.digest == request(shop, number).digest
    names = (name_of(shop, who.person_id), name_of(shop, approver))
    with shop.database.read() as session:
        view = orders.order(session, who.id, placed.reference)
        assert view is not None
        assert (view.placed_by, view.approved_by) == names
        document = invoice_of(session, who.id, shop.rows(Invoice)[-1].name, shop.clock.now())
    assert document is not None
    assert (document.asked_by, document.approved_by) == names
    (receipt,) = shop.mails("order-placed")
    assert (receipt.payload["asked_by"], receipt.payload["approved_by"]) == names
    assert shop.mails("approval-ended")[0].payload["outcome"] == "approved"
    actions = [(line.entry.action, line.entry.person) for line in shop.activity(who.id)]
    assert ("order-approval-asked", who.person_id) in actions
    assert ("order-approval-given", approver) in actions


def test_the_figures_stay_those_of_the_day_on_which_it_was_asked(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    began = shop.clock.now().date()
    shop.later(days=2)
    placed = approve(shop, who, number, approver)
    assert isinstance(placed, Accepted)
    assert shop.placed(placed.reference).digest == request(shop, number).digest
    assert shop.rows(Order)[0].summary["today"] == began.isoformat()


def test_approving_twice_is_one_order_whoever_does_it(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    other = a_member(shop, who, "approver")
    first, again = approve(shop, who, number, approver), approve(shop, who, number, approver)
    late = approve(shop, who, number, other)
    assert first == again == late
    assert len(shop.rows(Order)) == 1
    assert request(shop, number).decided_by == approver


def test_two_approvers_at_once_make_one_order_and_one_charge(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    people = [approver, a_member(shop, who, "approver")] * 3
    with ThreadPoolExecutor(len(people)) as crowd:
        answers = list(crowd.map(lambda one: approve(shop, who, number, one), people))
    assert {type(one) for one in answers} == {Accepted}
    assert len({one.reference for one in answers if isinstance(one, Accepted)}) == 1
    (order,) = shop.rows(Order)
    assert shop.captured() == {who.currency: order.total_due_minor}
    assert len(shop.mails("approval-ended")) == 1


def test_approving_and_refusing_at_once_end_in_one_of_both(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    other = a_member(shop, who, "approver")

    def refused() -> object:
        try:
            refuse(shop, who, number, other)
        except ending.HinderedError as error:
            return error.why
        return None

    with ThreadPoolExecutor(2) as crowd:
        yes, no = crowd.submit(approve, shop, who, number, approver), crowd.submit(refused)
        placed, said_no = yes.result(), no.result() is None
    assert isinstance(placed, Accepted) is not said_no
    assert len(shop.rows(Order)) == (0 if said_no else 1)


def test_nobody_approves_their_own(shop: Shop, who: Customer) -> None:
    number, _, _ = asked_for(shop, who)
    with shop.database.write() as session:
        session.add(Membership(person_id=who.person_id, account_id=who.id, role="approver"))
    assert approve(shop, who, number, who.person_id) == NotApproved(Hindrance.OWN)
    with pytest.raises(ending.HinderedError):
        refuse(shop, who, number, who.person_id)
    assert (state(shop, number), shop.rows(Order)) == (ApprovalState.WAITING, [])


def test_whoever_is_no_approver_any_more_approves_nothing(shop: Shop, who: Customer) -> None:
    number, approver, boss = asked_for(shop, who)
    dismiss(shop, who, boss, approver)
    assert approve(shop, who, number, approver) == NotApproved(Hindrance.NO_APPROVER)
    assert approve(shop, who, number, boss) == NotApproved(Hindrance.NO_APPROVER)
    assert (state(shop, number), shop.rows(Order)) == (ApprovalState.WAITING, [])


def test_another_account_does_not_know_the_request(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    stranger = shop.customer()
    with pytest.raises(LookupError):
        approve(shop, stranger, number, approver)


def test_a_declined_card_ends_the_order_and_tells_whoever_asked(shop: Shop) -> None:
    who = shop.customer(card="declined")
    number, approver, _ = asked_for(shop, who)
    placed = approve(shop, who, number, approver)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.DECLINED
    assert [mail.recipient for mail in shop.mails("order-not-placed")] == [address_of(shop, who.person_id)]
    assert shop.captured() == {}
    assert isinstance(ask(shop, who), int)  # the cart is as it was


def test_while_another_order_is_on_its_way_the_request_waits_on(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    number, approver, boss = asked_for(shop, who)
    shop.put(who)
    other = want(shop.trial(who), shop.catalogue.standard, 1, MONTHLY)
    looked = shop.look(who, other, keep=False)
    on_its_way = shop.confirm(who, looked, wanted=(other,), person_id=boss)
    assert isinstance(on_its_way, Accepted)
    assert on_its_way.state is OrderState.AWAITING_CONFIRMATION
    assert isinstance(approve(shop, who, number, approver), Busy)
    assert state(shop, number) is ApprovalState.WAITING


# --- what ends a request ---


def _price_of_today(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        price = session.query(Price).filter_by(plan_id=shop.catalogue.standard).all()
        for one in price:
            one.unit_minor += 100


def _country(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.country = "US" if account.country != "US" else "PT"


def _balance(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        factories.grant(session, session.get_one(Account, who.id), Money(100, who.currency))


def _cart_changed(shop: Shop, who: Customer) -> None:
    (before,) = shop.cart(who)
    shop.put(who, replace(before, terms=replace(before.terms, seats=before.terms.seats + 1)))


def _cart_emptied(shop: Shop, who: Customer) -> None:
    (before,) = shop.cart(who)
    with shop.database.write() as session:
        carts.forget(session, who.id, [before.subscription_id], put_until=shop.clock.now())


def _card_gone(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        session.get_one(PaymentMethod, who.method_id).removed_at = shop.clock.now()


CHANGES = {
    "a price": (_price_of_today, Ended.CHANGED),
    "the tax": (_country, Ended.CHANGED),
    "the balance": (_balance, Ended.CHANGED),
    "the cart": (_cart_changed, Ended.CART),
    "an empty cart": (_cart_emptied, Ended.CART),
    "the card": (_card_gone, Ended.PAYMENT),
}


@pytest.mark.parametrize("what", CHANGES)
def test_any_change_at_the_moment_of_approval_ends_the_request_and_orders_nothing(
    shop: Shop, who: Customer, what: str
) -> None:
    number, approver, _ = asked_for(shop, who)
    change, why = CHANGES[what]
    change(shop, who)
    assert approve(shop, who, number, approver) is why
    assert (state(shop, number), ended_for(shop, number)) == (ApprovalState.CANCELLED, why)
    assert (shop.rows(Order), shop.captured()) == ([], {})
    (told,) = shop.mails("approval-ended")
    assert (told.payload["outcome"], told.payload["why"]) == ("cancelled", str(why))
    assert approve(shop, who, number, approver) == NotApproved(Hindrance.ENDED)


def test_a_request_of_somebody_who_left_ends(shop: Shop, who: Customer) -> None:
    number, approver, boss = asked_for(shop, who)
    dismiss(shop, who, boss, who.person_id)
    assert approve(shop, who, number, approver) is Ended.ASKER
    assert shop.rows(Order) == []


def test_the_sweep_ends_what_has_changed_and_leaves_what_waits(shop: Shop, who: Customer) -> None:
    number, _, _ = asked_for(shop, who)
    assert approving.sweep(shop.database, SELLER, shop.clock.now()) == 0
    _cart_changed(shop, who)
    assert approving.sweep(shop.database, SELLER, shop.clock.now()) == 1
    assert ended_for(shop, number) is Ended.CART


def test_past_its_last_day_it_cannot_be_approved_and_the_sweep_tells_once(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    shop.later(days=4)
    assert approve(shop, who, number, approver) == NotApproved(Hindrance.ENDED)
    assert [approving.sweep(shop.database, SELLER, shop.clock.now()) for _ in range(2)] == [1, 0]
    assert state(shop, number) is ApprovalState.EXPIRED
    assert [mail.payload["outcome"] for mail in shop.mails("approval-ended")] == ["expired"]
    assert shop.rows(Order) == []


def test_refusing_says_why_and_leaves_the_cart(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    refuse(shop, who, number, approver, "Next quarter.")
    assert (state(shop, number), request(shop, number).answer) == (ApprovalState.REFUSED, "Next quarter.")
    (told,) = shop.mails("approval-ended")
    assert (told.payload["outcome"], told.payload["answer"]) == ("refused", "Next quarter.")
    assert len(shop.cart(who)) == 1
    assert approve(shop, who, number, approver) == NotApproved(Hindrance.ENDED)


def test_only_whoever_asked_takes_it_back(shop: Shop, who: Customer) -> None:
    number, _, boss = asked_for(shop, who)
    with shop.database.write() as session:
        with pytest.raises(ending.UnknownApprovalError):
            ending.withdraw(session, who.id, number, boss, shop.clock.now())
        assert ending.withdraw(session, who.id, number, who.person_id, shop.clock.now())
        assert not ending.withdraw(session, who.id, number, who.person_id, shop.clock.now())
    assert (ended_for(shop, number), shop.mails("approval-ended")) == (Ended.WITHDRAWN, [])


def test_a_limit_that_is_lifted_meanwhile_makes_one_order_at_most(shop: Shop, who: Customer) -> None:
    number, approver, boss = asked_for(shop, who)
    limit(shop, who, None, by=boss)
    seen = shop.look(who)
    with ThreadPoolExecutor(2) as crowd:
        alone, approved = (
            crowd.submit(shop.confirm, who, seen),
            crowd.submit(approve, shop, who, number, approver),
        )
        answers = [alone.result(), approved.result()]
    assert len([one for one in answers if isinstance(one, Accepted)]) == 1, answers
    assert len(shop.rows(Order)) == 1


# --- quotes ---


def a_quote_above(shop: Shop) -> tuple[QuoteDesk, int, int]:
    """A quote of two more seats on a contract, whose contact has a limit of zero; the approver."""
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    return desk, number, a_member(shop, desk.who, "approver")


def test_accepting_a_quote_above_the_limit_waits_and_is_accepted_by_approval(shop: Shop) -> None:
    desk, number, approver = a_quote_above(shop)
    assert isinstance(desk.accept(number), AboveLimit)
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    placed = approve(shop, desk.who, asked.number, approver)
    assert isinstance(placed, Accepted)
    assert desk.state(number) is QuoteState.ACCEPTED
    order = shop.placed(placed.reference)
    assert (order.placed_by, order.approved_by) == (desk.who.person_id, approver)


def test_a_quote_that_is_rejected_meanwhile_ends_the_request(shop: Shop) -> None:
    desk, number, approver = a_quote_above(shop)
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    with shop.database.write() as session:
        answering.reject(session, desk.who.id, number, desk.who.person_id, "No.", shop.clock.now())
    assert approve(shop, desk.who, asked.number, approver) is Ended.QUOTE
    assert shop.rows(Order, quote_id=desk.view(number).id) == []


def test_a_request_ends_with_its_quote(shop: Shop) -> None:
    desk, number, _ = a_quote_above(shop)
    shop.later(days=6)
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    assert request(shop, asked.number).good_until == desk.view(number).valid_until


# --- limits ---


def test_a_limit_is_kept_with_old_and_new(shop: Shop, who: Customer) -> None:
    boss = limit(shop, who, 5000)
    limit(shop, who, None, by=boss)
    told = [line.detail for line in shop.activity(who.id) if line.entry.action == "order-limit-changed"]
    assert [(one["old_minor"], one["new_minor"]) for one in told] == [(None, 5000), (5000, None)]


@pytest.mark.parametrize("role", ["account_admin", "approver", "viewer"])
def test_others_than_contacts_set_no_limit(shop: Shop, who: Customer, role: str) -> None:
    other = a_member(shop, who, role)
    with pytest.raises(limits.LimitRefusedError):
        limit(shop, who, 5, by=other)


def test_nobody_sets_their_own_limit_and_whoever_has_one_sets_none(shop: Shop, who: Customer) -> None:
    boss = limit(shop, who, 5000)
    with pytest.raises(limits.LimitRefusedError):
        limit(shop, who, None, by=who.person_id)
    with shop.database.write() as session, pytest.raises(limits.LimitRefusedError):
        limits.set_limit(session, who.id, who.person_id, boss, Money(1, who.currency), shop.clock.now())


def test_whoever_has_a_limit_makes_nobody_contact_or_approver(shop: Shop, who: Customer) -> None:
    limit(shop, who, 5000)
    viewer = a_member(shop, who, "viewer")
    with shop.database.write() as session:
        for role in (Role.BILLING_CONTACT, Role.APPROVER):
            wish = Wish("Friend", "friend@example.org", role, "en")
            invited = invitations.invite(session, who.id, who.person_id, wish, shop.clock.now())
            assert invited is Invited.NOT_YOURS_TO_GIVE
            with pytest.raises(RoleRefusedError) as refused:
                roster.change_roles(session, who.id, who.person_id, viewer, [role], shop.clock.now())
            assert refused.value.why is Refused.NOT_YOURS_TO_GIVE


def test_the_last_contact_without_a_limit_stays(shop: Shop, who: Customer) -> None:
    boss = limit(shop, who, 5000)
    with shop.database.write() as session, pytest.raises(RoleRefusedError) as refused:
        roster.change_roles(session, who.id, boss, boss, (), shop.clock.now())
    assert refused.value.why is Refused.LAST_CONTACT


def test_the_limit_goes_with_the_role(shop: Shop, who: Customer) -> None:
    boss = limit(shop, who, 0)
    dismiss(shop, who, boss, who.person_id)
    with shop.database.read() as session:
        assert limits.limits(session, who.id, who.currency) == {}


def test_an_approval_that_is_cut_off_after_the_charge_is_found_again(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    with pytest.raises(PowerCut):
        approve(shop, who, number, approver, processor=FaultyProcessor(shop.processor, after=cut))
    (order,) = shop.rows(Order)
    assert (order.state, state(shop, number)) == (OrderState.STARTED, ApprovalState.APPROVED)
    shop.later(minutes=6)
    assert shop.resume(order.reference) is OrderState.PLACED
    assert shop.captured() == {who.currency: order.total_due_minor}
    assert shop.placed(order.reference).approved_by == approver


def test_a_request_of_yesterday_is_seen_as_expired_before_anybody_swept(shop: Shop, who: Customer) -> None:
    number, approver, _ = asked_for(shop, who)
    now = shop.clock.now() + timedelta(days=5)
    with shop.database.read() as session:
        view = approvals.one_of_account(session, who.id, number, now)
        assert view.state is ApprovalState.EXPIRED
        assert approvals.to_answer(session, approver, [who.id], now) == {}
