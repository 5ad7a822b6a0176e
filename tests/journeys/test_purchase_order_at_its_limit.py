"""A purchase order runs over its amount, under each of the three rules an account can choose."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import books
from tests.journeys.conftest import Enter
from tests.journeys.somebody import Somebody

NUMBER = "HZ-CURTA-1"
RULES = {"hold": "Hold it", "warn": "Warn and bill", "bill-without": "Bill without it"}


def to_the_service_order(contact: Somebody, rule: str) -> None:
    """A purchase order of R$ 100, the rule, and the open quote on it."""
    contact.go("/corp-billing/purchase-orders")
    contact.purchase_orders.add(NUMBER, "2020-01-01", "100")
    contact.go("/corp-billing/purchase-orders")
    contact.purchase_orders.choose_rule(RULES[rule])
    contact.go("/corp-billing/quotes/1")
    contact.quote.accept()
    contact.terms.is_shown()
    contact.terms.choose_purchase_order(NUMBER)
    contact.terms.go_on()
    contact.service_order.is_shown()
    contact.reads("Purchase order %(number)s does not cover this order", number=NUMBER)
    contact.reads("Its authorised amount does not reach that far.")


@pytest.mark.parametrize("language", ["pt_BR", "en"])
def test_hold_orders_nothing_until_something_covers_it(enter: Enter, language: str) -> None:
    contact = enter("corporate", language=language)
    server = contact.server
    before = books.orders_placed(server, "corporate")
    to_the_service_order(contact, "hold")
    expect(contact.service_order.button).to_have_count(0)
    contact.reads("It can be placed as soon as a purchase order covers it, or without one.")
    assert books.orders_placed(server, "corporate") == before

    contact.link("Change the purchase order").click()
    amount = contact.page.get_by_role("textbox", name=contact.say("Authorised amount"))
    amount.fill({"pt_BR": "50.000,00", "en": "50,000.00"}[language])
    contact.button("Save").click()
    contact.go("/corp-billing/quotes/1/service-order")
    contact.service_order.is_shown()
    contact.service_order.place()
    contact.service_order.is_placed()
    contact.service_order.see_invoice()
    expect(contact.invoice.fact("Purchase order")).to_have_text(NUMBER)
    assert NUMBER in contact.invoice.pdf_text()
    books.prove(server)


def test_warn_bills_on_it_and_tells_everybody(enter: Enter) -> None:
    contact = enter("corporate")
    to_the_service_order(contact, "warn")
    contact.service_order.place()
    contact.service_order.is_placed()
    contact.service_order.see_invoice()
    expect(contact.invoice.fact("Purchase order")).to_have_text(NUMBER)
    assert NUMBER in contact.invoice.pdf_text()
    contact.go("/corp-billing/purchase-orders")
    expect(contact.purchase_orders.row(NUMBER)).to_contain_text(contact.say("Used up"))
    books.warn_of_purchase_orders(contact.server)  # the worker looks every few minutes
    assert NUMBER in contact.mail(NUMBER)
    books.prove(contact.server)


def test_bill_without_leaves_its_number_away(enter: Enter) -> None:
    contact = enter("corporate", javascript=False)
    to_the_service_order(contact, "bill-without")
    expect(contact.service_order.terms).not_to_contain_text(NUMBER)
    contact.service_order.place()
    contact.service_order.is_placed()
    contact.service_order.see_invoice()
    expect(contact.page.locator("main")).not_to_contain_text(NUMBER)
    assert NUMBER not in contact.invoice.pdf_text()
    contact.go("/corp-billing/purchase-orders")
    expect(contact.purchase_orders.row(NUMBER)).not_to_contain_text(contact.say("Used up"))
    books.prove(contact.server)
