"""A page of an account's subscriptions: the database puts them where the rule does, and no page leaves one out."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.subscription_lists import PLACES, MeantBy, Place, SubscriptionWish
from portal.shared.domain.subscriptions import standing
from portal.shared.records.catalog import Plan
from portal.shared.records.database import Database
from portal.shared.records.subscription_lists import page_of_subscriptions
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.subscriptions.standing import as_value
from tests.support.factories import TODAY, Catalogue, a_catalogue, a_seat, an_online_account


def near(chance: Random) -> date:
    return TODAY + timedelta(days=chance.randint(-2, 2))


def by_chance(chance: Random, account_id: int, plan: Plan) -> SubscriptionRow:
    """A subscription as the table allows it, with days around today."""
    row = SubscriptionRow(account_id=account_id, product=plan.product, plan_id=plan.id, seats=3)
    row.waiting = chance.random() < 0.1
    row.pending_cancellation = chance.random() < 0.4
    row.past_due_since = near(chance) if chance.random() < 0.2 else None
    row.ended_on = near(chance) if chance.random() < 0.2 else None
    if row.waiting:
        return row
    if chance.random() < 0.6:
        row.frequency, row.unit_minor = Frequency.MONTHLY, 100
        row.period_end = near(chance)
        row.period_start = row.period_end - timedelta(days=30)
        row.contract_end = near(chance) if chance.random() < 0.5 else None
    if row.frequency is None or chance.random() < 0.2:
        row.trial_end = near(chance)
    return row


@pytest.fixture
def plans(database: Database) -> Catalogue:
    with database.write() as session:
        return a_catalogue(session)


def some(database: Database, plans: Catalogue, count: int) -> tuple[int, dict[int, SubscriptionRow]]:
    chance = Random(58)  # the same every time
    with database.write() as session:
        account, other = an_online_account(session), an_online_account(session)
        kinds = [session.get_one(Plan, one) for one in (plans.standard, plans.basic, plans.pro)]
        for _ in range(count):
            session.add(by_chance(chance, chance.choice([account.id] * 4 + [other.id]), chance.choice(kinds)))
        session.flush()
        rows = session.query(SubscriptionRow).filter_by(account_id=account.id).all()
        for row in rows[::3]:
            if not row.waiting:
                a_seat(session, row)
        session.expunge_all()
        return account.id, {row.id: row for row in rows}


def place_of(row: SubscriptionRow) -> Place:
    return PLACES[standing(as_value(row, "BRL"), TODAY)]


def walked(database: Database, account_id: int, wish: SubscriptionWish, size: int) -> list[tuple[int, int]]:
    """All pages, one after the other: ids with how many seats are held."""
    found: list[tuple[int, int]] = []
    after = None
    while True:
        with database.read() as session:
            asked = SubscriptionWish(wish.words, wish.places, wish.with_seats, after)
            page = page_of_subscriptions(session, account_id, asked, TODAY, size)
        found += [(row.id, held) for row, held in page]
        if len(page) < size:
            return found
        after = page[-1][0].id


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_each_stands_once_where_the_rule_puts_it(database: Database, plans: Catalogue, size: int) -> None:
    account_id, rows = some(database, plans, 120)
    listed = sorted((place_of(row), number) for number, row in rows.items() if not row.waiting)
    assert {place for place, _ in listed} == set(Place), "every place was tried"
    assert 0 < len(listed) < len(rows), "and what only waits in a cart was left out"
    found = walked(database, account_id, SubscriptionWish(), size)
    assert [number for number, _ in found] == [number for _, number in listed]
    taken = set(list(rows)[::3])
    assert dict(found) == {number: int(number in taken) for _, number in listed}


@pytest.mark.parametrize("places", [{Place.ATTENTION}, {Place.ENDS, Place.OVER}])
def test_what_is_looked_for_by_where_it_stands(
    database: Database, plans: Catalogue, places: set[Place]
) -> None:
    account_id, rows = some(database, plans, 120)
    found = walked(database, account_id, SubscriptionWish(places=frozenset(places)), 6)
    wanted = {number for number, row in rows.items() if not row.waiting and place_of(row) in places}
    assert {number for number, _ in found} == wanted != set()


def test_what_is_over_is_shown_with_seats_only_where_somebody_holds_one(
    database: Database, plans: Catalogue
) -> None:
    account_id, rows = some(database, plans, 120)
    found = dict(walked(database, account_id, SubscriptionWish(with_seats=True), 6))
    over = {number for number, row in rows.items() if not row.waiting and place_of(row) is Place.OVER}
    assert {number for number in over if number in found} == {one for one in over if found.get(one)} != set()
    assert set(found) > {number for number, row in rows.items() if not row.waiting} - over


def test_every_word_has_to_fit(database: Database, plans: Catalogue) -> None:
    account_id, rows = some(database, plans, 120)
    one = next(number for number, row in rows.items() if not row.waiting and row.product == "meet")
    meet, number = MeantBy(frozenset({"meet"})), MeantBy(number=one)
    assert [n for n, _ in walked(database, account_id, SubscriptionWish((number,)), 6)] == [one]
    assert [n for n, _ in walked(database, account_id, SubscriptionWish((meet, number)), 6)] == [one]
    other = MeantBy(frozenset({"assist"}))
    assert walked(database, account_id, SubscriptionWish((other, number)), 6) == []
    assert walked(database, account_id, SubscriptionWish((MeantBy(),)), 6) == []
    found = {n for n, _ in walked(database, account_id, SubscriptionWish((meet,)), 6)}
    assert found == {n for n, row in rows.items() if not row.waiting and row.product == "meet"}


def test_a_page_behind_somebody_elses_subscription_is_empty(database: Database, plans: Catalogue) -> None:
    account_id, rows = some(database, plans, 60)
    with database.read() as session:
        everything = session.query(SubscriptionRow).all()
        others = [one.id for one in everything if one.id not in rows and not one.waiting]
        wish = SubscriptionWish(after=others[0])
        assert page_of_subscriptions(session, account_id, wish, TODAY, 10) == []
