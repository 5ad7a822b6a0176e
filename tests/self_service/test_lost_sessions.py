"""The session ends while a form is filled in: after signing in again one is back with what was typed, nothing done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from portal.shared.records.catalog import Plan
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.requests import Request
from tests.support.demo_house import DemoHouse
from tests.support.shopping import add_card, checkout, place
from tests.support.visitor import Page, Visitor

ENDED = "Your session has ended. Sign in again and carry on where you were."


def it_runs_out(house: DemoHouse, visitor: Visitor) -> None:
    house.clock.advance(timedelta(hours=12, seconds=1))


def it_was_ended_elsewhere(house: DemoHouse, visitor: Visitor) -> None:
    """The same session, signed out in another tab: the cookie of this one is a copy of what was."""
    page = visitor.get("/")
    copy = house.app.test_client()
    with visitor.client.session_transaction() as kept:
        held = dict(kept)
    with copy.session_transaction() as kept:
        kept.update(held)
    assert Visitor(copy).send(page, "/sign-out").path == "/sign-in"


def the_cookies_are_gone(house: DemoHouse, visitor: Visitor) -> None:
    visitor.client.delete_cookie("session")


WAYS: dict[str, Callable[[DemoHouse, Visitor], None]] = {
    "it runs out": it_runs_out,
    "signed out in another tab": it_was_ended_elsewhere,
    "the cookies are gone": the_cookies_are_gone,
}


@pytest.fixture(params=WAYS)
def lose(request: pytest.FixtureRequest) -> Callable[[DemoHouse, Visitor], None]:
    return WAYS[request.param]


def sign_in_again(house: DemoHouse, page: Page, visitor: Visitor, story: str) -> Page:
    """Sign in on the page one was led to."""
    assert page.path == "/sign-in", page.text
    assert ENDED in page.text
    typed = {"email": house.email(story), "password": house.cast.password}
    return visitor.show_code(visitor.send(page, "/sign-in", typed))


Lose = Callable[[DemoHouse, Visitor], None]


def test_while_editing(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("monthly")
    page = visitor.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/edit")
    lose(house, visitor)
    before = house.trace()
    professional = str(house.rows(Plan)[1].id)
    answer = visitor.send(page, "/edit", {"plan": professional, "seats": "17", "frequency": "annual"})
    assert house.trace() == before
    back = sign_in_again(house, answer, visitor, "monthly")
    assert back.heading == "Edit subscription"
    values = (back.value("plan"), back.value("seats"), back.value("frequency"))
    assert values == (professional, "17", "annual")
    assert visitor.send(back, "/edit").path == "/billing/checkout"


def test_while_choosing_who_loses_a_seat(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("over-assigned")
    path = f"/billing/subscriptions/{house.subscription_id('over-assigned')}/edit?seats=5"
    page = visitor.get(path)
    ticked = [one.get("value") for one in page.root.all("input", name="release")][2:4]
    lose(house, visitor)
    back = sign_in_again(house, visitor.send(page, "/edit", {"release": ticked}), visitor, "over-assigned")
    assert [value for name, value in back.form("/edit").fields if name == "release"] == ticked


def test_while_placing_the_order(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("monthly")
    add_card(visitor, "mastercard")
    page = checkout(house, "monthly", visitor, seats="9")
    chosen = str(house.rows(PaymentMethod, account_id=house.account_id("monthly"))[0].id)
    assert page.value("payment_method") != chosen, "the newest card is the default one"
    lose(house, visitor)
    before = house.trace()
    answer = place(visitor, page, {"payment_method": chosen})
    assert house.trace() == before
    assert secrets_in_the_address(answer) == []
    back = sign_in_again(house, answer, visitor, "monthly")
    assert (back.path, back.heading) == ("/billing/checkout", "Checkout")
    assert back.value("payment_method") == chosen
    orders = len(house.rows(Order))
    assert place(visitor, back).heading == "Your order is placed"
    assert len(house.rows(Order)) == orders + 1


def test_while_typing_a_vat_number(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("annual")
    page = checkout(house, "annual", visitor, seats="9")
    lose(house, visitor)
    answer = visitor.send(page, "/vat-number", {"vat_number": "PT 501 964 843"})
    back = sign_in_again(house, answer, visitor, "annual")
    assert back.value("vat_number") == "PT 501 964 843"


def test_while_giving_seats_to_people(house: DemoHouse, lose: Lose) -> None:
    people = "".join(f"Person {number} <person{number}@padaria-aurora.example>\n" for number in range(12))
    visitor = house.contact("monthly")
    page = visitor.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/seats")
    lose(house, visitor)
    back = sign_in_again(house, visitor.send(page, "/seats", {"people": people}), visitor, "monthly")
    assert back.heading == "Manage seats"
    assert (back.value("people") or "").split() == people.split()


def test_while_giving_new_seats_to_people(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("monthly")
    page = place(visitor, checkout(house, "monthly", visitor, seats="9"))
    lose(house, visitor)
    answer = visitor.send(page, "/seats", {"people": "Lea <lea@padaria-aurora.example>"})
    back = sign_in_again(house, answer, visitor, "monthly")
    assert back.path == page.path
    assert back.value("people") == "Lea <lea@padaria-aurora.example>"


def test_while_asking_for_a_lower_plan(house: DemoHouse, lose: Lose) -> None:
    visitor = house.contact("annual")
    page = visitor.get(f"/billing/subscriptions/{house.subscription_id('annual')}/lower-plan")
    basic = str(house.rows(Plan)[0].id)
    lose(house, visitor)
    typed = {"plan": basic, "seats": "5", "frequency": "monthly"}
    back = sign_in_again(house, visitor.send(page, "/lower-plan", typed), visitor, "annual")
    assert {name: back.value(name) for name in typed} == typed
    requests = len(house.rows(Request))
    assert "Customer Care has your request" in visitor.send(back, "/lower-plan").all_text
    assert len(house.rows(Request)) == requests + 1


@pytest.mark.parametrize("how", ["buy", "try"])
def test_while_adding_a_product(house: DemoHouse, lose: Lose, how: str) -> None:
    visitor = house.contact("monthly")
    page = visitor.get(f"/billing/subscriptions/new/gotomeeting?how={how}")
    plan = str(house.rows(Plan, product="gotomeeting")[-1].id)
    lose(house, visitor)
    answer = visitor.send(page, f"/{how}", {"plan": plan, "seats": "4"})
    back = sign_in_again(house, answer, visitor, "monthly")
    assert (back.value("plan"), back.value("seats")) == (plan, "4")
    assert back.has_form(f"/{how}"), "it is still about the same wish"


def test_at_the_desk(house: DemoHouse, lose: Lose) -> None:
    (request,) = house.rows(Request, account_id=house.account_id("lower-plan"))
    visitor = house.visitor(house.email("care"))
    page = visitor.get(f"/corp-billing/desk/requests/{request.id}")
    lose(house, visitor)
    answer = visitor.send(page, "/decline", {"answer": "Not before March."})
    back = sign_in_again(house, answer, visitor, "care")
    assert back.path == f"/corp-billing/desk/requests/{request.id}"
    assert back.value("answer") == "Not before March."
    assert house.rows(Request, id=request.id)[0].state == "open"


def test_why_one_has_to_sign_in_again_is_said(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    it_runs_out(house, visitor)
    assert ENDED in visitor.get("/billing/invoices").text


def test_a_part_of_a_page_leads_the_whole_page_to_sign_in(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    it_runs_out(house, visitor)
    path = f"/billing/subscriptions/{house.subscription_id('monthly')}/summary?seats=9"
    page = visitor.get(path, headers={"HX-Request": "true"})
    assert (page.status, page.html) == (200, "")
    assert page.answer.headers["HX-Redirect"].startswith("/sign-in?next=")


def secrets_in_the_address(page: Page) -> list[str]:
    """Names in the way back that must not travel in an address."""
    way_back = dict(parse_qsl(page.answer.request.query_string.decode())).get("next", "")
    names = {name for name, _ in parse_qsl(urlsplit(way_back).query)}
    return sorted(names & {"key", "csrf_token", "shown", "password"})
