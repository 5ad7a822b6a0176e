"""Moving an account to the other portal and back: what was shown happens, and the books stay as they are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from portal.shared.domain.moving import Agreed, Obstacle, Plan
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import RequestState
from portal.shared.domain.wishes import OtherAccountType, SomethingElse
from portal.shared.records.account_moves import AccountMove
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.ledger import LedgerEntry
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from portal.shared.services import requests
from portal.shared.services.desk.staff import Staff
from portal.shared.services.moving import moves, telling
from portal.shared.services.moving.moves import Changed, Hindered, LastMove, Moved, Outcome
from portal.shared.services.orders.placement import Accepted, NothingToOrder
from portal.shared.services.purchase_orders import reading as purchase_orders
from portal.shared.services.renewals.chunks import Renewed
from portal.shared.services.renewals.collecting import collect_due
from portal.shared.services.renewals.running import renew_due
from tests.support import factories
from tests.support.factories import SELLER
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import MONTHLY, Customer, Shop, euros, want

TO_CORPORATE = Agreed(terms_days=30)
TO_ONLINE = Agreed()


@dataclass
class Movers:
    """Customer Care, a manager and a representative, and what they do."""

    shop: Shop
    desk: QuoteDesk = field(init=False)
    care: Staff = field(init=False)

    def __post_init__(self) -> None:
        self.desk = QuoteDesk(self.shop)
        with self.shop.database.write() as session:
            person = factories.a_person(session, "Carla Care", staff_role="care")
            self.care = Staff(person.id, person.name, "care")

    @property
    def manager(self) -> Staff:
        return self.desk.manager

    @property
    def with_rep(self) -> Agreed:
        return replace(TO_CORPORATE, rep_id=self.desk.rep.person_id)

    def look(self, who: Customer, wish: Agreed) -> Plan:
        with self.shop.database.read() as session:
            return moves.preview(session, who.id, wish, SELLER, self.shop.clock.now())

    def move(self, who: Customer, by: Staff, wish: Agreed, seen: Plan | None = None, **more: Any) -> Outcome:
        digest = (seen or self.look(who, wish)).digest
        with self.shop.database.write() as session:
            return moves.move(session, by, who.id, wish, digest, SELLER, self.shop.clock.now(), **more)

    def to_corporate(self, who: Customer, wish: Agreed | None = None) -> Plan:
        done = self.move(who, self.care, wish or self.with_rep)
        assert isinstance(done, Moved), done
        return done.plan

    def to_online(self, who: Customer) -> Plan:
        done = self.move(who, self.manager, TO_ONLINE)
        assert isinstance(done, Moved), done
        return done.plan

    def last(self, who: Customer) -> LastMove:
        with self.shop.database.read() as session:
            found = moves.last_move(session, who.id, SELLER, self.shop.clock.now())
        assert found is not None
        return found

    def undo(self, who: Customer, by: Staff, seen: Plan | None = None) -> Outcome:
        digest = (seen or self.last(who).undo).digest
        with self.shop.database.write() as session:
            return moves.undo(session, by, who.id, digest, SELLER, self.shop.clock.now())

    def account(self, who: Customer) -> Account:
        with self.shop.database.read() as session:
            return session.get_one(Account, who.id)

    def kept(self, who: Customer) -> list[Any]:
        """Everything of the account that a move has no business with."""
        with self.shop.database.read() as session:
            rows: list[Any] = []
            for table in (Invoice, LedgerEntry, SubscriptionRow, Seat):
                named = table.__table__
                question = sa.select(named).where(named.c.account_id == who.id).order_by(named.c.id)
                rows.append(session.execute(question).all())
            return rows


@pytest.fixture
def movers(shop: Shop) -> Movers:
    """People who may move accounts."""
    return Movers(shop)


def obstacles(outcome: Outcome) -> list[Obstacle]:
    assert isinstance(outcome, Hindered), outcome
    return [one.obstacle for one in outcome.plan.hindrances]


def go_to(shop: Shop, day: date) -> None:
    shop.clock.advance(datetime(day.year, day.month, day.day, 6, tzinfo=UTC) - shop.clock.now())


# --- there and back -------------------------------------------------------------------------------------------------


def test_nothing_but_what_was_shown_changes_and_the_ledger_is_the_same_after_each_step(
    shop: Shop, movers: Movers
) -> None:
    who = shop.customer(balance=5000)
    subscription = shop.monthly(who)
    shop.seats(subscription, 3)
    shop.past_due(who, shop.catalogue.basic)
    with shop.database.write() as session:  # an open invoice that nobody waits for
        row = session.query(SubscriptionRow).filter_by(account_id=who.id, plan_id=shop.catalogue.basic).one()
        row.past_due_since = None
    before = movers.kept(who)
    plan = movers.to_corporate(who)
    assert [one.name for one in plan.situation.owed]
    account = movers.account(who)
    assert (account.type, account.rep_id, account.invoice_terms_days) == (
        "corporate",
        movers.desk.rep.person_id,
        30,
    )
    assert movers.kept(who) == before
    shop.prove()
    shop.later(days=2)
    movers.to_online(who)
    account = movers.account(who)
    assert (account.type, account.rep_id, account.invoice_terms_days) == ("online", None, None)
    assert movers.kept(who) == before
    shop.prove()
    moved = [line for line in shop.activity(who.id) if line.entry.action == "account-moved"]
    assert [line.detail["type"] for line in moved] == [
        {"old": "online", "new": "corporate"},
        {"old": "corporate", "new": "online"},
    ]
    assert moved[0].detail["days"] == {"old": None, "new": 30}
    assert moved[0].detail["representative"] == {"old_person": None, "new_person": movers.desk.rep.person_id}
    assert len(shop.mails("account-moved")) == 2


def test_what_was_not_seen_is_not_done(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    seen = movers.look(who, movers.with_rep)
    shop.order(who, want(subscription, shop.catalogue.plus, 5))
    assert isinstance(movers.move(who, movers.care, movers.with_rep, seen), Changed)
    fresh = movers.look(who, movers.with_rep)
    other = replace(movers.with_rep, terms_days=60)
    assert isinstance(movers.move(who, movers.care, other, fresh), Changed)
    assert movers.account(who).type == "online"
    assert shop.rows(AccountMove) == []
    assert isinstance(movers.move(who, movers.care, movers.with_rep, fresh), Moved)


WHO: dict[str, tuple[str, bool]] = {
    "Care moves an online account": ("care", True),
    "a manager does not": ("manager", False),
    "a representative does not": ("rep", False),
}


@pytest.mark.parametrize("case", WHO)
def test_only_whose_account_it_is_may_move_it(shop: Shop, movers: Movers, case: str) -> None:
    role, may = WHO[case]
    staff = {"care": movers.care, "manager": movers.manager, "rep": movers.desk.rep}[role]
    who = shop.customer()
    if may:
        assert isinstance(movers.move(who, staff, movers.with_rep), Moved)
        return
    with pytest.raises(moves.NotTheirsError):
        movers.move(who, staff, movers.with_rep)


def test_a_representative_asks_the_manager(shop: Shop, movers: Movers) -> None:
    with pytest.raises(moves.NotTheirsError):
        movers.move(movers.desk.who, movers.desk.rep, TO_ONLINE)
    with pytest.raises(moves.NotTheirsError):
        movers.move(movers.desk.who, movers.care, TO_ONLINE)
    assert isinstance(movers.move(movers.desk.who, movers.manager, TO_ONLINE), Moved)


@pytest.mark.parametrize("wish", [Agreed(rep_id=10**9), Agreed(terms_days=181), Agreed(terms_days=-1)])
def test_what_cannot_be_agreed_is_refused(shop: Shop, movers: Movers, wish: Agreed) -> None:
    with pytest.raises(moves.NotAgreeableError):
        movers.look(shop.customer(), wish)


# --- what stands in the way -----------------------------------------------------------------------------------------


def _order_waits(shop: Shop, movers: Movers) -> Customer:
    who = shop.customer(card="needs_confirmation")
    shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 5))
    return who


def _past_due(shop: Shop, movers: Movers) -> Customer:
    who = shop.customer()
    shop.past_due(who)
    return who


def _renewal_due(shop: Shop, movers: Movers) -> Customer:
    who = shop.customer()
    shop.monthly(who)
    go_to(shop, date(2026, 4, 1))
    return who


IN_THE_WAY = {
    "an order waits for the bank": (_order_waits, Obstacle.ORDER_ON_ITS_WAY),
    "an invoice is past due": (_past_due, Obstacle.PAST_DUE),
    "a period has ended and is not billed": (_renewal_due, Obstacle.RENEWAL_DUE),
}


@pytest.mark.parametrize("case", IN_THE_WAY)
def test_what_is_under_way_is_finished_first(shop: Shop, movers: Movers, case: str) -> None:
    story, obstacle = IN_THE_WAY[case]
    who = story(shop, movers)
    assert obstacles(movers.move(who, movers.care, movers.with_rep)) == [obstacle]
    assert movers.account(who).type == "online"


def test_a_contract_keeps_its_account_until_its_last_period_begins(shop: Shop, movers: Movers) -> None:
    desk = movers.desk
    subscription = desk.contract(began=date(2026, 1, 10))
    number = desk.sent(item(subscription, shop.catalogue.standard, 6), term_months=24)
    assert isinstance(desk.accept(number), Accepted)
    done = movers.move(desk.who, movers.manager, TO_ONLINE)
    assert obstacles(done) == [Obstacle.CONTRACT_RUNS]
    assert isinstance(done, Hindered)
    assert [one.until for one in done.plan.hindrances] == [date(2027, 1, 10)]
    go_to(shop, date(2027, 1, 10))
    assert len(list(renew_due(shop.database, SELLER, shop.clock.now()))) == 1
    collected = list(collect_due(shop.database, shop.processor, shop.clock.now))
    assert [one.state for one in collected] == ["paid"]
    assert isinstance(movers.move(desk.who, movers.manager, TO_ONLINE), Moved)


# --- cart, quotes, requests, purchase orders ------------------------------------------------------------------------


def test_the_cart_waits_and_is_there_again(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    wanted = want(subscription, shop.catalogue.plus, 7)
    seen = shop.look(who, wanted)
    plan = movers.to_corporate(who)
    assert plan.situation.cart == (subscription,)
    assert isinstance(shop.confirm(who, seen), NothingToOrder)
    assert isinstance(shop.confirm(who, seen, wanted=(wanted,)), NothingToOrder)  # as programs order
    assert shop.cart(who) == [wanted]
    movers.to_online(who)
    assert isinstance(shop.confirm(who, shop.look(who)), Accepted)


def test_open_quotes_are_withdrawn_and_named_in_the_mail_where_they_were_seen(
    shop: Shop, movers: Movers
) -> None:
    desk = movers.desk
    subscription = desk.contract()
    sent = desk.sent(item(subscription, shop.catalogue.plus, 5))
    draft = desk.draft(item(subscription, shop.catalogue.plus, 9))
    plan = movers.to_online(desk.who)
    assert [one.number for one in plan.withdrawn] == [sent, draft]
    assert {desk.state(sent), desk.state(draft)} == {QuoteState.WITHDRAWN}
    (mail,) = shop.mails("account-moved")
    assert mail.payload["quotes"] == [sent]
    assert shop.mails("quote-withdrawn") == []
    assert not isinstance(desk.accept(sent), Accepted)


def test_the_request_is_answered_by_the_move_and_others_go_back_to_the_desk(
    shop: Shop, movers: Movers
) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        now = shop.clock.now()
        asked = requests.ask(session, who.id, OtherAccountType(), "We grow.", who.person_id, now)
        other = requests.ask(session, who.id, SomethingElse(), "Call me.", who.person_id, now)
        for row in session.query(Request).filter_by(account_id=who.id):
            requests.take(session, row.id, movers.care.person_id, now)
    assert movers.look(who, movers.with_rep).handed_back == (asked, other)
    assert isinstance(movers.move(who, movers.care, movers.with_rep, answer="Welcome."), Moved)
    rows = {row.number: row for row in shop.rows(Request, account_id=who.id)}
    assert (rows[asked].state, rows[asked].answer) == (RequestState.DONE, "Welcome.")
    assert (rows[other].state, rows[other].owner_id) == (RequestState.OPEN, None)
    assert shop.mails("request-answered")[-1].payload["account_type"] == "corporate"


def test_purchase_orders_are_kept_stand_on_nothing_while_online_and_hold_nothing_up(
    shop: Shop, movers: Movers
) -> None:
    desk = movers.desk
    who = desk.customer(invoice_terms_days=30)
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.purchase_order_rule = LimitRule.HOLD
        po = factories.a_purchase_order(session, account, valid_to=date(2026, 3, 15)).id
    subscription = desk.contract(who, seats=10, began=date(2025, 4, 1))
    number = desk.sent(item(subscription, shop.catalogue.standard, 12), who=who)
    assert isinstance(desk.accept(number, who, on_invoice=True, purchase_order_id=po), Accepted)
    movers.to_online(who)
    go_to(shop, date(2026, 4, 1))
    (outcome,) = renew_due(shop.database, SELLER, shop.clock.now())
    assert isinstance(outcome, Renewed), "nobody could change its purchase order in the Billing Center"
    assert shop.rows(Invoice, account_id=who.id)[-1].purchase_order_id is None
    (collected,) = collect_due(shop.database, shop.processor, shop.clock.now)
    assert collected.state == "paid"
    movers.to_corporate(who)
    with shop.database.read() as session:
        (kept,) = purchase_orders.of_account(session, who.id, shop.clock.now())
    assert (kept.id, kept.closed) == (po, False)
    assert movers.account(who).purchase_order_rule is LimitRule.WARN, "as it was agreed anew"


# --- renewals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["to corporate", "to online"])
def test_the_next_renewal_is_what_the_preview_promised(shop: Shop, movers: Movers, direction: str) -> None:
    who = shop.customer() if direction == "to corporate" else movers.desk.customer(invoice_terms_days=14)
    monthly = shop.monthly(who)
    shop.annual(who, shop.catalogue.pro, began=date(2025, 4, 2))
    with shop.database.write() as session:
        session.get_one(SubscriptionRow, monthly).unit_minor = 1700  # what was agreed, or an older list
        factories.a_price(
            session,
            shop.catalogue.standard,
            MONTHLY,
            2200,
            valid_from=date(2026, 3, 20),
        )
    plan = movers.to_corporate(who) if direction == "to corporate" else movers.to_online(who)
    promised = {one.subscription_id: one for one in plan.promises}
    unit = 1700 if direction == "to corporate" else 2200
    assert promised[monthly].next_unit == euros(unit)
    for subscription, promise in sorted(promised.items()):
        assert promise.renews_on is not None
        go_to(shop, promise.renews_on)
        (outcome,) = renew_due(shop.database, SELLER, shop.clock.now())
        assert isinstance(outcome, Renewed)
        assert outcome.subscriptions == (subscription,)
        invoice = shop.rows(Invoice, account_id=who.id)[-1]
        assert promise.next_charge is not None
        assert invoice.total_minor == promise.next_charge.minor
        days = 30 if direction == "to corporate" else 0
        assert invoice.due_on == promise.renews_on + timedelta(days=days)
        collected = list(collect_due(shop.database, shop.processor, shop.clock.now))
        assert [one.state for one in collected] == ([] if direction == "to corporate" else ["paid"])


# --- undoing --------------------------------------------------------------------------------------------------------


def test_a_move_is_undone_by_who_made_it_and_by_whose_account_it_is_now(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    movers.to_corporate(who)
    assert isinstance(movers.undo(who, movers.care), Moved)
    assert movers.account(who).type == "online"
    movers.to_corporate(who)
    assert isinstance(movers.undo(who, movers.manager), Moved)
    with pytest.raises(moves.NotTheirsError):
        movers.undo(who, movers.desk.rep)
    assert [row.undone_by for row in shop.rows(AccountMove)] == [
        movers.care.person_id,
        movers.manager.person_id,
    ]


def test_what_was_agreed_before_holds_again(shop: Shop, movers: Movers) -> None:
    who = movers.desk.customer(invoice_terms_days=45)
    with shop.database.write() as session:
        session.get_one(Account, who.id).purchase_order_rule = LimitRule.HOLD
    movers.to_online(who)
    shop.later(days=30)
    assert isinstance(movers.undo(who, movers.manager), Moved)
    account = movers.account(who)
    assert (account.type, account.rep_id) == ("corporate", movers.desk.rep.person_id)
    assert (account.invoice_terms_days, account.purchase_order_rule) == (45, LimitRule.HOLD)
    assert [line.entry.action for line in shop.activity(who.id)][-2:] == [
        "account-moved",
        "account-moved-back",
    ]
    assert obstacles(movers.undo(who, movers.manager)) == [Obstacle.NOTHING_TO_UNDO]


def test_after_thirty_days_there_is_no_undoing_but_moving_back(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    movers.to_corporate(who)
    shop.later(days=30, seconds=1)
    with pytest.raises(moves.NotTheirsError):
        movers.undo(who, movers.care)
    assert obstacles(movers.undo(who, movers.manager)) == [Obstacle.UNDO_TOO_LATE]
    movers.to_online(who)


def test_what_was_invoiced_since_is_not_rewritten(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    shop.monthly(who)
    movers.to_corporate(who)
    go_to(shop, date(2026, 4, 1))
    assert len(list(renew_due(shop.database, SELLER, shop.clock.now()))) == 1
    assert obstacles(movers.undo(who, movers.care)) == [Obstacle.INVOICED_SINCE]
    movers.to_online(who)


def test_a_move_back_can_itself_be_undone_but_not_the_one_before_it(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    movers.to_corporate(who)
    movers.to_online(who)
    assert isinstance(movers.undo(who, movers.care), Moved)
    assert movers.account(who).type == "corporate"
    assert obstacles(movers.undo(who, movers.manager)) == [Obstacle.NOTHING_TO_UNDO]


def test_the_first_page_says_so_for_two_weeks(shop: Shop, movers: Movers) -> None:
    who = shop.customer()

    def news() -> telling.News | None:
        with shop.database.read() as session:
            return telling.news_of(session, who.id, shop.clock.now())

    assert news() is None
    movers.to_corporate(who)
    found = news()
    assert found is not None
    assert (str(found.to), found.undone) == ("corporate", False)
    shop.later(days=13)
    movers.undo(who, movers.care)
    found = news()
    assert found is not None
    assert (str(found.to), found.undone) == ("online", True)
    shop.later(days=14, seconds=1)
    assert news() is None


# --- at the same moment ---------------------------------------------------------------------------------------------


def test_an_order_and_a_move_at_once_one_of_them_wins(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    subscription = shop.monthly(who)
    priced = shop.look(who, want(subscription, shop.catalogue.plus, 5))
    seen = movers.look(who, movers.with_rep)
    gate = Barrier(2, timeout=10)

    def order() -> object:
        gate.wait()
        return shop.confirm(who, priced)

    def move() -> object:
        gate.wait()
        return movers.move(who, movers.care, movers.with_rep, seen)

    with ThreadPoolExecutor(2) as pool:
        ordering, moving = pool.submit(order), pool.submit(move)
        ordered, moved = ordering.result(), moving.result()
    assert isinstance(ordered, Accepted) != isinstance(moved, Moved)
    plan_id = shop.subscription(subscription).plan_id
    if isinstance(moved, Moved):
        assert isinstance(ordered, NothingToOrder)
        assert (movers.account(who).type, plan_id) == ("corporate", shop.catalogue.standard)
    else:
        assert isinstance(moved, Changed | Hindered)
        assert (movers.account(who).type, plan_id) == ("online", shop.catalogue.plus)
    assert len(shop.cart(who)) == isinstance(moved, Moved)


def test_two_people_who_move_it_at_once_move_it_once(shop: Shop, movers: Movers) -> None:
    who = shop.customer()
    seen = movers.look(who, movers.with_rep)
    gate = Barrier(2, timeout=10)

    def press(_: int) -> object:
        gate.wait()
        try:
            return movers.move(who, movers.care, movers.with_rep, seen)
        except moves.NotTheirsError as gone:
            return gone

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, range(2)))
    assert sum(isinstance(one, Moved) for one in answers) == 1
    assert len(shop.rows(AccountMove)) == len(shop.mails("account-moved")) == 1
