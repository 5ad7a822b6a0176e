"""A contact who pays in euros adds a bank account, pays an invoice with it, and reads it by its own words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.taxes import SellerTaxes
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.records.people import Person
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.charges import answers as charges
from portal.shared.services.desk.staff import Staff
from portal.shared.services.quotes import drafting, sending
from portal.shared.services.quotes.pricing import ItemWish, QuoteWish, price_wish, shown_digest
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.quoting import LIMITS
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


def test_while_a_direct_debit_of_an_order_settles_the_pages_say_so(
    house: DemoHouse, contact: Visitor
) -> None:
    add_account(contact)
    method = house.rows(PaymentMethod, kind="direct_debit")[0].id
    number = a_quote(house)
    page = contact.send(
        contact.get(f"/corp-billing/quotes/{number}/accept"), "/accept", {"pay": f"card-{method}"}
    )
    answer = contact.send(page, "/service-order")
    assert answer.heading == "We are checking with your bank"
    assert "A direct debit takes the bank some time." in answer.text
    assert broken_rules(answer, "en", "Exemplo Software") == []
    home = contact.get("/corp-billing/")
    assert "An order is still on its way" in home.text
    house.clock.advance(timedelta(minutes=5))
    reference = answer.path.rpartition("/")[2]
    charges.resume(house.database, house.processor, house.clock.now, reference)
    placed = contact.get(answer.path)
    assert placed.heading == "Your order is placed"
    assert NAME in placed.text
    assert "An order is still on its way" not in contact.get("/corp-billing/").text


def a_quote(house: DemoHouse) -> int:
    """Two seats more for the account, sent by its representative; gives its number."""
    seller = house.app.extensions["twodoor"].settings.seller
    taxes = SellerTaxes(seller.country, frozenset(seller.tax_registrations))
    now = house.clock.now()
    with house.database.write() as session:
        account = session.get_one(Account, house.account_id("on-invoice"))
        rep = session.get_one(Person, account.rep_id)
        row = session.get_one(SubscriptionRow, house.subscription_id("on-invoice"))
        terms = WantedTerms(row.plan_id, row.seats + 2, Frequency.ANNUAL)
        wish = QuoteWish((ItemWish(row.id, terms, keeps_date=True),), None, 7, None, "")
        number = drafting.create(session, account.id, rep.id, wish, taxes, now)
        shown = shown_digest(wish, price_wish(session, account.id, wish, taxes, now))
        staff = Staff(rep.id, rep.name, "rep")
        assert sending.send(session, account.id, number, staff, shown, taxes, LIMITS, now) == sending.Sent()
    return number
