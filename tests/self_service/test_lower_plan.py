"""A lower plan is asked for on the spot: the figures of today, a number, a state, and an answer."""

from __future__ import annotations

import pytest

from portal.shared.records.catalog import Plan
from portal.shared.records.orders import Order
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor


def plans(house: DemoHouse) -> list[str]:
    """The plans of the product, the lowest first."""
    found = house.rows(Plan, product="gotoassist-remote-support-v5")
    return [str(plan.id) for plan in sorted(found, key=lambda plan: plan.rank)]


def page_of(house: DemoHouse, visitor: Visitor, story: str, query: str = "") -> Page:
    return visitor.get(f"/billing/subscriptions/{house.subscription_id(story)}/lower-plan{query}")


def test_it_is_asked_for_from_the_edit_page_and_can_be_followed(house: DemoHouse) -> None:
    visitor = house.contact("annual")
    edit = visitor.get(f"/billing/subscriptions/{house.subscription_id('annual')}/edit")
    (link,) = [one.get("href") for one in edit.root.all("a") if "lower-plan" in one.get("href")]
    page = visitor.get(link)
    assert page.heading == "Ask for a lower plan"
    assert page.value("plan") == plans(house)[0]
    assert "If it were done today" in page.text
    orders = len(house.rows(Order))
    answer = visitor.send(page, "/lower-plan", {"seats": "4"})
    assert answer.heading == "Request 1"
    assert "Customer Care has your request, number 1." in answer.all_text
    assert "Waiting for Customer Care" in answer.text
    assert "4 seats" in answer.text
    assert len(house.rows(Order)) == orders, "nothing changes before it is carried out"
    overview = visitor.get("/billing/requests")
    assert "#1" in overview.text
    assert "Waiting for Customer Care" in overview.text


def test_the_only_lower_plan_is_chosen_already(house: DemoHouse) -> None:
    visitor = house.contact("annual")
    page = page_of(house, visitor, "annual")
    assert page.value("plan") == plans(house)[0]
    assert "If it were done today" in page.text


def test_of_two_lower_plans_none_is_chosen_for_anybody(house: DemoHouse) -> None:
    with house.database.write() as session:
        session.get_one(SubscriptionRow, house.subscription_id("annual")).plan_id = int(plans(house)[-1])
    page = page_of(house, house.contact("annual"), "annual")
    assert page.value("plan") is None
    assert "If it were done today" not in page.text


def test_asking_twice_renews_the_request(house: DemoHouse) -> None:
    visitor = house.contact("annual")
    page = page_of(house, visitor, "annual", f"?plan={plans(house)[0]}")
    for seats in ("4", "4", "5"):
        assert visitor.send(page, "/lower-plan", {"seats": seats}).heading == "Request 1"
    (request,) = house.rows(Request, account_id=house.account_id("annual"))
    assert request.wanted["seats"] == 5


BAD = {
    "no seats": ({"seats": "0"}, "seats"),
    "no number": ({"seats": "١٢"}, "seats"),
    "too many seats": ({"seats": "999999"}, "seats"),
    "no plan": ({"plan": ""}, "plan"),
    "another product's plan": ({"plan": "6"}, "plan"),
    "no frequency": ({"frequency": "weekly"}, "frequency"),
    "nobody chosen": ({"seats": "1"}, "release"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_wish_gets_a_sentence_and_keeps_what_was_typed(house: DemoHouse, name: str) -> None:
    typed, field = BAD[name]
    visitor = house.contact("over-assigned")
    page = page_of(house, visitor, "over-assigned", f"?plan={plans(house)[0]}")
    before = house.trace()
    answer = visitor.send(page, "/lower-plan", {"seats": "7", **typed})
    assert answer.status == 422
    assert answer.problem(field)
    assert len(answer.problems) == 1
    assert answer.value("seats") == {"seats": "7", **typed}["seats"]
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert house.trace() == before


def test_who_loses_a_seat_is_said_in_the_same_request(house: DemoHouse) -> None:
    visitor = house.contact("over-assigned")
    page = page_of(house, visitor, "over-assigned", f"?plan={plans(house)[0]}&seats=6")
    seat = house.rows(Seat, subscription_id=house.subscription_id("over-assigned"))[0]
    assert visitor.send(page, "/lower-plan", {"release": str(seat.id)}).heading == "Request 1"


def test_only_lower_plans_are_asked_for_here(house: DemoHouse) -> None:
    visitor = house.contact("annual")
    page = page_of(house, visitor, "annual", f"?plan={plans(house)[0]}")
    before = house.trace()
    for plan in plans(house)[1:]:
        answer = visitor.send(page, "/lower-plan", {"plan": plan, "seats": "9"})
        assert answer.status == 422, plan
        assert "Choose one of the plans" in str(answer.problem("plan"))
    assert house.trace() == before


@pytest.mark.parametrize("story", ["monthly", "trial-running", "trial-ended"])
def test_where_there_is_no_lower_plan_one_is_led_to_the_edit_page(house: DemoHouse, story: str) -> None:
    visitor = house.contact(story)
    page = page_of(house, visitor, story, f"?plan={plans(house)[0]}")
    assert page.path.endswith("/edit")
    requests = len(house.rows(Request))
    token = visitor.token()
    fields = {"csrf_token": token, "plan": plans(house)[0], "seats": "3", "frequency": "monthly"}
    answer = visitor.post(page.path.replace("/edit", "/lower-plan"), fields)
    assert answer.path.endswith("/edit")
    assert len(house.rows(Request)) == requests
