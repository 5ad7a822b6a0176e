"""What a page says about an order and about a request for approval is what was chosen and what happened."""

from __future__ import annotations

import pytest

from portal.shared.domain.approvals import Ended
from portal.shared.domain.calendar import add_months
from portal.shared.domain.changes import Refusal, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.requests import Request
from portal.shared.services import carts, requests, seats
from portal.shared.services.accounts import UnknownAccountError
from portal.shared.services.approvals import ending
from portal.shared.services.orders import approving
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.placement import Accepted, Asked
from portal.shared.services.orders.reading import OrderView
from portal.shared.services.quotes import answering
from tests.support import factories
from tests.support.approving import a_member, approve, ask, dismiss, ended_for, limit
from tests.support.factories import NOW, SELLER, TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import CARE, CONTACT, MONTHLY, Customer, Shop, want


def nine_seats(shop: Shop, who: Customer) -> Wanted:
    """A trial that becomes a subscription."""
    return want(shop.trial(who), shop.catalogue.standard, 9, MONTHLY)


def seen(shop: Shop, who: Customer, reference: str) -> OrderView:
    """The order as its page shows it."""
    with shop.database.read() as session:
        view = orders.order(session, who.id, reference)
    assert view is not None
    return view


def name_and_address(shop: Shop, person_id: int) -> tuple[str, str]:
    with shop.database.read() as session:
        person = session.get_one(Person, person_id)
        return person.name, person.email


def why_over(shop: Shop, who: Customer, number: int) -> Ended | None:
    """Why approving it would come to nothing."""
    with shop.database.read() as session:
        return approving.why_it_ends(session, who.id, number, SELLER, shop.clock.now())


# --- orders ---


def test_an_order_shows_who_placed_it_when_with_which_card_and_its_document(shop: Shop) -> None:
    who = shop.customer(card="mastercard")
    placed = shop.order(who, nine_seats(shop, who))
    view = seen(shop, who, placed.reference)
    assert (view.placed_by, view.placed_by_email) == name_and_address(shop, who.person_id)
    assert (view.state, view.created_at, view.approved_by) == (OrderState.PLACED, NOW, "")
    assert view.card.lower().startswith("mastercard •••• ")
    assert view.card[-4:].isdigit()
    (invoice,) = shop.rows(Invoice, account_id=who.id)
    assert (view.invoice, view.summary.digest) == (invoice.name, shop.placed(placed.reference).digest)
    assert (view.quote, view.purchase_order, view.due_on, view.admin, view.by_debit) == (
        None,
        "",
        None,
        "",
        False,
    )
    assert (view.decline_reason, view.confirmation_path) == (None, None)


