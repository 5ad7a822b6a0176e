"""The front page of a corporate account: what waits, what it has, whom to ask; and what is open once it has expired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.records.accounts import Account
from portal.shared.records.orders import Order
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.quotes import Quote
from portal.shared.records.requests import Request
from tests.support.demo_house import NOON, DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page

STORY = "on-invoice"
TODAY = NOON.date()


def front_page(house: DemoHouse, language: str = "en") -> Page:
    page = house.contact(STORY, language=language).get("/corp-billing/")
    assert broken_rules(page, language, "Exemplo Software") == []
    return page


def waiting(page: Page) -> list[str]:
    """The lines of what waits."""
    return [line.text for box in page.root.all("ul", class_="todo") for line in box.all("li")]


def a_quote(house: DemoHouse, number: int, days: int, state: QuoteState = QuoteState.SENT) -> Quote:
    account_id = house.account_id(STORY)
    order = house.rows(Order, account_id=account_id)[0]
    return Quote(
        account_id=account_id,
        number=number,
        state=state,
        author_id=house.rows(Person, email=house.email("rep"))[0].id,
        validity_days=7,
        valid_until=TODAY + timedelta(days=days),
        summary=order.summary,
        created_at=NOON,
        changed_at=NOON,
        sent_at=NOON,
    )


def a_request(house: DemoHouse, number: int, state: RequestState, days_ago: int) -> Request:
    account_id = house.account_id(STORY)
    answered = state in {RequestState.DONE, RequestState.DECLINED}
    return Request(
        account_id=account_id,
        number=number,
        kind=RequestKind.OTHER,
        state=state,
        wanted={},
        created_by=house.rows(Person, email="marta@serra-alta.example")[0].id,
        created_at=NOON - timedelta(days=40),
        answered_at=NOON - timedelta(days=days_ago) if answered else None,
    )


def let(house: DemoHouse, *rows: object) -> None:
    with house.database.write() as session:
        session.add_all(rows)


def test_everything_that_waits_stands_on_top_what_ends_first_before_the_rest(house: DemoHouse) -> None:
    let(
        house,
        a_quote(house, 71, 5),
        a_quote(house, 72, 0),
        a_quote(house, 73, -1),
        a_quote(house, 74, 5, QuoteState.ACCEPTED),
        a_request(house, 81, RequestState.DONE, 3),
        a_request(house, 82, RequestState.DECLINED, 30),
        a_request(house, 83, RequestState.OPEN, 0),
        PurchaseOrderRow(
            account_id=house.account_id(STORY),
            number="4500-7",
            valid_from=TODAY - timedelta(days=100),
            valid_to=TODAY + timedelta(days=4),
            created_at=NOON,
        ),
    )
    page = front_page(house)
    lines = waiting(page)
    assert "Quote 72 waits for your answer" in lines[0]
    assert "today is its last day" in lines[0]
    assert "Quote 71 waits for your answer" in lines[1]
    assert "5 days left" in lines[1]
    assert "is overdue" in lines[2]
    assert "due 12 days ago" in lines[2]
    assert "Purchase order 4500-7 runs out" in lines[3]
    assert "Request #81 has an answer" in lines[4]
    assert len(lines) == 5


def test_nothing_waits_where_nothing_is_open(house: DemoHouse) -> None:
    page = house.contact("other-team").get("/corp-billing/")
    assert "Nothing waits for you today." in page.text
    assert "Leonor Faria" in page.all_text


@pytest.mark.parametrize("path", ["/corp-billing/", "/corp-billing/account"])
def test_the_representative_and_the_account_services_stand_below_every_page(
    house: DemoHouse, path: str
) -> None:
    page = house.contact(STORY).get(path)
    (box,) = page.root.all("aside", class_="contacts")
    for said in (
        "Bruno Matos",
        "bruno.matos@exemplo.example",
        "+351 210 000 013",
        "Corporate Account Services",
    ):
        assert said in box.text


def test_an_expired_account_keeps_its_front_page_and_the_way_to_renew(house: DemoHouse) -> None:
    with house.database.write() as session:
        session.get_one(Account, house.account_id(STORY)).expired_on = TODAY
    let(house, a_quote(house, 71, 5))
    page = front_page(house)
    assert "This account has expired" in page.text
    assert "Bruno Matos renews it with you." in page.text
    assert "bruno.matos@exemplo.example" in page.text
    assert "Quote 71 waits for your answer" in page.text
    (nav,) = page.root.all("nav", class_="site-nav")
    assert "Account" not in nav.text
    closed = house.contact(STORY).get("/corp-billing/account", follow=False)
    assert closed.path.partition("?")[0] == "/corp-billing/"
    assert "why=" in closed.path


def test_the_navigation_leads_to_pages_that_open(house: DemoHouse) -> None:
    for visitor, path in (
        (house.contact(STORY), "/corp-billing/"),
        (house.visitor(house.email("rep")), "/corp-billing/desk"),
        (house.visitor(house.email("manager")), "/corp-billing/desk"),
        (house.visitor(house.email("care")), "/corp-billing/desk"),
    ):
        page = visitor.get(path)
        (nav,) = page.root.all("nav", class_="site-nav")
        links = nav.all("a")
        assert len(links) >= 2
        for link in links:
            there = visitor.get(link.get("href"), follow=False)
            assert there.status == 200, link.get("href")
            (again,) = there.root.all("nav", class_="site-nav")
            assert [one.text for one in again.all("a") if one.get("aria-current")] == [link.text]
