"""The card that checkout names is the one that is charged, whatever becomes the default one meanwhile."""

from __future__ import annotations

from portal.shared.records.payments import Payment, PaymentMethod
from tests.support.demo_house import DemoHouse
from tests.support.shopping import add_card, checkout, place


def test_a_card_that_was_added_in_another_tab_is_not_charged_instead(house: DemoHouse) -> None:
    visitor = house.contact("over-assigned")
    (shown,) = house.rows(PaymentMethod, account_id=house.account_id("over-assigned"))
    page = checkout(house, "over-assigned", visitor, seats="7")
    assert f"•••• {shown.last4} will be charged" in page.text
    add_card(visitor, "mastercard")

    placed = place(visitor, page)

    assert placed.heading == "Your order is placed", placed.text
    payments = house.rows(Payment, account_id=house.account_id("over-assigned"))
    assert payments[-1].payment_method_id == shown.id
