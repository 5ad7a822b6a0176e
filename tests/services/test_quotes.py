"""The life of a quote from draft to order; `shop` proves the books after each test."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.shared.domain.changes import Refusal
from portal.shared.domain.effects import Effect
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.quotes import IllegalQuoteMoveError, PriceKind, PriceProblem, PriceWish, QuoteState
from portal.shared.domain.summary import LineKind
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.quotes import Quote
from portal.shared.services.orders.placement import Accepted, QuoteClosed, QuoteUnfit
from portal.shared.services.quotes import drafts
from portal.shared.services.quotes.adding_seats import NotAdded, Offered, OpenQuotes
from portal.shared.services.quotes.drafting import UnpriceableError
from portal.shared.services.quotes.moves import OnItsWayError
from portal.shared.services.quotes.sending import AwaitsApproval, BeyondLimits, OwnQuoteError, Sent
from tests.support import factories
from tests.support.factories import SELLER, TODAY
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Shop

PERCENT_20 = PriceWish(PriceKind.PERCENT, 200_000)


@pytest.fixture
def desk(shop: Shop) -> QuoteDesk:
    """A rep, a manager, and a corporate account."""
    return QuoteDesk(shop)


def test_seats_of_a_contract_are_charged_to_the_renewal_date_which_stays(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=40, began=date(2026, 3, 1))
    number = desk.sent(item(subscription, shop.catalogue.standard, 50))
    placed = desk.accept(number)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.PLACED
    row = shop.subscription(subscription)
    assert (row.seats, row.anchor, row.period_start, row.period_end) == (
        50,
        date(2026, 3, 1),
        date(2026, 3, 1),
        date(2027, 3, 1),
    )
    line = desk.view(number).summary.lines[0]  # type: ignore[union-attr]
    # 10 × 200.00 × 356 of 365 days
    assert (line.seats, line.days, line.of_days, line.amount.minor) == (10, 356, 365, 195068)
    assert shop.captured() == {"EUR": 195068 + 44866}
    assert desk.state(number) is QuoteState.ACCEPTED


def test_another_plan_for_a_contract_is_a_swap_to_the_same_renewal_date(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10, began=date(2026, 3, 1))
    number = desk.sent(item(subscription, shop.catalogue.plus, 10))
    summary = desk.view(number).summary
    assert summary is not None
    assert summary.items[0].effect is Effect.SWAP
    assert [line.kind for line in summary.lines] == [LineKind.CHARGE, LineKind.CREDIT]
    assert {line.days for line in summary.lines} == {356}
    assert isinstance(desk.accept(number), Accepted)
    assert shop.subscription(subscription).period_end == date(2027, 3, 1)


def test_another_frequency_begins_a_period_of_its_own(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 10, MONTHLY))
    assert isinstance(desk.accept(number), Accepted)
    row = shop.subscription(subscription)
    assert (row.anchor, row.period_end) == (TODAY, date(2026, 4, 10))


def test_a_contract_term_gives_the_subscription_its_service_order_end_date(
    desk: QuoteDesk, shop: Shop
) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 10, keeps_date=False), term_months=24)
    assert isinstance(desk.accept(number), Accepted)
    assert shop.subscription(subscription).contract_end == date(2028, 3, 10)


def test_two_people_who_accept_make_one_order(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    first, second = desk.accept(number), desk.accept(number)
    assert isinstance(first, Accepted)
    assert second == QuoteClosed(QuoteState.ACCEPTED)
    assert len(shop.rows(Order, quote_id=desk.view(number).id)) == 1


def test_a_quote_cannot_be_accepted_after_its_last_day(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    shop.later(days=8)
    assert desk.accept(number) == QuoteClosed(QuoteState.EXPIRED)
    assert desk.state(number) is QuoteState.EXPIRED


def test_a_quote_keeps_its_figures_until_its_last_day(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    quoted = desk.view(number)
    shop.later(days=7)
    assert isinstance(desk.accept(number, digest=quoted.digest), Accepted)
    assert quoted.summary is not None
    assert shop.captured() == {"EUR": quoted.summary.total_due.minor}
    invoice = shop.rows(Invoice)[-1]
    assert (invoice.issued_on, invoice.due_on) == (date(2026, 3, 17), date(2026, 3, 17))


def test_an_account_on_invoice_terms_is_invoiced_and_pays_later(desk: QuoteDesk, shop: Shop) -> None:
    who = desk.customer(invoice_terms_days=30, card=None)
    subscription = desk.contract(who, seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12), who=who)
    placed = desk.accept(number, who, on_invoice=True)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.PLACED
    assert shop.captured() == {}
    invoice = shop.rows(Invoice, account_id=who.id)[-1]
    assert (invoice.issued_on, invoice.due_on) == (TODAY, date(2026, 4, 9))
    assert shop.subscription(subscription).seats == 12


def test_a_price_for_the_customer_is_net_and_stays_with_the_subscription(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    price = PriceWish(PriceKind.PERCENT, 100_000)
    number = desk.sent(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=price))
    assert isinstance(desk.accept(number), Accepted)
    assert shop.subscription(subscription).unit_minor == 18000
    assert desk.view(number).saved.minor == 10 * 2000


def test_beyond_the_reps_limits_a_manager_approves_and_never_the_author(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.draft(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=PERCENT_20))
    assert desk.send(number) == AwaitsApproval()
    with pytest.raises(OwnQuoteError):
        desk.approve(number, by=desk.rep)
    assert desk.approve(number) == Sent()
    assert desk.view(number).approved_by is not None


def test_the_table_itself_refuses_an_authors_own_approval(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.draft(item(subscription, shop.catalogue.standard, 12))
    statement = sa.update(Quote).where(Quote.number == number).values(approved_by=Quote.author_id)
    with pytest.raises(IntegrityError), shop.database.write() as session:
        session.execute(statement)


def test_beyond_everybodys_limits_nothing_is_sent(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    half = PriceWish(PriceKind.PERCENT, 500_000)
    number = desk.draft(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=half))
    assert desk.send(number) == BeyondLimits()
    assert desk.state(number) is QuoteState.DRAFT


def test_an_approved_quote_that_is_edited_has_to_be_approved_again(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.draft(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=PERCENT_20))
    assert desk.send(number) == AwaitsApproval()
    copy = desk.draft(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=PERCENT_20))
    assert desk.send(copy) == AwaitsApproval()


@pytest.mark.parametrize(
    ("price", "problem"),
    [
        pytest.param(PriceWish(PriceKind.PERCENT, 1_010_000), PriceProblem.DISCOUNT_BEYOND_PRICE, id="101 %"),
        pytest.param(PriceWish(PriceKind.PERCENT, 1_000_000), PriceProblem.PRICE_TOO_LOW, id="100 %"),
        pytest.param(
            PriceWish(PriceKind.MONEY, 20001), PriceProblem.DISCOUNT_BEYOND_PRICE, id="more than it costs"
        ),
        pytest.param(PriceWish(PriceKind.PRICE, 0), PriceProblem.PRICE_TOO_LOW, id="for nothing"),
    ],
)
def test_a_price_that_nobody_can_grant_is_not_kept(
    desk: QuoteDesk, shop: Shop, price: PriceWish, problem: PriceProblem
) -> None:
    subscription = desk.contract(seats=10)
    with pytest.raises(UnpriceableError) as caught:
        desk.draft(item(subscription, shop.catalogue.standard, 10, keeps_date=False, price=price))
    assert caught.value.priced.problems == {subscription: problem}


def test_a_draft_that_changes_nothing_is_refused(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    with pytest.raises(UnpriceableError) as caught:
        desk.draft(item(subscription, shop.catalogue.standard, 10))
    assert caught.value.priced.refused == {subscription: Refusal.NOTHING_CHANGES}


def test_a_rejected_quote_is_over_and_its_author_reads_why(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    desk.reject(number, "Too dear.")
    assert desk.accept(number) == QuoteClosed(QuoteState.REJECTED)
    assert [mail.payload["reason"] for mail in shop.mails("quote-rejected")] == ["Too dear."]


def test_a_quote_that_replaces_another_closes_it_when_it_is_sent(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    old = desk.sent(item(subscription, shop.catalogue.standard, 12))
    better = desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=old)
    assert desk.state(old) is QuoteState.SENT
    assert desk.send(better) == Sent()
    assert desk.accept(old) == QuoteClosed(QuoteState.REPLACED)
    assert (desk.view(old).replaced_by, desk.view(better).replaces) == (better, old)


def test_of_two_drafts_that_replace_one_quote_the_second_replaces_the_first(
    desk: QuoteDesk, shop: Shop
) -> None:
    subscription = desk.contract(seats=10)
    old = desk.sent(item(subscription, shop.catalogue.standard, 12))
    one = desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=old)
    other = desk.draft(item(subscription, shop.catalogue.standard, 16), replaces=old)
    better = desk.draft(item(subscription, shop.catalogue.standard, 18), replaces=one)
    assert desk.send(one) == Sent()
    assert desk.send(better) == Sent()
    assert desk.send(other) == Sent()
    states = [desk.state(number) for number in (old, one, better, other)]
    assert states == [QuoteState.REPLACED] * 3 + [QuoteState.SENT]
    assert desk.accept(better) == QuoteClosed(QuoteState.REPLACED)
    assert isinstance(desk.accept(other), Accepted)
    assert shop.subscription(subscription).seats == 16


def test_a_second_draft_is_not_sent_while_the_first_is_being_ordered(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    old = desk.sent(item(subscription, shop.catalogue.standard, 12))
    one = desk.draft(item(subscription, shop.catalogue.standard, 14), replaces=old)
    other = desk.draft(item(subscription, shop.catalogue.standard, 16), replaces=old)
    desk.send(one)
    with shop.database.write() as session:
        account = session.get_one(Account, desk.who.id)
        method = factories.a_card(session, shop.processor, account, "needs_confirmation").id
    waiting = desk.accept(one, payment_method_id=method)
    assert isinstance(waiting, Accepted)
    with pytest.raises(OnItsWayError):
        desk.send(other)
    assert (desk.state(one), desk.state(other)) == (QuoteState.SENT, QuoteState.DRAFT)
    shop.give_up(waiting.reference)
    assert desk.send(other) == Sent()
    assert desk.state(one) is QuoteState.REPLACED


def test_drafts_say_what_they_would_come_to_today(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.draft(item(subscription, shop.catalogue.standard, 12))
    with shop.database.read() as session:
        totals = drafts.totals_now(session, [(desk.who.id, number)], SELLER, shop.clock.now())
    summary = desk.priced(number).summary
    assert summary is not None
    assert totals == {(desk.who.id, number): summary.total_due}
    assert summary.total_due.minor > 0


def test_added_seats_name_the_open_quote_and_replace_it_only_knowingly(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    old = desk.sent(item(subscription, shop.catalogue.plus, 10))
    assert desk.add_seats(subscription, 10) == OpenQuotes((old,))
    assert desk.state(old) is QuoteState.SENT
    offered = desk.add_seats(subscription, 10, replacing=(old,))
    assert isinstance(offered, Offered)
    assert desk.state(old) is QuoteState.REPLACED
    assert isinstance(desk.accept(offered.number), Accepted)
    assert shop.subscription(subscription).seats == 20


@pytest.mark.parametrize("added", [0, -3, 100_000])
def test_a_count_that_cannot_be_added_makes_no_quote(desk: QuoteDesk, shop: Shop, added: int) -> None:
    subscription = desk.contract(seats=10)
    assert isinstance(desk.add_seats(subscription, added), NotAdded)
    assert shop.rows(Quote) == []


def test_a_quote_the_account_outgrew_is_refused_as_a_whole(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    other = desk.sent(item(subscription, shop.catalogue.standard, 12))
    assert isinstance(desk.accept(other), Accepted)
    assert desk.accept(number) == QuoteUnfit({subscription: Refusal.NOTHING_CHANGES})


def test_a_quote_that_waits_for_the_bank_cannot_be_withdrawn_or_rejected(desk: QuoteDesk, shop: Shop) -> None:
    who = desk.customer(card="needs_confirmation")
    subscription = desk.contract(who, seats=10)
    desk.who = who
    number = desk.sent(item(subscription, shop.catalogue.standard, 12), validity_days=1)
    shop.later(days=1, hours=13, minutes=55)  # minutes before its last day ends
    placed = desk.accept(number)
    assert isinstance(placed, Accepted)
    assert placed.state is OrderState.AWAITING_CONFIRMATION
    with pytest.raises(OnItsWayError):
        desk.withdraw(number)
    with pytest.raises(OnItsWayError):
        desk.reject(number)
    shop.later(minutes=10)
    shop.answer_bank(placed.reference, approved=True)
    assert shop.resume(placed.reference) is OrderState.PLACED
    assert desk.state(number) is QuoteState.ACCEPTED


def test_a_withdrawn_quote_is_over(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    desk.withdraw(number)
    assert desk.accept(number) == QuoteClosed(QuoteState.WITHDRAWN)
    with pytest.raises(IllegalQuoteMoveError):
        desk.withdraw(number)


def test_what_was_accepted_is_kept_with_who_saw_what(desk: QuoteDesk, shop: Shop) -> None:
    subscription = desk.contract(seats=10)
    number = desk.sent(item(subscription, shop.catalogue.standard, 12))
    placed = desk.accept(number)
    assert isinstance(placed, Accepted)
    kept = next(one for one in shop.rows(Activity) if one.action == "quote-accepted")
    assert kept.person_id == desk.who.person_id
    assert kept.detail["digest"] == kept.detail["quoted_digest"] == desk.view(number).digest
