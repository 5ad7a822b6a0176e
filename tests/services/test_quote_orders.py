"""What a quote becomes when it is ordered: purchase orders, invoice terms, admin contacts, crashes, crowds, renewal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from portal.shared.domain.changes import Audience
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.purchase_orders import LimitRule, Shortfall
from portal.shared.domain.quotes import QuoteState
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.people import Membership, Person
from portal.shared.records.quotes import Quote
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.place import accept
from portal.shared.services.orders.placement import (
    Acceptance,
    Accepted,
    Busy,
    Held,
    PlaceRequest,
    QuoteClosed,
)
from portal.shared.services.quotes import answering
from portal.shared.services.quotes.answering import AdminContact, Choices
from portal.shared.services.quotes.drafting import place_for_product
from portal.shared.services.renewals.renewing import end_cancelled
from tests.support import factories
from tests.support.factories import SELLER, TODAY
from tests.support.faults import FaultyProcessor, PowerCut, cut
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Customer, Shop, want


@pytest.fixture
def desk(shop: Shop) -> QuoteDesk:
    """A rep, a manager, and a corporate account."""
    return QuoteDesk(shop)


def purchase_order(shop: Shop, who: Customer, rule: LimitRule, **told: object) -> int:
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.purchase_order_rule = rule
        return factories.a_purchase_order(session, account, **told).id  # type: ignore[arg-type]


def two_more_seats(desk: QuoteDesk) -> tuple[int, int]:
    subscription = desk.contract(seats=10, began=date(2026, 3, 1))
    return subscription, desk.sent(item(subscription, desk.shop.catalogue.standard, 12))


# 2 × 200.00 × 356 of 365 days, with 23 % tax
TWO_SEATS = 39014 + 8973


def test_a_purchase_order_that_covers_the_order_is_named_on_the_invoice(desk: QuoteDesk, shop: Shop) -> None:
    _, number = two_more_seats(desk)
    po = purchase_order(shop, desk.who, LimitRule.HOLD, authorised=TWO_SEATS)
    assert isinstance(desk.accept(number, purchase_order_id=po), Accepted)
    invoice = shop.rows(Invoice)[-1]
    assert (invoice.total_minor, invoice.purchase_order_id) == (TWO_SEATS, po)
    assert invoice.purchase_order_number.startswith("PO-")


@pytest.mark.parametrize(
    ("rule", "ordered", "named"),
    [
        pytest.param(LimitRule.HOLD, False, False, id="hold the draft"),
        pytest.param(LimitRule.WARN, True, True, id="warn and bill"),
        pytest.param(LimitRule.BILL_WITHOUT, True, False, id="bill without"),
    ],
)
@pytest.mark.parametrize(
    ("told", "shortfall"),
    [
        pytest.param({"authorised": TWO_SEATS - 1}, Shortfall.AMOUNT_EXCEEDED, id="one cent too little"),
        pytest.param({"valid_to": date(2026, 3, 9)}, Shortfall.PAST_ITS_DAY, id="ended yesterday"),
        pytest.param({"valid_from": date(2026, 3, 11)}, Shortfall.NOT_YET_VALID, id="begins tomorrow"),
    ],
)
def test_the_accounts_rule_decides_what_an_uncovered_order_becomes(
    desk: QuoteDesk,
    shop: Shop,
    rule: LimitRule,
    ordered: bool,
    named: bool,
    told: dict[str, object],
    shortfall: Shortfall,
) -> None:
    _, number = two_more_seats(desk)
    po = purchase_order(shop, desk.who, rule, **told)
    answer = desk.accept(number, purchase_order_id=po)
    if not ordered:
        assert answer == Held(shortfall)
        assert desk.state(number) is QuoteState.SENT
        assert shop.captured() == {}
        return
    assert isinstance(answer, Accepted)
    assert (shop.rows(Invoice)[-1].purchase_order_id == po) is named


def test_somebody_elses_purchase_order_orders_nothing(desk: QuoteDesk, shop: Shop) -> None:
    _, number = two_more_seats(desk)
    stranger = desk.customer()
    po = purchase_order(shop, stranger, LimitRule.WARN)
    with pytest.raises(LookupError):
        desk.accept(number, purchase_order_id=po)
    assert desk.state(number) is QuoteState.SENT


def test_somebody_elses_quote_cannot_be_accepted(desk: QuoteDesk, shop: Shop) -> None:
    _, number = two_more_seats(desk)
    stranger = desk.customer()
    view = desk.view(number)
    with pytest.raises(LookupError):
        _accept_for(desk, stranger, view.id, view.digest)


def _accept_for(desk: QuoteDesk, who: Customer, quote_id: int, digest: str) -> Acceptance:
    wish = PlaceRequest(who.id, who.person_id, "key", digest, Audience.REP, "/", quote_id=quote_id)
    return accept(desk.shop.database, desk.shop.processor, desk.shop.clock.now, SELLER, wish)


def test_an_open_invoice_that_is_credited_stays_right_when_the_order_is_invoiced_too(
    desk: QuoteDesk, shop: Shop
) -> None:
    who = desk.customer(invoice_terms_days=30, card=None)
    subscription = shop.past_due(who, seats=10)
    number = desk.sent(item(subscription, shop.catalogue.plus, 10, MONTHLY), who=who)
    assert isinstance(desk.accept(number, who, on_invoice=True), Accepted)
    # `shop` proves that what is open is what is receivable.
    assert shop.captured() == {}


def test_the_admin_contact_becomes_an_admin_and_gets_a_seat(desk: QuoteDesk, shop: Shop) -> None:
    subscription, number = two_more_seats(desk)
    admin = AdminContact("Ana Admin", "Ana@Admin.example", seats=True)
    with shop.database.write() as session:
        assert answering.choose(session, desk.who.id, number, Choices(admin=admin), shop.clock.now())
    assert isinstance(desk.accept(number), Accepted)
    person = shop.rows(Person, email="ana@admin.example")[0]
    roles = {row.role for row in shop.rows(Membership, person_id=person.id)}
    assert roles == {"account_admin", "seat_holder"}
    assert len(shop.rows(Seat, subscription_id=subscription, person_id=person.id)) == 1


def test_whoever_is_named_as_admin_later_does_not_become_it(desk: QuoteDesk, shop: Shop) -> None:
    """The choices travel with the order, so a change between the page and the bank's answer swaps nobody."""
    _, number = two_more_seats(desk)
    seen = Choices(admin=AdminContact("Ana Admin", "ana@example.org", seats=True), document="seen")
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        method = factories.a_card(session, shop.processor, account, "needs_confirmation").id
    answer = desk.accept(number, payment_method_id=method, choices=answering.as_plain(seen))
    assert isinstance(answer, Accepted)
    late = Choices(admin=AdminContact("Late Swap", "late@example.org", seats=True))
    with shop.database.write() as session:
        assert not answering.choose(session, desk.who.id, number, late, shop.clock.now())
        (quote,) = session.query(Quote).filter_by(account_id=desk.who.id, number=number)
        quote.choices = answering.as_plain(late)  # as if it had come a moment before the order
    shop.answer_bank(answer.reference, approved=True)
    assert shop.resume(answer.reference) is OrderState.PLACED
    named = {person.name for person in shop.rows(Person)}
    assert "Ana Admin" in named
    assert "Late Swap" not in named
    with shop.database.read() as session:
        view = orders.order(session, desk.who.id, answer.reference)
    assert view is not None
    assert view.admin == "Ana Admin"


