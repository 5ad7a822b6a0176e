"""Nonsense in every other field: VAT numbers, people, new products; a sentence where it was typed, nothing done."""

from __future__ import annotations

import pytest

from portal.shared.records.catalog import Plan
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from tests.self_service.test_bad_selections import SEATS
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.shopping import checkout, place
from tests.support.visitor import Page

VAT_NUMBERS = [
    "0",
    "-1",
    "NaN",
    "PT",
    "DE123456788",
    "<b>501964843</b>",
    "١٢٣٤٥٦٧٨٩",
    "'--",
    "9" * 5000,
    "501964844",
]

PEOPLE = {
    "nobody": ("", "Write who gets a seat"),
    "blanks": (" \n ; \n", "Write who gets a seat"),
    "no address": ("Lea", "“Lea” is not an email address."),
    "half an address": ("lea@", "“lea@” is not an email address."),
    "two in one": ("lea@@padaria-aurora.example", "is not an email address."),
    "no dot": ("lea@localhost", "is not an email address."),
    "a script": ("<script>alert(1)</script>", "is not an email address."),
    "one good and one bad": ("lea@padaria-aurora.example\nLeo", "“Leo” is not an email address."),
    "too long": ("x" * 5000 + "@padaria-aurora.example", "is not an email address."),
    "a header of a mail": ("lea@padaria-aurora.example\rBcc: all@x.example", "is not an email address."),
    "more than there are seats": (
        "\n".join(f"p{number}@padaria-aurora.example" for number in range(3)),
        "only 2 seats are free",
    ),
    "a whole town": ("\n".join(f"p{number}@padaria-aurora.example" for number in range(501)), "up to 500"),
}


@pytest.mark.parametrize("name", PEOPLE)
def test_people_who_get_a_seat(house: DemoHouse, name: str) -> None:
    typed, sentence = PEOPLE[name]
    visitor = house.contact("monthly")
    page = visitor.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/seats")
    before = house.trace()
    answer = visitor.send(page, "/seats", {"people": typed, "do_not_notify": "yes"})
    refused(answer, "people", sentence)
    assert (answer.value("people") or "").split() == typed.split()
    assert answer.value("do_not_notify") == "yes", "the tick is kept too"
    assert house.trace() == before


def test_people_who_get_a_new_seat_of_an_order(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = place(visitor, checkout(house, "monthly", visitor, seats="7"))
    number = house.subscription_id("monthly")
    before = house.trace()
    answer = visitor.send(page, "/seats", {"people": "Leo", "do_not_notify": "yes"})
    refused(answer, f"people-{number}", "“Leo” is not an email address.")
    assert (answer.value("people"), answer.value("do_not_notify")) == ("Leo", "yes")
    assert answer.heading == "Your order is placed"
    assert house.trace() == before


def test_who_loses_a_seat_must_be_chosen(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = visitor.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/seats")
    for ticked in ([], ["x"], ["-1"], [str(2**64)]):
        answer = visitor.send(page, "/release", {"seat": ticked, "do_not_notify": "yes"})
        refused(answer, "seat", "Choose who loses their seat.")
    assert len(house.rows(Seat, subscription_id=house.subscription_id("monthly"))) == 3


def test_vat_numbers(house: DemoHouse) -> None:
    visitor = house.contact("annual")
    page = checkout(house, "annual", visitor, seats="9")
    before = house.trace()
    for typed in VAT_NUMBERS:
        answer = visitor.send(page, "/vat-number", {"vat_number": typed})
        refused(answer, "vat_number", "VAT number")
        assert answer.value("vat_number") == typed
        assert answer.total == page.total
        assert house.trace() == before, typed[:20]


def test_a_new_product(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    before = house.trace()
    others = str(house.rows(Plan, product="gotoassist-remote-support-v5")[0].id)
    for how in ("buy", "try"):
        page = visitor.get(f"/billing/subscriptions/new/gotomeeting?how={how}")
        plan = str(page.value("plan"))
        for typed, sentence in SEATS.items():
            answer = visitor.send(page, f"/{how}", {"seats": typed})
            refused(answer, "seats", sentence)
            assert answer.value("seats") == typed
            assert answer.value("plan") == plan
        for typed in ("0", "-1", "x" * 5000, "", others):
            answer = visitor.send(page, f"/{how}", {"plan": typed, "seats": "4"})
            refused(answer, "plan", "Choose one of the plans of this product.")
            assert answer.value("seats") == "4"
    answer = visitor.send(
        visitor.get("/billing/subscriptions/new/gotomeeting"), "/buy", {"frequency": "weekly"}
    )
    refused(answer, "frequency", "Choose monthly or annual.")
    for product in ("nothing", "gotoassist-remote-support-v5", "x" * 500, "%27"):
        assert visitor.get(f"/billing/subscriptions/new/{product}").status == 404
    assert house.trace() == before
    assert len(house.rows(SubscriptionRow, account_id=house.account_id("monthly"))) == 1


def test_addresses_with_nonsense_in_them(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    number = house.subscription_id("monthly")
    for path in (
        "/billing/subscriptions/0/edit",
        "/billing/subscriptions/-1/edit",
        "/billing/subscriptions/1.5/edit",
        "/billing/subscriptions/١/edit",
        f"/billing/subscriptions/{2**63}/edit",
        "/billing/orders/x",
        f"/billing/orders/{'x' * 3000}",
        "/billing/orders/%27%20or%201=1",
        "/billing/requests/0",
        "/billing/requests/999999999999",
        "/billing/subscriptions/new/%3Cscript%3E",
    ):
        page = visitor.get(path)
        assert page.status == 404, path
        assert page.heading == "This page does not exist"
    for query in ("?why=nothing", "?why=%3Cscript%3E"):
        assert "<script>" not in visitor.get(f"/billing/subscriptions/{number}/edit{query}").html


def refused(page: Page, name: str, sentence: str) -> None:
    """The sentence stands beside the field and on top; the page is whole."""
    assert page.status == 422
    assert sentence in str(page.problem(name)), page.text
    assert any(sentence in one for one in page.problems)
    assert broken_rules(page, "en", "Exemplo Software") == []