def test_another_accounts_order_is_none(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    placed = shop.order(who, nine_seats(shop, who))
    with shop.database.read() as session:
        assert orders.order(session, stranger.id, placed.reference) is None


def test_a_declined_order_says_why(shop: Shop) -> None:
    who = shop.customer(card="declined")
    placed = shop.order(who, nine_seats(shop, who))
    view = seen(shop, who, placed.reference)
    assert (view.state, view.invoice) == (OrderState.DECLINED, None)
    assert view.decline_reason


def test_an_order_that_waits_for_the_bank_is_known_to_its_account_alone(shop: Shop) -> None:
    who, stranger = shop.customer(card="needs_confirmation"), shop.customer()
    with shop.database.read() as session:
        assert orders.on_its_way(session, who.id) is None
        assert orders.open_order(session, who.id) == (None, None)
        assert orders.awaiting_confirmation(session, who.id) is None
    placed = shop.order(who, nine_seats(shop, who))
    assert placed.state is OrderState.AWAITING_CONFIRMATION
    assert seen(shop, who, placed.reference).confirmation_path == placed.confirmation_path is not None
    with shop.database.read() as session:
        assert orders.on_its_way(session, who.id) == placed.reference
        assert orders.open_order(session, who.id) == (placed.reference, placed.reference)
        assert orders.awaiting_confirmation(session, who.id) == placed.reference
        assert orders.awaiting_confirmation(session, who.id, 1) is None, "it answers no request"
        assert orders.on_its_way(session, stranger.id) is None
        assert orders.open_order(session, stranger.id) == (None, None)
        assert orders.awaiting_confirmation(session, stranger.id) is None


def test_an_order_whose_charge_is_unknown_is_on_its_way_but_asks_nobody(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    placed = shop.order(who, nine_seats(shop, who))
    with shop.database.write() as session:
        row = session.merge(shop.placed(placed.reference))
        row.state, row.confirmation_path = OrderState.STARTED, None
    with shop.database.read() as session:
        assert orders.open_order(session, who.id) == (placed.reference, None)
        assert orders.awaiting_confirmation(session, who.id) is None


def test_what_a_page_prices_is_what_placing_prices(shop: Shop) -> None:
    who = shop.customer()
    wanted = nine_seats(shop, who)
    shown = shop.look(who, wanted)
    with shop.database.read() as session:
        priced = orders.price_for_page(session, who.id, carts.wanted(session, who.id), CONTACT, SELLER, NOW)
        assert priced == shown
        with pytest.raises(UnknownAccountError):
            orders.price_for_page(session, 987654, (), CONTACT, SELLER, NOW)


def test_a_page_prices_for_whoever_it_is_shown_to(shop: Shop) -> None:
    """Customer Care carries out a lower plan, which no contact orders alone."""
    who = shop.customer()
    lower = want(shop.monthly(who, shop.catalogue.plus), shop.catalogue.standard, 5)
    with shop.database.read() as session:
        theirs, ours = (
            orders.price_for_page(session, who.id, (lower,), audience, SELLER, NOW)
            for audience in (CONTACT, CARE)
        )
    assert theirs.refused == {lower.subscription_id: Refusal.LOWER_PLAN}
    assert (ours.refused, ours.summary is None) == ({}, False)


def test_the_order_of_a_request_waits_for_the_bank_in_its_name_and_in_the_accounts(shop: Shop) -> None:
    who = shop.customer(card="needs_confirmation")
    subscription = shop.monthly(who, shop.catalogue.plus, began=TODAY)
    shop.later(days=25)
    lower = want(subscription, shop.catalogue.standard, 9)
    with shop.database.write() as session:
        requests.ask_for_lower_plan(session, who.id, lower, who.person_id, shop.clock.now())
    (asked,) = shop.rows(Request)
    shown = shop.look(who, lower, audience=CARE)
    placed = shop.confirm(who, shown, audience=CARE, wanted=(lower,), request_id=asked.id)
    assert isinstance(placed, Accepted)
    with shop.database.read() as session:
        assert orders.awaiting_confirmation(session, who.id) == placed.reference
        assert orders.awaiting_confirmation(session, who.id, asked.id) == placed.reference
        assert orders.awaiting_confirmation(session, who.id, asked.id + 1) is None


def test_the_invoices_that_a_summary_lowers_are_named(shop: Shop) -> None:
    who = shop.customer()
    subscription = shop.past_due(who, seats=9)
    priced = shop.look(who, want(subscription, shop.catalogue.standard, 4, MONTHLY))
    assert priced.summary is not None
    (unpaid,) = shop.rows(Invoice, account_id=who.id)
    with shop.database.read() as session:
        named = orders.invoice_names(session, priced.summary)
        assert named == {relief.invoice_id: unpaid.name for relief in priced.summary.reliefs}


def test_a_service_order_on_account_shows_its_quote_its_day_its_purchase_order_and_its_admin(
    shop: Shop,
) -> None:
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        account.invoice_terms_days = 30
        bought_on = factories.a_purchase_order(session, account)
        number_there, order_id = bought_on.number, bought_on.id
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    placed = desk.accept(
        number,
        on_invoice=True,
        purchase_order_id=order_id,
        choices={"admin": {"name": "Rosa Dias", "email": "rosa@example.org", "seats": False}},
    )
    assert isinstance(placed, Accepted)
    view = seen(shop, desk.who, placed.reference)
    (invoice,) = shop.rows(Invoice, purchase_order_id=order_id)
    assert (view.quote, view.purchase_order, view.admin) == (number, number_there, "Rosa Dias")
    assert (view.due_on, view.card, view.invoice) == (invoice.due_on, "", invoice.name)
    assert view.due_on is not None
    assert (view.due_on - TODAY).days == 30


def test_an_order_shows_the_admin_that_was_kept_with_its_quote(shop: Shop) -> None:
    """Nothing stood beside the figures when it was accepted: what was chosen before is what counts."""
    desk = QuoteDesk(shop)
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    chosen = answering.Choices(admin=answering.AdminContact("Ana Admin", "ana@example.org", seats=False))
    with shop.database.write() as session:
        assert answering.choose(session, desk.who.id, number, chosen, shop.clock.now())
    placed = desk.accept(number)
    assert isinstance(placed, Accepted)
    assert seen(shop, desk.who, placed.reference).admin == "Ana Admin"


# --- what waits for an approver ---


def test_an_approved_order_is_paid_with_what_was_chosen_when_asking(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        second = factories.a_card(session, shop.processor, session.get_one(Account, who.id), "mastercard").id
    limit(shop, who, 0)
    approver = a_member(shop, who, "approver")
    number = ask(shop, who, nine_seats(shop, who), payment_method_id=second)
    placed = approve(shop, who, number, approver)
    assert isinstance(placed, Accepted)
    assert shop.placed(placed.reference).payment_method_id == second


def test_an_approved_quote_is_billed_as_was_chosen_when_asking(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        account.invoice_terms_days = 14
        order_id = factories.a_purchase_order(session, account).id
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    approver = a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True, on_invoice=True, purchase_order_id=order_id)
    assert isinstance(asked, Asked)
    shop.later(days=2)
    assert why_over(shop, desk.who, asked.number) is None, "its figures are those of the quote"
    placed = approve(shop, desk.who, asked.number, approver)
    assert isinstance(placed, Accepted)
    order = shop.placed(placed.reference)
    assert (order.due_days, order.purchase_order_id, order.payment_method_id) == (14, order_id, None)


def test_what_was_approved_on_account_charges_no_card_once_the_terms_are_gone(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        session.get_one(Account, desk.who.id).invoice_terms_days = 14
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    approver = a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True, on_invoice=True)
    assert isinstance(asked, Asked)
    with shop.database.write() as session:
        session.get_one(Account, desk.who.id).invoice_terms_days = None
    assert approve(shop, desk.who, asked.number, approver) is Ended.PAYMENT
    assert (ended_for(shop, asked.number), shop.captured()) == (Ended.PAYMENT, {})


@pytest.mark.parametrize("closed", [pytest.param(True, id="closed"), pytest.param(False, id="used-up")])
def test_a_request_ends_with_its_purchase_order(shop: Shop, closed: bool) -> None:
    desk = QuoteDesk(shop)
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        account.purchase_order_rule = LimitRule.HOLD
        order_id = factories.a_purchase_order(session, account).id
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    approver = a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True, purchase_order_id=order_id)
    assert isinstance(asked, Asked)
    with shop.database.write() as session:
        row = session.get_one(PurchaseOrderRow, order_id)
        if closed:
            row.closed_at = shop.clock.now()
        else:
            row.authorised_minor = 1
    assert approve(shop, desk.who, asked.number, approver) is Ended.PURCHASE_ORDER
    assert (ended_for(shop, asked.number), shop.captured()) == (Ended.PURCHASE_ORDER, {})


def test_a_request_ends_when_the_seats_it_named_people_for_were_given_away(shop: Shop) -> None:
    who = shop.customer()
    mine = shop.monthly(who, seats=2)
    limit(shop, who, 0)
    approver = a_member(shop, who, "approver")
    people = [seats.Newcomer(name, f"{name}@example.org") for name in ("ana", "bo")]
    choices = seats.as_choices({mine: people}, notify=False)
    number = ask(shop, who, want(mine, shop.catalogue.plus, 3), choices=choices)
    shop.seats(mine, 2)
    assert approve(shop, who, number, approver) is Ended.SEATS
    assert (ended_for(shop, number), shop.captured()) == (Ended.SEATS, {})


def test_approving_a_quote_that_no_longer_fits_ends_the_request(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    approver = a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    with shop.database.write() as session:
        session.merge(shop.subscription(subscription)).seats = 12
    assert approve(shop, desk.who, asked.number, approver) is Ended.QUOTE
    assert (ended_for(shop, asked.number), shop.captured()) == (Ended.QUOTE, {})


def test_what_waits_for_approval_stays_as_it_was_shown_on_later_days(shop: Shop) -> None:
    who = shop.customer()
    limit(shop, who, 0)
    a_member(shop, who, "approver")
    subscription = shop.annual(who)
    number = ask(shop, who, want(subscription, shop.catalogue.plus, 9, MONTHLY))
    shop.later(days=2)
    assert why_over(shop, who, number) is None


def test_a_request_is_over_once_its_cart_is_empty_or_whoever_asked_is_gone(shop: Shop) -> None:
    who = shop.customer()
    boss = limit(shop, who, 0)
    a_member(shop, who, "approver")
    wanted = nine_seats(shop, who)
    number = ask(shop, who, wanted)
    dismiss(shop, who, boss, who.person_id)
    assert why_over(shop, who, number) is Ended.ASKER
    other = shop.customer()
    limit(shop, other, 0)
    a_member(shop, other, "approver")
    waiting = ask(shop, other, nine_seats(shop, other))
    (kept,) = shop.cart(other)
    with shop.database.write() as session:
        carts.forget(session, other.id, [kept.subscription_id], put_until=shop.clock.now())
    assert why_over(shop, other, waiting) is Ended.CART


def test_a_request_for_more_seats_than_the_shop_sells_waits_for_what_its_quote_says(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    number = desk.sent(item(desk.contract(seats=10), shop.catalogue.standard, 600))
    limit(shop, desk.who, 0)
    a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    assert why_over(shop, desk.who, asked.number) is None
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        factories.grant(session, account, Money(100, account.currency))
    assert why_over(shop, desk.who, asked.number) is Ended.CHANGED, "the quote stands, its figures moved"


def test_another_account_is_not_told_what_a_request_would_come_to(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    limit(shop, who, 0)
    a_member(shop, who, "approver")
    number = ask(shop, who, nine_seats(shop, who))
    with shop.database.read() as session, pytest.raises(ending.UnknownApprovalError):
        approving.as_of_now(session, stranger.id, number, SELLER, NOW)
    with pytest.raises(ending.UnknownApprovalError):
        why_over(shop, stranger, number)


def test_the_sweep_ends_as_many_requests_as_it_may_and_the_rest_the_next_time(shop: Shop) -> None:
    for _ in range(2):
        who = shop.customer()
        boss = limit(shop, who, 0)
        a_member(shop, who, "approver")
        ask(shop, who, nine_seats(shop, who))
        dismiss(shop, who, boss, who.person_id)
    swept = [approving.sweep(shop.database, SELLER, shop.clock.now(), limit=1) for _ in range(3)]
    assert swept == [1, 1, 0]


def test_a_request_for_a_quote_is_over_when_the_quote_is_or_no_longer_fits(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    limit(shop, desk.who, 0)
    a_member(shop, desk.who, "approver")
    asked = desk.accept(number, asks=True)
    assert isinstance(asked, Asked)
    assert why_over(shop, desk.who, asked.number) is None
    with shop.database.write() as session:
        session.merge(shop.subscription(subscription)).seats = 12
    assert why_over(shop, desk.who, asked.number) is Ended.QUOTE, "nothing of it is left to order"
    desk.reject(number)
    assert desk.state(number) is QuoteState.REJECTED
    assert why_over(shop, desk.who, asked.number) is Ended.QUOTE


# --- what a quote leaves behind ---


def test_an_accepted_quote_begins_its_term_and_is_told_with_what_was_seen(shop: Shop) -> None:
    desk = QuoteDesk(shop)
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12, keeps_date=False), term_months=24)
    placed = desk.accept(number, choices={"document": "seen-one"})
    assert isinstance(placed, Accepted)
    order, row = shop.placed(placed.reference), shop.subscription(subscription)
    assert row.contract_end == add_months(row.period_start or TODAY, 24)
    (told,) = [one for one in shop.activity(desk.who.id) if one.entry.action == "quote-accepted"]
    assert told.detail == {
        "quote": number,
        "order": placed.reference,
        "digest": order.digest,
        "quoted_digest": desk.view(number).digest,
        "document": "seen-one",
        "purchase_order": None,
    }
    assert told.entry.person == desk.who.person_id
    assert seen(shop, desk.who, placed.reference).admin == "", "nobody was named"