def test_what_was_typed_is_kept_beside_what_was_chosen_until_something_is_chosen(
    desk: QuoteDesk, shop: Shop
) -> None:
    _, number = two_more_seats(desk)
    now, who = shop.clock.now(), desk.who.id
    chosen = Choices(on_invoice=True, document="seen")
    with shop.database.write() as session:
        answering.choose(session, who, number, chosen, now)
    typed = {"admin_name": "Ana", "admin_email": "x" * 1000}
    assert answering.keep_typed(shop.database, who, number, typed, now)
    kept = desk.view(number).choices
    assert kept == chosen
    assert kept.typed["admin_name"] == "Ana"
    assert len(kept.typed["admin_email"]) == answering.LONGEST_TYPED
    with shop.database.write() as session:
        answering.choose(session, who, number, chosen, now)
    assert desk.view(number).choices.typed == {}
    desk.reject(number)
    assert not answering.keep_typed(shop.database, who, number, typed, now)


def test_who_declined_the_seat_for_the_admin_keeps_it(desk: QuoteDesk, shop: Shop) -> None:
    subscription, number = two_more_seats(desk)
    admin = AdminContact("Ana Admin", "ana@admin.example", seats=False)
    with shop.database.write() as session:
        assert answering.choose(session, desk.who.id, number, Choices(admin=admin), shop.clock.now())
    assert isinstance(desk.accept(number), Accepted)
    assert shop.rows(Seat, subscription_id=subscription) == []


