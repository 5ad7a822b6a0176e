"""What was shown no longer holds: nothing is ordered, old and new stand side by side, and pressing again works."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.records.catalog import Plan
from portal.shared.records.orders import Order
from portal.shared.records.people import Membership, Person
from tests.support.demo_house import DemoHouse
from tests.support.factories import a_price
from tests.support.page_rules import broken_rules
from tests.support.shopping import add_card, ask, checkout, place
from tests.support.visitor import Page, Visitor

MOVED = "Something has changed since this page was shown"


def new_price(house: DemoHouse, visitor: Visitor, story: str) -> None:
    plan = house.rows(Plan, product="gotoassist-remote-support-v5")[0]
    with house.database.write() as session:
        today = date(2026, 3, 18)  # in São Paulo
        a_price(session, plan.id, Frequency.MONTHLY, 13900, currency="BRL", valid_from=today)


def announced_price(house: DemoHouse, visitor: Visitor, story: str) -> None:
    """Nothing that is due today moves; what was said of the next charge does."""
    plan = house.rows(Plan, product="gotoassist-remote-support-v5")[0]
    with house.database.write() as session:
        later = date(2026, 4, 18)  # the first day of the next period
        a_price(session, plan.id, Frequency.MONTHLY, 13900, currency="BRL", valid_from=later)


def more_seats(house: DemoHouse, visitor: Visitor, story: str) -> None:
    ask(visitor, house.subscription_id(story), {"seats": "12"})


def another_product(house: DemoHouse, visitor: Visitor, story: str) -> None:
    page = visitor.get("/billing/subscriptions/new/gotomeeting?how=buy")
    assert visitor.send(page, "/buy").path == "/billing/cart"


def midnight(house: DemoHouse, visitor: Visitor, story: str) -> None:
    house.clock.advance(timedelta(minutes=20))


CHANGES: dict[str, Callable[[DemoHouse, Visitor, str], None]] = {
    "the price": new_price,
    "the price of the next period": announced_price,
    "more seats in another tab": more_seats,
    "another product in another tab": another_product,
    "midnight where the account lives": midnight,
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_is_charged_that_was_not_shown(house: DemoHouse, name: str) -> None:
    house.clock.set(datetime(2026, 3, 19, 2, 50, tzinfo=UTC))  # ten minutes to midnight in São Paulo
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="9")
    CHANGES[name](house, visitor, "monthly")
    before = house.trace()
    answer = place(visitor, page)
    moved(answer, page)
    assert house.trace() == before
    again = place(visitor, answer)
    assert again.heading == "Your order is placed"
    assert again.total == answer.total


def test_a_vat_number_that_was_removed_meanwhile(house: DemoHouse) -> None:
    visitor = house.contact("pending-cancellation")
    page = checkout(house, "pending-cancellation", visitor, seats="9")
    assert "Reverse charge" in page.text
    other_tab = visitor.get("/billing/checkout")
    visitor.send(other_tab, "/checkout/vat-number", {"vat_number": ""})
    before = house.trace()
    answer = place(visitor, page)
    moved(answer, page)
    assert "Tax" in answer.root.all("table", class_="changes")[0].text
    assert house.trace() == before


def test_people_who_got_the_seats_meanwhile(house: DemoHouse) -> None:
    """Five of eight seats were free to go; another tab gave one of them to somebody."""
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="3")
    seats = f"/billing/subscriptions/{house.subscription_id('monthly')}/seats"
    visitor.send(visitor.get(seats), "/seats", {"people": "neu@padaria-aurora.example"})
    before = len(house.rows(Order))
    answer = place(visitor, page)
    assert len(house.rows(Order)) == before
    assert answer.path == "/billing/cart"
    assert "Choose who loses their seat." in answer.text


@pytest.mark.parametrize("shown", ["", None, "x", "a.b.c", "0" * 5000])
def test_a_page_that_does_not_say_what_it_showed(house: DemoHouse, shown: str | None) -> None:
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="9")
    before = house.trace()
    answer = place(visitor, page, {"shown": shown})
    assert (answer.status, answer.path) == (409, "/billing/checkout/place")
    assert MOVED in answer.text
    assert house.trace() == before
    assert place(visitor, answer).heading == "Your order is placed"


@pytest.mark.parametrize("key", ["", None, "short", "with blanks in it, and long", "ключ" * 8, "x" * 5000])
def test_a_page_without_its_key(house: DemoHouse, key: str | None) -> None:
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="9")
    before = house.trace()
    answer = place(visitor, page, {"key": key})
    assert answer.status == 400
    assert answer.problems == ["This page is not complete. Check the order and try again."]
    assert answer.total == page.total
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert house.trace() == before
    assert place(visitor, answer).heading == "Your order is placed"


def test_a_summary_of_another_page_is_not_believed(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    cheap = checkout(house, "monthly", visitor, seats="6")
    dear = checkout(house, "monthly", visitor, seats="60")
    before = house.trace()
    answer = place(visitor, dear, {"shown": str(cheap.value("shown"))})
    moved(answer, cheap)
    assert house.trace() == before


def test_a_key_is_good_for_one_order(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    first = checkout(house, "monthly", visitor, seats="9")
    assert place(visitor, first).heading == "Your order is placed"
    second = checkout(house, "monthly", visitor, seats="11")
    before = house.trace()
    answer = place(visitor, second, {"key": str(first.value("key"))})
    assert answer.status == 422
    assert answer.problems == ["This page was used for another order. Check the order and place it again."]
    assert house.trace() == before
    assert place(visitor, answer).heading == "Your order is placed"


def test_a_double_click_a_reload_and_going_back_are_one_order(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    page = checkout(house, "monthly", visitor, seats="9")
    first = place(visitor, page)
    before = house.trace()
    assert place(visitor, page).path == first.path
    assert visitor.get(first.path).heading == "Your order is placed"
    back = visitor.get("/billing/checkout")
    assert (back.path, "Your cart is empty" in back.text) == ("/billing/cart", True)
    assert house.trace() == before


def test_two_tabs_are_one_order(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    first = checkout(house, "monthly", visitor, seats="9")
    second = visitor.get("/billing/checkout")
    assert first.value("key") != second.value("key")
    placed = place(visitor, first)
    answer = place(visitor, second)
    assert answer.path == placed.path
    assert "Your cart is empty: it was ordered already. This is your last order." in answer.all_text
    assert len(house.rows(Order, account_id=house.account_id("monthly"))) == 2, "the demo's and this one"


def test_while_one_order_is_on_its_way_no_other_is_placed(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    add_card(visitor, "lost_after_charge")
    first = place(visitor, checkout(house, "monthly", visitor, seats="9"))
    assert first.heading == "We are checking with your bank"
    before = house.trace()
    page = visitor.get("/billing/checkout")
    answer = place(visitor, page)
    assert answer.path == first.path
    assert "This order is still on its way." in answer.all_text
    assert house.trace() == before
    house.clock.advance(timedelta(minutes=6))
    house.work()
    assert visitor.get(first.path).heading == "Your order is placed"
    charged = [one for one in house.processor.book.captures() if first.path.endswith(one.key)]
    assert len(charged) == 1


def test_a_declined_card_then_another_one(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    add_card(visitor, "insufficient_funds")
    answer = place(visitor, checkout(house, "monthly", visitor, seats="9"))
    assert answer.heading == "The order was not placed"
    assert "There is not enough money on the card." in answer.text
    page = visitor.get("/billing/checkout")
    visa = next(
        one for one in page.root.all("input", name="payment_method") if "checked" not in one.attributes
    )
    assert place(visitor, page, {"payment_method": visa.get("value")}).heading == "Your order is placed"


def test_the_wrong_account_in_the_other_tab(house: DemoHouse) -> None:
    """One person serves two accounts; the second tab switched while the first one lay at checkout."""
    mine, other = house.told("monthly").name, house.account_id("annual")
    with house.database.write() as session:
        person = session.query(Person).filter(Person.email == house.email("monthly")).one()
        session.add(Membership(person_id=person.id, account_id=other, role="billing_contact"))
    visitor = house.visitor(house.email("monthly"), account=mine)
    page = checkout(house, "monthly", visitor, seats="9")
    edit = visitor.get(f"/billing/subscriptions/{house.subscription_id('monthly')}/edit")
    visitor.send(visitor.get("/accounts"), f"/accounts/{other}")
    before = len(house.rows(Order))
    answer = place(visitor, page)
    assert len(house.rows(Order)) == before
    assert house.told("annual").name in answer.all_text
    assert answer.path == "/billing/cart"
    assert "You have switched to another account" in answer.all_text
    assert visitor.send(edit, "/edit", {"seats": "11"}).status == 404
    visitor.send(visitor.get("/accounts"), f"/accounts/{house.account_id('monthly')}")
    assert place(visitor, visitor.get("/billing/checkout")).heading == "Your order is placed"


def moved(answer: Page, before: Page) -> None:
    """A page that shows what changed since `before`, line by line, and orders nothing."""
    assert answer.status == 409
    assert MOVED in answer.text
    assert "Nothing was ordered and nothing was charged." in answer.text
    (table,) = answer.root.all("table", class_="changes")
    total = [cell.text for foot in table.all("tfoot") for cell in foot.all("td")]
    assert total == [before.total, answer.total]
    assert any(row.get("class") != "same" for body in table.all("tbody") for row in body.all("tr"))
    assert broken_rules(answer, "en", "Exemplo Software") == []
