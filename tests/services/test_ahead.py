"""What lies ahead: pending changes on one time line, and an invoice that is what was shown; on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Refusal
from portal.shared.domain.money import Money
from portal.shared.domain.planned_changes import Planned
from portal.shared.domain.summary import OrderSummary
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan, Price
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.records.planned_changes import PlannedChange
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.ahead import Pending, PendingKind, pending_of
from portal.shared.services.ahead.next_invoice import NextInvoice, next_invoice
from portal.shared.services.ahead.planning import PlanProblem, Wish, plan, take_off
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.renewing import Outcome, end_cancelled, renew_account
from portal.shared.services.subscriptions import standing
from tests.support import factories
from tests.support.factories import NOW, SELLER
from tests.support.shop import ANNUAL, MONTHLY, Customer, Shop

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
NEXT_YEAR = date(2026, 9, 10)


def corporate(shop: Shop, *, balance: int = 0, days: int | None = 30) -> Customer:
    """A corporate account that is invoiced."""
    who = shop.customer(balance=balance)
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type, account.invoice_terms_days = "corporate", days
    return who


def planned(
    shop: Shop,
    who: Customer,
    number: int,
    plan_id: int | None = None,
    seats: int | None = None,
    day: date = APRIL,
    now: datetime = NOW,
) -> object:
    with shop.database.write() as session:
        return plan(session, who.id, number, Wish(plan_id, seats, day), who.person_id, now)


def ahead(shop: Shop, who: Customer) -> list[Pending]:
    with shop.database.read() as session:
        return list(pending_of(session, who.id))


def shown(shop: Shop, who: Customer) -> NextInvoice | None:
    with shop.database.read() as session:
        return next_invoice(session, who.id, SELLER)


def renew(shop: Shop, who: Customer, day: date) -> list[Outcome]:
    at = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    return list(renew_account(shop.database, who.id, SELLER, at))


def cancel(shop: Shop, who: Customer, number: int) -> None:
    with shop.database.write() as session:
        standing.cancel(session, who.id, number, who.person_id, NOW)


def written(shop: Shop, summary: OrderSummary, name: str) -> None:
    """The document says what the summary said, line by line and to the cent."""
    (invoice,) = shop.rows(Invoice, name=name)
    lines = shop.rows(InvoiceLine, invoice_id=invoice.id)
    assert [
        (line.subscription_id, line.plan_id, line.seats, line.unit_minor, line.amount_minor, line.tax_minor)
        for line in lines
    ] == [
        (one.subscription_id, one.plan_id, one.seats, one.unit.minor, one.amount.minor, one.tax.minor)
        for one in summary.lines
    ]
    assert [(line.service_start, line.service_end) for line in lines] == [
        (one.service.start, one.service.end) for one in summary.lines
    ]
    assert invoice.total_minor == summary.total.minor


def test_a_planned_change_is_carried_out_by_the_renewal_and_not_before(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    assert planned(shop, who, number, shop.catalogue.plus, 7) == Planned(shop.catalogue.plus, 7, APRIL)
    told = shown(shop, who)
    assert told is not None
    assert (told.on, told.summary.total) == (APRIL, Money(30135, "EUR"))  # 7 × 35.00 with 23 %
    assert (shop.subscription(number).plan_id, shop.subscription(number).seats) == (
        shop.catalogue.standard,
        5,
    )
    (done,) = renew(shop, who, APRIL)
    assert isinstance(done, Renewed)
    written(shop, told.summary, done.invoice)
    row = shop.subscription(number)
    assert (row.plan_id, row.seats, row.unit_minor) == (shop.catalogue.plus, 7, 3500)
    assert shop.rows(PlannedChange) == []
    line = next(one for one in shop.activity(who.id) if one.entry.action == "subscription-change-carried-out")
    assert line.entry.detail["old"] == {"plan": shop.catalogue.standard, "seats": 5}
    assert line.entry.detail["new"] == {"plan": shop.catalogue.plus, "seats": 7}


def test_a_change_for_a_later_renewal_waits_for_it(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    planned(shop, who, number, seats=3, day=date(2026, 4, 15))
    assert [(one.kind, one.on) for one in ahead(shop, who)] == [
        (PendingKind.RENEWAL, APRIL),
        (PendingKind.CHANGE, MAY),
    ]
    renew(shop, who, APRIL)
    assert (shop.subscription(number).seats, len(shop.rows(PlannedChange))) == (5, 1)
    renew(shop, who, MAY)
    assert (shop.subscription(number).seats, len(shop.rows(PlannedChange))) == (3, 0)


def test_a_newer_plan_takes_the_place_of_the_one_before(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    planned(shop, who, number, seats=3)
    planned(shop, who, number, seats=9, day=MAY, now=NOW + timedelta(hours=1))
    (row,) = shop.rows(PlannedChange)
    assert (row.seats, row.from_day) == (9, MAY)
    newest = [one for one in shop.activity(who.id) if one.entry.action == "subscription-change-planned"][-1]
    assert newest.entry.detail["old"] == {"plan": None, "seats": 3, "from": "2026-04-01"}
    assert len(shop.mails("change-planned")) == 2


@pytest.mark.parametrize("tell", [True, False], ids=["by the desk", "by the contact"])
def test_each_is_taken_off_alone(shop: Shop, *, tell: bool) -> None:
    who = corporate(shop)
    first, second = shop.monthly(who), shop.monthly(who, shop.catalogue.basic)
    planned(shop, who, first, seats=3)
    planned(shop, who, second, seats=4)
    cancel(shop, who, first)
    with shop.database.write() as session:
        assert take_off(session, who.id, first, who.person_id, NOW, tell=tell)
        assert not take_off(session, who.id, first, who.person_id, NOW, tell=tell)
    assert [(one.kind, one.subscription_id) for one in ahead(shop, who)] == [
        (PendingKind.END, first),
        (PendingKind.CHANGE, second),
        (PendingKind.RENEWAL, second),
    ]
    assert len(shop.mails("change-taken-off")) == int(tell)
    told = shown(shop, who)
    assert told is not None
    assert [line.seats for line in told.summary.lines] == [4]


def test_a_cancelled_subscription_takes_its_plan_along(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    planned(shop, who, number, seats=3)
    cancel(shop, who, number)
    (change,) = [one for one in ahead(shop, who) if one.kind is PendingKind.CHANGE]
    assert change.ends_first
    assert shown(shop, who) is None
    with shop.database.write() as session:
        assert end_cancelled(session, who.id, NOW + timedelta(days=30)) == [number]
    assert (shop.rows(PlannedChange), ahead(shop, who)) == ([], [])
    line = next(one for one in shop.activity(who.id) if one.entry.action == "subscription-change-dropped")
    assert line.entry.detail["reason"] == "ended"


def test_within_the_term_of_a_contract_it_is_carried_out_all_the_same(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, number).contract_end = JUNE
    cancel(shop, who, number)
    planned(shop, who, number, seats=3)
    (change,) = [one for one in ahead(shop, who) if one.kind is PendingKind.CHANGE]
    assert not change.ends_first
    renew(shop, who, APRIL)
    assert shop.subscription(number).seats == 3


def test_people_who_hold_seats_keep_them_and_it_is_said_before(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    shop.seats(number, 4)
    planned(shop, who, number, seats=2)
    (change,) = [one for one in ahead(shop, who) if one.kind is PendingKind.CHANGE]
    assert change.after is not None
    assert (change.after.seats, change.seats_wanted) == (4, 2)
    renew(shop, who, APRIL)
    assert shop.subscription(number).seats == 4


def test_fewer_seats_that_are_all_held_fall_away_with_a_mail(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    shop.seats(number, 5)
    planned(shop, who, number, seats=2)
    (change,) = [one for one in ahead(shop, who) if one.kind is PendingKind.CHANGE]
    assert change.dropped is Refusal.CHOOSE_SEATS
    renew(shop, who, APRIL)
    assert (shop.subscription(number).seats, shop.rows(PlannedChange)) == (5, [])
    (mail,) = shop.mails("change-dropped")
    assert mail.payload["reason"] == "choose_seats"


def test_a_plan_that_is_no_longer_sold_falls_away_and_it_renews_as_it_was(shop: Shop) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    planned(shop, who, number, shop.catalogue.plus)
    with shop.database.write() as session:
        row = session.query(PlannedChange).one()
        row.plan_id = shop.catalogue.premium  # sold by the year only
    (change,) = [one for one in ahead(shop, who) if one.kind is PendingKind.CHANGE]
    assert (change.dropped, change.after) == (Refusal.NOT_SOLD, None)
    told = shown(shop, who)
    assert told is not None
    (done,) = renew(shop, who, APRIL)
    assert isinstance(done, Renewed)
    written(shop, told.summary, done.invoice)
    assert shop.subscription(number).plan_id == shop.catalogue.standard
    assert shop.mails("change-dropped")[0].payload["reason"] == "not_sold"


@pytest.mark.parametrize(
    ("seats", "day", "problem"),
    [
        pytest.param(5, APRIL, Refusal.NOTHING_CHANGES, id="as it is"),
        pytest.param(200_000, APRIL, Refusal.SEATS_TOO_MANY, id="too many seats"),
        pytest.param(3, date(2026, 3, 9), PlanProblem.DAY_PAST, id="yesterday"),
        pytest.param(3, date(2099, 1, 1), PlanProblem.DAY_TOO_FAR, id="in a lifetime"),
    ],
)
def test_what_cannot_be_planned_is_said_and_nothing_is_kept(
    shop: Shop, seats: int, day: date, problem: object
) -> None:
    who = corporate(shop)
    number = shop.monthly(who)
    assert planned(shop, who, number, seats=seats, day=day) is problem
    assert (shop.rows(PlannedChange), shop.mails("change-planned")) == ([], [])


def test_only_what_runs_in_a_corporate_account_can_be_planned(shop: Shop) -> None:
    online, big = shop.customer(), corporate(shop)
    assert planned(shop, online, shop.monthly(online), seats=3) is PlanProblem.NOT_CORPORATE
    assert planned(shop, big, shop.trial(big), seats=3) is PlanProblem.NOT_RUNNING


def test_another_accounts_subscription_cannot_be_planned(shop: Shop) -> None:
    who, other = corporate(shop), corporate(shop)
    number = shop.monthly(other)
    with pytest.raises(standing.UnknownSubscriptionError):
        planned(shop, who, number, seats=3)
    with shop.database.write() as session, pytest.raises(standing.UnknownSubscriptionError):
        take_off(session, who.id, number, who.person_id, NOW)


def test_announced_prices_stand_on_the_time_line_of_who_pays_the_list_price(shop: Shop) -> None:
    who, big = shop.customer(), corporate(shop)
    number, contract = shop.monthly(who), shop.monthly(big)
    with shop.database.write() as session:
        factories.a_price(session, shop.catalogue.standard, MONTHLY, 2100, valid_from=date(2026, 3, 20))
        factories.a_price(session, shop.catalogue.standard, MONTHLY, 2300, valid_from=date(2026, 4, 15))
    found = [
        (one.on, one.before.unit.minor, one.after.unit.minor)
        for one in ahead(shop, who)
        if one.kind is PendingKind.PRICE and one.after
    ]
    assert found == [(APRIL, 2000, 2100), (MAY, 2100, 2300)]
    assert [one.kind for one in ahead(shop, big)] == [PendingKind.RENEWAL]
    renew(shop, who, APRIL)
    assert shop.subscription(number).unit_minor == 2100
    assert shop.subscription(contract).unit_minor == 2000


@dataclass(frozen=True, slots=True)
class Story:
    """What is pending for one subscription."""

    frequency: Frequency
    product: int
    seats: int
    held: int
    cancelled: bool
    term: bool
    plan: int | None
    planned_seats: int | None
    day: int


STORIES = st.lists(
    st.builds(
        Story,
        frequency=st.sampled_from([MONTHLY, ANNUAL]),
        product=st.integers(0, 1),
        seats=st.integers(1, 12),
        held=st.integers(0, 4),
        cancelled=st.booleans(),
        term=st.booleans(),
        plan=st.none() | st.integers(0, 1),
        planned_seats=st.none() | st.integers(1, 20),
        day=st.sampled_from([0, 20, 40, 200]),
    ),
    min_size=1,
    max_size=3,
)
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def told(shop: Shop, story: Story, who: Customer) -> int:
    """The story of one subscription becomes true."""
    first = (shop.catalogue.standard, shop.catalogue.basic)[story.product]
    others = (
        (shop.catalogue.standard, shop.catalogue.plus),
        (shop.catalogue.basic, shop.catalogue.pro),
    )[story.product]
    make = shop.monthly if story.frequency is MONTHLY else shop.annual
    number = make(who, first, seats=story.seats)
    shop.seats(number, min(story.held, story.seats))
    if story.term:
        with shop.database.write() as session:
            session.get_one(SubscriptionRow, number).contract_end = date(2027, 9, 10)
    if story.cancelled:
        cancel(shop, who, number)
    wanted = None if story.plan is None else others[story.plan]
    if wanted is not None or story.planned_seats is not None:
        planned(shop, who, number, wanted, story.planned_seats, NOW.date() + timedelta(days=story.day))
    return number


@FEW
@given(
    stories=STORIES,
    big=st.booleans(),
    balance=st.sampled_from([0, 999, 50_000]),
    raised=st.none() | st.sampled_from([1, 1999, 2777]),
)
def test_the_summary_before_is_the_invoice_after(
    shop: Shop, stories: list[Story], big: bool, balance: int, raised: int | None
) -> None:
    who = corporate(shop, balance=balance) if big else shop.customer(balance=balance)
    for story in stories:
        told(shop, story, who)
    if raised is not None:
        with shop.database.write() as session:
            day = date(2026, 3, 20)
            known = session.query(Price).filter_by(valid_from=day).count()
            if not known:  # prices are everybody's, and are added once
                for plan_id in (one.id for one in session.query(Plan)):
                    factories.a_price(session, plan_id, MONTHLY, 2000 + raised, valid_from=day)
    before = shown(shop, who)
    pending = ahead(shop, who)
    if before is None:
        assert not [one for one in pending if one.kind is PendingKind.RENEWAL]
        return
    (done, *_) = renew(shop, who, before.on)
    assert isinstance(done, Renewed)
    written(shop, before.summary, done.invoice)
    assert shop.balance(who) == before.summary.balance_after.minor
    renewed = {one.subscription_id: one for one in pending if one.kind is PendingKind.RENEWAL}
    for item in before.summary.items:  # the time line said the same terms
        row = shop.subscription(item.subscription_id)
        line = renewed[item.subscription_id]
        assert line.after is not None
        assert (line.on, line.after) == (before.on, item.after)
        assert (row.plan_id, row.seats, row.unit_minor) == (
            item.after.plan_id,
            item.after.seats,
            item.after.unit.minor,
        )