@pytest.mark.parametrize("press", [1, 2])
def test_eight_people_who_accept_at_once_make_one_order(desk: QuoteDesk, shop: Shop, press: int) -> None:
    subscription, number = two_more_seats(desk)
    keys = [f"key-{which}" for which in range(8 // press) for _ in range(press)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda key: desk.accept(number, key=key), keys))
    assert {type(one) for one in answers} <= {Accepted, Busy, QuoteClosed}
    assert len(shop.rows(Order, quote_id=desk.view(number).id)) == 1
    assert shop.captured() == {"EUR": TWO_SEATS}
    assert shop.subscription(subscription).seats == 12


def test_a_power_cut_after_the_charge_ends_with_an_accepted_quote(desk: QuoteDesk, shop: Shop) -> None:
    _, number = two_more_seats(desk)
    faulty = FaultyProcessor(shop.processor)
    faulty.after = cut
    with pytest.raises(PowerCut):
        desk.accept(number, processor=faulty)
    assert desk.view(number).being_ordered
    order = shop.rows(Order, quote_id=desk.view(number).id)[0]
    assert shop.resume(order.reference) is OrderState.PLACED
    assert desk.state(number) is QuoteState.ACCEPTED
    assert shop.captured() == {"EUR": TWO_SEATS}


def test_a_declined_card_leaves_the_quote_open(desk: QuoteDesk, shop: Shop) -> None:
    who = desk.customer(card="declined")
    subscription = desk.contract(who, seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12), who=who)
    answer = desk.accept(number, who)
    assert isinstance(answer, Accepted)
    assert answer.state is OrderState.DECLINED
    assert desk.state(number, who) is QuoteState.SENT
    assert shop.subscription(subscription).seats == 10


def test_a_product_the_account_does_not_have_comes_with_a_quote(desk: QuoteDesk, shop: Shop) -> None:
    with shop.database.write() as session:
        waiting = place_for_product(session, desk.who.id, "meet", shop.clock.now())
    number = desk.sent(item(waiting, shop.catalogue.pro, 20, keeps_date=False))
    assert isinstance(desk.accept(number), Accepted)
    row = shop.subscription(waiting)
    assert (row.waiting, row.seats, row.period_start) == (False, 20, TODAY)


def test_what_has_expired_is_renewed_by_a_quote_and_the_account_opens_again(
    desk: QuoteDesk, shop: Shop
) -> None:
    subscription = desk.contract(seats=10, began=date(2025, 2, 1))
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
        session.flush()
        assert end_cancelled(session, desk.who.id, shop.clock.now()) == [subscription]
    number = desk.sent(item(subscription, shop.catalogue.standard, 8))
    assert isinstance(desk.accept(number), Accepted)
    row = shop.subscription(subscription)
    assert (row.seats, row.period_start, row.ended_on) == (8, TODAY, None)
    assert shop.rows(Account, id=desk.who.id)[0].expired_on is None


def test_seats_added_to_a_contract_that_will_not_renew_do_not_renew_it(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, subscription).pending_cancellation = True
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    assert isinstance(desk.accept(number), Accepted)
    assert shop.subscription(subscription).pending_cancellation


def test_a_quote_past_its_day_is_closed_by_the_sweep_once(desk: QuoteDesk, shop: Shop) -> None:
    two_more_seats(desk)
    shop.later(days=8)
    assert answering.expire_due(shop.database, shop.clock.now()) == 1
    assert answering.expire_due(shop.database, shop.clock.now()) == 0
    assert len(shop.mails("quote-expired")) == 1


def test_an_order_of_the_account_on_its_way_keeps_others_waiting(desk: QuoteDesk, shop: Shop) -> None:
    who = desk.customer(card="needs_confirmation")
    first = desk.contract(who, seats=10)
    numbers = [desk.sent(item(first, shop.catalogue.standard, seats), who=who) for seats in (12, 14)]
    one = desk.accept(numbers[0], who)
    assert isinstance(one, Accepted)
    assert desk.accept(numbers[1], who) == Busy(one.reference)


def test_the_books_stay_right_through_quotes_and_self_service(desk: QuoteDesk, shop: Shop) -> None:
    """Add seats, swap the plan, go monthly: every credit comes from what was charged."""
    subscription = desk.contract(seats=10, began=date(2026, 1, 31))
    for seats, plan, keeps in [
        (13, "standard", True),
        (13, "plus", True),
        (7, "plus", True),
        (7, "standard", False),
    ]:
        number = desk.sent(item(subscription, getattr(shop.catalogue, plan), seats, keeps_date=keeps))
        assert isinstance(desk.accept(number), Accepted)
        shop.later(days=17)
    with shop.database.write() as session:
        session.get_one(Account, desk.who.id).type = "online"  # only then a cart can be ordered
    shop.order(desk.who, want(subscription, shop.catalogue.plus, 9))
