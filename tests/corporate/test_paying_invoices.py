"""A corporate contact pays an invoice: in parts, with a card used once, by transfer; and what is typed wrongly."""

from __future__ import annotations

import pytest

from portal.app import PAYMENT_PAGE
from portal.shared.gateways.sandbox.known_cards import card_named
from portal.shared.records.invoices import Invoice
from portal.shared.records.payments import Payment, PaymentAttempt, PaymentMethod
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor


@pytest.fixture
def invoice(house: DemoHouse) -> Invoice:
    """The open invoice of Grupo Horizonte."""
    found = house.rows(Invoice, account_id=house.account_id("corporate"))[-1]
    assert isinstance(found, Invoice)
    return found


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


def pay_page(contact: Visitor, invoice: Invoice) -> Page:
    return contact.get(f"/corp-billing/invoices/{invoice.name}/pay")


def pay(contact: Visitor, invoice: Invoice, amount: str | None = None, **typed: str) -> Page:
    fields = typed if amount is None else {"amount": amount, **typed}
    return contact.send(pay_page(contact, invoice), "/pay", fields)


def type_card(contact: Visitor, page: Page, name: str = "visa") -> Page:
    typed = {
        "card_number": card_named(name).spaced,
        "expiry": "12/30",
        "security_code": "123",
        "card_holder": "André Vilela",
    }
    return contact.send(page, page.path, typed)


def test_all_that_is_open_is_offered_and_paid(house: DemoHouse, contact: Visitor, invoice: Invoice) -> None:
    page = pay_page(contact, invoice)
    assert page.value("amount") == f"{invoice.total_minor // 100}.{invoice.total_minor % 100:02}"
    answer = contact.send(page, "/pay")
    assert answer.heading == "Your payment is made"
    assert "The invoice is paid." in answer.text
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert "This invoice is paid" in pay_page(contact, invoice).text
    assert [one.amount_minor for one in house.rows(Payment, kind="card")][-1] == invoice.total_minor


def test_it_is_paid_in_two_parts(contact: Visitor, invoice: Invoice) -> None:
    first = pay(contact, invoice, "1,000.50")
    assert "R$1,000.50 was charged" in first.text
    rest = invoice.total_minor - 100050
    page = pay_page(contact, invoice)
    assert page.value("amount") == f"{rest // 100}.{rest % 100:02}"
    assert "The invoice is paid." in contact.send(page, "/pay").text


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        pytest.param("en", "10,50", "could be read as another amount", id="a comma for cents in English"),
        pytest.param("pt_BR", "10.50", "", id="a point for cents in Portuguese"),
        pytest.param("en", "-5", "cannot be negative", id="negative"),
        pytest.param("en", "", "Enter an amount", id="nothing"),
        pytest.param("en", "0", "above zero", id="zero"),
        pytest.param("en", "99,999,999", "up to R$", id="more than is open"),
        pytest.param("en", "5.001", "more decimals", id="a tenth of a cent"),
        pytest.param("en", "١٠", "digits 0 to 9", id="Arabic digits"),
        pytest.param("en", "US$ 5", "without the sign of another currency", id="another currency"),
    ],
)
def test_an_amount_that_is_not_clear_is_kept_and_refused(
    house: DemoHouse, invoice: Invoice, language: str, typed: str, said: str
) -> None:
    contact = house.contact("corporate", language=language)
    page = pay(contact, invoice, typed)
    assert page.status == 422
    assert said in (page.problem("amount") or "")
    assert page.problem("amount")
    assert page.value("amount") == typed
    assert broken_rules(page, language, "Exemplo Software") == []
    assert house.rows(PaymentAttempt) == []


def test_the_same_page_sent_twice_pays_once(house: DemoHouse, contact: Visitor, invoice: Invoice) -> None:
    page = pay_page(contact, invoice)
    answers = [contact.send(page, "/pay", {"amount": "10"}) for _ in range(2)]
    assert answers[0].path == answers[1].path
    assert len(house.rows(PaymentAttempt)) == 1


def test_a_card_used_once_pays_and_is_not_kept(house: DemoHouse, contact: Visitor, invoice: Invoice) -> None:
    kept = len(house.rows(PaymentMethod))
    page = pay(contact, invoice, "25", method="once")
    assert page.path.startswith("/sandbox-processor/cards/")
    answer = type_card(contact, page, "mastercard")
    assert answer.heading == "Your payment is made"
    assert "Mastercard •••• 4444" in answer.text
    assert len(house.rows(PaymentMethod)) == kept


def test_whoever_comes_back_without_a_card_is_told_that_nothing_was_charged(
    contact: Visitor, invoice: Invoice
) -> None:
    page = pay(contact, invoice, "25", method="once")
    (back,) = {one.get("href") for one in page.root.all("a") if "/pay/" in one.get("href")}
    answer = contact.get(back)
    assert answer.path == f"/corp-billing/invoices/{invoice.name}/pay"
    assert "No card was charged" in answer.text


def test_a_declined_card_says_so(contact: Visitor, invoice: Invoice) -> None:
    answer = type_card(contact, pay(contact, invoice, "25", method="once"), "declined")
    assert answer.heading == "The payment was not made"
    assert "The bank declined the card." in answer.text


def test_a_payment_that_waits_for_the_bank_blocks_another_and_can_be_cancelled(
    contact: Visitor, invoice: Invoice
) -> None:
    waiting = type_card(contact, pay(contact, invoice, "25", method="once"), "needs_confirmation")
    assert waiting.heading == "Your bank wants you to confirm"
    page = pay_page(contact, invoice)
    assert "A payment is on its way" in page.text
    assert not page.has_form("/pay")
    answer = contact.send(waiting, "/cancel")
    assert answer.heading == "The payment was cancelled"
    assert pay_page(contact, invoice).has_form("/pay")


def test_the_bank_confirms(contact: Visitor, invoice: Invoice) -> None:
    waiting = type_card(contact, pay(contact, invoice, "25", method="once"), "needs_confirmation")
    (bank,) = [one.get("href") for one in waiting.root.all("a") if "/challenge/" in one.get("href")]
    page = contact.get(bank)
    assert contact.send(page, page.path, {"answer": "approve"}).heading == "Your payment is made"


def test_the_transfer_is_told_with_reference_and_account(contact: Visitor, invoice: Invoice) -> None:
    text = pay_page(contact, invoice).text
    assert "Or pay by bank transfer" in text
    assert "RF" in text
    assert "BR18 0036 0305 0000 1000 9795 493C 1" in text


def test_a_card_of_nobody_is_refused(contact: Visitor, invoice: Invoice) -> None:
    page = pay(contact, invoice, "25", method="999")
    assert page.status == 422
    assert "Choose how you pay." in (page.problem("method") or "")


def test_an_incomplete_page_pays_nothing(house: DemoHouse, contact: Visitor, invoice: Invoice) -> None:
    page = pay(contact, invoice, "25", key="short")
    assert page.status == 400
    assert house.rows(PaymentAttempt) == []


def test_the_invoice_of_somebody_else_cannot_be_paid(house: DemoHouse, invoice: Invoice) -> None:
    other = house.visitor(house.email("two-types"), account="Prado e Filhos Holding S.A.")
    assert other.get(f"/corp-billing/invoices/{invoice.name}/pay").status == 404


def test_the_bank_leads_back_to_the_page_of_the_payment(house: DemoHouse) -> None:
    rule = next(one for one in house.app.url_map.iter_rules() if one.endpoint == "corporate.payment")
    assert rule.rule.replace("<", "{").replace(">", "}") == PAYMENT_PAGE.replace("{portal}", "corp-billing")
