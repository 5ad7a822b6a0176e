"""An account with very many subscriptions: a page at a time, what needs somebody first, and each can be looked for."""

from __future__ import annotations

import re

import pytest

from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from tests.support.counting import counting
from tests.support.demo_house import NOON, DemoHouse
from tests.support.factories import a_monthly_subscription
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"
MANY = 45


@pytest.fixture(params=["lower-plan", "corporate"])
def story(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def front(story: str) -> str:
    return "/billing/" if story == "lower-plan" else "/corp-billing/"


@pytest.fixture
def many(house: DemoHouse, story: str) -> list[int]:
    """Many subscriptions more; the last one is past due, the one before has ended."""
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id(story))
        plan = session.query(Plan).order_by(Plan.id).first()
        assert plan is not None
        first = (
            session.query(SubscriptionRow)
            .filter_by(account_id=account.id)
            .order_by(SubscriptionRow.id)
            .first()
        )
        assert first is not None
        rows = [
            SubscriptionRow(
                account_id=account.id,
                product=plan.product,
                plan_id=plan.id,
                seats=3,
                frequency="monthly",
                unit_minor=100,
                anchor=first.period_start,
                period_start=first.period_start,
                period_end=first.period_end,
            )
            for _ in range(MANY)
        ]
        session.add_all(rows)
        session.flush()
        rows[-1].past_due_since = NOON.date()
        rows[-2].ended_on = NOON.date()
        return [one.id for one in rows]


def shown(page: Page) -> list[int]:
    return [
        int(one)
        for one in re.findall(
            r'<article class="card subscription" aria-labelledby="subscription-(\d+)"', page.html
        )
    ]


def next_page(page: Page) -> str | None:
    nav = re.search(r'<nav class="pages" aria-label="Pages of subscriptions">.*?</nav>', page.html, re.DOTALL)
    found = re.search(r'rel="next" href="([^"]*behind=[^"]*)"', nav[0]) if nav else None
    return found[1].replace("&amp;", "&") if found else None


def walk(visitor: Visitor, path: str) -> list[list[int]]:
    pages, at = [], path
    while True:
        page = visitor.get(at)
        assert broken_rules(page, "en", SELLER) == []
        pages.append(shown(page))
        following = next_page(page)
        if following is None:
            return pages
        at = following


def test_few_are_shown_as_ever(house: DemoHouse, story: str, front: str) -> None:
    page = house.contact(story).get(front)
    assert "Find a subscription" not in page.html
    assert next_page(page) is None
    assert 0 < len(shown(page)) < 20


def test_every_subscription_stands_on_one_page(
    house: DemoHouse, story: str, front: str, many: list[int]
) -> None:
    pages = walk(house.contact(story), front)
    assert [len(one) for one in pages[:-1]] == [20] * (len(pages) - 1)
    everything = [one for page in pages for one in page]
    assert len(everything) == len(set(everything))
    assert set(many) < set(everything)
    assert many[-1] in pages[0], "what was not paid comes first"
    assert many[-2] in pages[-1], "what is over comes last"


def test_one_is_found_by_its_number_and_by_what_it_is_called(
    house: DemoHouse, story: str, front: str, many: list[int]
) -> None:
    visitor = house.contact(story)
    assert shown(visitor.get(f"{front}?find={many[30]}")) == [many[30]]
    page = visitor.get(f"{front}?find=no+such+thing")
    assert shown(page) == []
    assert "No subscription of this account is like that." in page.text
    assert broken_rules(page, "en", SELLER) == []
    heading = re.search(
        rf'id="subscription-{many[30]}">([^<(]*)', visitor.get(f"{front}?find={many[30]}").html
    )
    assert heading is not None
    found = [one for page in walk(visitor, f"{front}?find={heading[1].strip().upper()}") for one in page]
    assert set(many) <= set(found)


@pytest.mark.parametrize(("state", "place"), [("attention", -1), ("inactive", -2)])
def test_what_stands_alike_is_found_together(
    house: DemoHouse, story: str, front: str, many: list[int], state: str, place: int
) -> None:
    visitor = house.contact(story)
    found = [one for page in walk(visitor, f"{front}?state={state}") for one in page]
    assert many[place] in found
    assert not set(many[:-2]) & set(found)
    assert shown(visitor.get(f"{front}?state=nonsense")) == shown(visitor.get(front))


def test_the_page_asks_as_often_for_very_many_as_for_two_pages(
    house: DemoHouse, story: str, front: str, many: list[int]
) -> None:
    visitor = house.contact(story)
    visitor.get(front)
    with counting(house.database.engine) as few:
        visitor.get(front)
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id(story))
        plan = session.query(Plan).order_by(Plan.id).first()
        assert plan is not None
        for _ in range(30):
            a_monthly_subscription(session, account, plan.id)
    with counting(house.database.engine) as more:
        page = visitor.get(front)
    assert len(more) <= len(few)
    assert len(shown(page)) == 20
    listing = [one for one in more if "FROM subscriptions" in one and " IN (SELECT 1 " not in one]
    assert len(listing) == 1, "\n".join(listing)
    assert "LIMIT" in listing[0]


def options(page: Page, name: str) -> list[str]:
    found = re.search(rf'<select[^>]* name="{name}".*?</select>', page.html, re.DOTALL)
    assert found is not None
    return re.findall(r'<option value="([^"]*)"', found[0])


def test_seats_are_given_of_what_is_listed_and_of_what_was_chosen(
    house: DemoHouse, story: str, front: str, many: list[int]
) -> None:
    visitor, path = house.contact(story), f"{front}seats"
    page = visitor.get(path)
    assert broken_rules(page, "en", SELLER) == []
    assert len(options(page, "subscription")) == 21, "a page of them, and none"
    assert f"lacks-{many[30]}" not in options(page, "show")
    page = visitor.get(f"{path}?show=lacks-{many[30]}")
    assert f"lacks-{many[30]}" in options(page, "show"), "what was asked for stays"
    page = visitor.get(f"{path}?find={many[30]}")
    assert options(page, "subscription") == ["", str(many[30])]
    assert many[-2] not in [
        int(one) for one in options(visitor.get(f"{path}?state=inactive"), "subscription") if one
    ]


def test_a_seat_is_given_of_one_that_was_looked_for(
    house: DemoHouse, story: str, front: str, many: list[int]
) -> None:
    visitor, path = house.contact(story), f"{front}seats"
    page = visitor.get(f"{path}?find={many[30]}")
    ticks = re.findall(r'name="person" type="checkbox" value="(\d+)"', page.html)
    person = ticks[-1]
    given = visitor.send(
        page, "/seats/change", {"person": person, "subscription": str(many[30]), "action": "give"}
    )
    assert given.status == 200
    assert options(given, "subscription") == ["", str(many[30])], "the same is listed again"
    with house.database.read() as session:
        assert [one.subscription_id for one in session.query(Seat) if str(one.person_id) == person][
            -1
        ] == many[30]
