"""A contact who pays in euros adds a bank account, pays an invoice with it, and reads it by its own words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.services import charges
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

METHODS = "/corp-billing/payment-methods"
NAME = "Direct debit, IBAN •••• 3000"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    """The contact of Cooperativa Serra Alta, which owes an invoice in euros."""
    return house.contact("on-invoice")


def add_account(contact: Visitor, iban: str = "DE89 3704 0044 0532 0130 00") -> Page:
    page = contact.send(contact.get(METHODS), "/bank-account")
    assert page.heading == "Bank account"
    return contact.send(page, page.path, {"account_holder": "Marta Figueiredo", "iban": iban})


def test_a_bank_account_is_added_by_its_own_words_and_never_expires(
    house: DemoHouse, contact: Visitor
) -> None:
    page = add_account(contact)
    assert page.path == METHODS
    assert NAME in page.text
    assert page.text.count("expires") == 1  # the card beside it
    assert broken_rules(page, "en", "Exemplo Software") == []
    (account,) = house.rows(PaymentMethod, kind="direct_debit")
    page = contact.send(page, f"/{account.id}/remove")
    assert NAME not in page.text


def test_an_invoice_is_paid_by_direct_debit_once_the_bank_has_answered(
    house: DemoHouse, contact: Visitor
) -> None:
    add_account(contact)
    invoice = house.rows(Invoice, account_id=house.account_id("on-invoice"))[-1]
    page = contact.get(f"/corp-billing/invoices/{invoice.name}/pay")
    assert NAME in page.text
    answer = contact.send(page, "/pay")
    assert answer.heading == "We are checking with your bank"
    assert NAME in answer.text
    house.clock.advance(timedelta(minutes=5))
    reference = answer.path.rpartition("/")[2]
    charges.resume(house.database, house.processor, house.clock.now, reference)
    assert contact.get(answer.path).heading == "Your payment is made"
    (payment,) = house.rows(Payment, kind="direct_debit")
    assert payment.amount_minor == invoice.total_minor
    assert NAME in contact.get(f"/corp-billing/invoices/{invoice.name}").text
