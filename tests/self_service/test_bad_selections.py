"""Whatever is typed on the edit page: a sentence beside the field and on top, what was typed kept, nothing done."""

from __future__ import annotations

import pytest

from portal.shared.records.catalog import Plan
from portal.shared.records.subscriptions import Seat
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.shopping import ask, edit_path
from tests.support.visitor import Page

NO_NUMBER = "Write the seat count as a whole number in digits, for example 7."
TOO_FEW = "This plan needs at least 1 seat."
TOO_MANY = "Online you can have up to"
NO_PLAN = "Choose one of the plans of this product."
NO_FREQUENCY = "Choose monthly or annual."

SEATS = {
    "0": TOO_FEW,
    "-1": NO_NUMBER,
    "1.5": NO_NUMBER,
    "1,5": NO_NUMBER,
    "1e9": NO_NUMBER,
    "1000000000": NO_NUMBER,
    "999999999": TOO_MANY,
    str(2**31): NO_NUMBER,
    str(2**63): NO_NUMBER,
    "NaN": NO_NUMBER,
    "inf": NO_NUMBER,
    "0x10": NO_NUMBER,
    "+7": NO_NUMBER,
    "7 seats": NO_NUMBER,
    "sete": NO_NUMBER,
    "'; drop table seats": NO_NUMBER,
    "<b>7</b>": NO_NUMBER,
    "١٢": NO_NUMBER,
    "７": NO_NUMBER,
    "": NO_NUMBER,
    "7" * 5000: NO_NUMBER,
}
PLANS = ["0", "-1", "987654", str(2**63), "1.0", "basic", "", "x" * 5000]
FREQUENCIES = ["weekly", "ANNUAL", "", "Frequency.ANNUAL", "x" * 5000]


def test_a_seat_count_that_is_none(house: DemoHouse) -> None:
    visitor, before = house.contact("monthly"), None
    for typed, sentence in SEATS.items():
        page = ask(visitor, house.subscription_id("monthly"), {"seats": typed})
        before = before or house.trace()
        assert page.status == 422, typed[:20]
        refused(page, "seats", sentence)
        assert page.value("seats") == typed
        assert house.trace() == before


@pytest.mark.parametrize("typed", [" 7 ", "007", "7\n"])
def test_a_number_may_have_blanks_and_zeros_around_it(house: DemoHouse, typed: str) -> None:
    page = ask(house.contact("monthly"), house.subscription_id("monthly"), {"seats": typed})
    assert page.path == "/billing/checkout"


def test_a_plan_that_is_none_of_the_products(house: DemoHouse) -> None:
    other = next(str(plan.id) for plan in house.rows(Plan) if plan.product == "gotomeeting")
    visitor = house.contact("monthly")
    for typed in [*PLANS, other]:
        page = ask(visitor, house.subscription_id("monthly"), {"plan": typed, "seats": "7"})
        assert page.status == 422, typed[:20]
        refused(page, "plan", NO_PLAN)
        assert page.value("seats") == "7", "the rest of the form stays as it was typed"


def test_a_frequency_that_is_none(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    for typed in FREQUENCIES:
        page = ask(visitor, house.subscription_id("monthly"), {"frequency": typed, "seats": "7"})
        assert page.status == 422, typed[:20]
        refused(page, "frequency", NO_FREQUENCY)
        assert page.value("seats") == "7"


def test_a_lower_plan_is_refused_and_the_way_to_it_is_shown(house: DemoHouse) -> None:
    basic = str(house.rows(Plan)[0].id)
    page = ask(house.contact("annual"), house.subscription_id("annual"), {"plan": basic, "seats": "60"})
    assert page.status == 422
    refused(page, "plan", "Customer Care makes changes to a lower plan.")
    assert any("/lower-plan" in one.get("href") for one in page.root.all("a"))


def test_nothing_changed_is_said_too(house: DemoHouse) -> None:
    page = ask(house.contact("monthly"), house.subscription_id("monthly"), {})
    assert page.status == 422
    refused(page, "plan", "These are your current terms.")


def test_who_loses_a_seat_must_be_said_and_only_of_this_subscription(house: DemoHouse) -> None:
    subscription_id = house.subscription_id("over-assigned")
    mine = [str(seat.id) for seat in house.rows(Seat, subscription_id=subscription_id)]
    theirs = [str(seat.id) for seat in house.rows(Seat) if seat.subscription_id != subscription_id]
    visitor = house.contact("over-assigned")
    before = house.trace()
    cases: dict[str, list[str]] = {
        "nobody": [],
        "too few": mine[:1],
        "too many": mine[:3],
        "strangers": theirs[:2],
        "one stranger": [mine[0], theirs[0]],
        "the same one twice": [mine[0], mine[0]],
        "no numbers": ["x", "-1"],
    }
    for name, ticked in cases.items():
        page = ask(visitor, subscription_id, {"seats": "5", "release": ticked})
        assert page.status == 422, name
        refused(page, "release", "loses their seat.")
        assert page.value("seats") == "5"
        ticks = [one.get("value") for one in page.root.all("input", name="release", type="checkbox")]
        assert sorted(ticks) == sorted(mine)
        assert {value for form in page.forms for key, value in form.fields if key == "release"} == {
            one for one in ticked if one in mine
        }
    assert house.trace() == before
    assert ask(visitor, subscription_id, {"seats": "5", "release": mine[:2]}).path == "/billing/checkout"


def test_without_scripts_the_summary_is_updated_and_says_the_same(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    for typed, sentence in SEATS.items():
        page = ask(visitor, house.subscription_id("monthly"), {"seats": typed, "action": "update"})
        assert len(page.answer.request.full_path) < 2000, "servers refuse longer addresses"
        refused(page, "seats", sentence)
        assert page.value("seats") == typed
    page = ask(visitor, house.subscription_id("monthly"), {"seats": "9", "action": "update"})
    assert (page.status, page.value("seats"), page.problems) == (200, "9", [])
    assert "9 ×" in page.root.all(class_="summary")[0].text


def test_a_link_with_nonsense_shows_the_page_with_the_sentence(house: DemoHouse) -> None:
    visitor = house.contact("monthly", language="pt_BR")
    page = visitor.get(f"{edit_path(house, 'monthly')}?seats=muitas&plan=2&frequency=annual")
    assert page.status == 200
    assert str(page.problem("seats")).startswith("Erro: Escreva a contagem de estações")
    assert broken_rules(page, "pt_BR", "Exemplo Software") == []


def test_the_live_summary_says_what_is_missing(house: DemoHouse) -> None:
    path = edit_path(house, "monthly").replace("/edit", "/summary")
    visitor = house.contact("monthly")
    for typed, sentence in SEATS.items():
        page = visitor.get(f"{path}?seats={typed[:1000].replace('+', '%2B')}")
        assert page.status == 200
        assert sentence in page.all_text, typed[:20]


def refused(page: Page, name: str, sentence: str) -> None:
    """The sentence stands beside the field and on top, and leads there."""
    beside = page.problem(name)
    assert beside is not None, page.text
    assert sentence in beside
    assert len(page.problems) == 1
    assert sentence in page.problems[0]
    (link,) = [one for box in page.root.all(class_="error-summary") for one in box.all("a")]
    assert link.get("href") == f"#{name}"
    assert page.root.by_id(name) is not None
