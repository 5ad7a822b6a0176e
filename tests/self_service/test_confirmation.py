"""The page after an order: it leads on to what came of it."""

from __future__ import annotations

from portal.shared.records.invoices import Invoice
from tests.support.demo_house import DemoHouse
from tests.support.shopping import checkout, place


def test_the_document_is_one_press_away(house: DemoHouse) -> None:
    visitor = house.contact("monthly")
    placed = place(visitor, checkout(house, "monthly", visitor, seats="30"))
    assert placed.heading == "Your order is placed"
    account = house.account_id("monthly")
    newest = house.rows(Invoice, account_id=account)[-1]
    (link,) = [one for one in placed.root.all("a") if one.text == newest.name]
    assert visitor.get(link.get("href")).heading == f"Invoice {newest.name}"
