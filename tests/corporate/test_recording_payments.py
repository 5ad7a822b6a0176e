"""The desk records a transfer: found by its reference, shown before it is saved, saved once; only for own accounts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Typed, Visitor


@pytest.fixture
def rep(house: DemoHouse) -> Visitor:
    return house.visitor(house.email("rep"))


@pytest.fixture
def invoice(house: DemoHouse) -> Invoice:
    """The open invoice of Grupo Horizonte."""
    found = house.rows(Invoice, account_id=house.account_id("corporate"))[-1]
    assert isinstance(found, Invoice)
    return found


def path(house: DemoHouse) -> str:
    return f"/corp-billing/desk/accounts/{house.account_id('corporate')}/record-payment"


def fill(house: DemoHouse, rep: Visitor, **typed: str | list[str]) -> Page:
    """Fill in the form and press “Check”."""
    fields: dict[str, str | list[str]] = {
        "check": "yes",
        "kind": "transfer",
        "amount": "100.00",
        "received_on": "2026-03-17",
        "reference": "PIX 99",
    }
    query = [
        f"{name}={one}"
        for name, value in (fields | typed).items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return rep.get(f"{path(house)}?{'&'.join(query)}".replace(" ", "%20"))


def save(rep: Visitor, page: Page, typed: Typed | None = None) -> Page:
    forms = [form for form in page.forms if dict(form.fields).get("shown")]
    assert len(forms) == 1, page.text
    return rep.post(page.path, dict(forms[0].fields) | dict(typed or {}))  # type: ignore[arg-type]


def recorded(house: DemoHouse) -> list[Payment]:
    return [one for one in house.rows(Payment) if one.kind != "card"]


def test_it_is_shown_before_it_is_saved(house: DemoHouse, rep: Visitor, invoice: Invoice) -> None:
    page = fill(house, rep, reference=invoice.name)
    assert page.status == 200
    assert "This is what happens" in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert recorded(house) == []
    answer = save(rep, page)
    assert answer.path == f"/corp-billing/desk/accounts/{invoice.account_id}"
    assert "R$100.00 is recorded" in answer.all_text
    (payment,) = recorded(house)
    assert (payment.amount_minor, payment.reference) == (10000, invoice.name)
    assert len(house.rows(OutboxMail, kind="payment-received")) == 1


def test_the_same_page_sent_twice_records_once(house: DemoHouse, rep: Visitor) -> None:
    page = fill(house, rep)
    for _ in range(2):
        assert "is recorded" in save(rep, page).all_text
    assert len(recorded(house)) == 1


def test_what_is_too_much_is_said_to_stay_as_balance(house: DemoHouse, rep: Visitor) -> None:
    page = fill(house, rep, amount="999,999.00")
    assert "Kept as account balance" in page.text
    assert "nothing, it is paid" in page.text


def test_a_page_that_was_overtaken_is_shown_again(house: DemoHouse, rep: Visitor) -> None:
    first, second = fill(house, rep), fill(house, rep, reference="PIX 100")
    save(rep, second)
    answer = save(rep, first)
    assert answer.status == 409
    assert "Something has changed since this was shown" in answer.text
    assert len(recorded(house)) == 1
    assert "is recorded" in save(rep, answer).all_text


def test_the_same_payment_once_more_is_pointed_out(house: DemoHouse, rep: Visitor) -> None:
    save(rep, fill(house, rep))
    assert "was recorded before" in fill(house, rep).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"amount": "100,00"}, "amount", id="the other decimal sign"),
        pytest.param({"amount": "0"}, "amount", id="nothing"),
        pytest.param({"amount": "-1"}, "amount", id="negative"),
        pytest.param({"received_on": "2026-03-19"}, "received_on", id="tomorrow"),
        pytest.param({"received_on": "2026-02-30"}, "received_on", id="no such day"),
        pytest.param({"reference": ""}, "reference", id="no reference"),
        pytest.param({"reference": "x" * 141}, "reference", id="a long reference"),
        pytest.param({"kind": "cash"}, "kind", id="no kind we know"),
        pytest.param({"invoice": ["1001-000001"]}, "invoice", id="an invoice of somebody else"),
    ],
)
def test_bad_input_is_kept_and_refused(
    house: DemoHouse, rep: Visitor, typed: dict[str, str | list[str]], field: str
) -> None:
    page = fill(house, rep, **typed)
    assert page.status == 422
    assert page.problem(field)
    assert "This is what happens" not in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert recorded(house) == []


def test_bad_fields_are_refused_by_saving_too(house: DemoHouse, rep: Visitor) -> None:
    page = fill(house, rep)
    assert save(rep, page, {"amount": "100,00"}).status == 422
    assert save(rep, page, {"key": "short"}).status == 400
    assert save(rep, page, {"amount": "101.00"}).status == 409, "another amount than was shown"
    assert recorded(house) == []


def test_what_is_overdue_is_listed_and_leads_to_the_form(
    house: DemoHouse, rep: Visitor, invoice: Invoice
) -> None:
    assert invoice.name not in rep.get("/corp-billing/desk/payments").text
    house.clock.advance(timedelta(days=40))
    rep = house.visitor(house.email("rep"))
    page = rep.get("/corp-billing/desk/payments")
    assert invoice.name in page.text
    assert "days overdue" in page.text
    (link,) = {one.get("href") for one in page.root.all("a") if "record-payment" in one.get("href")}
    assert rep.get(link).heading == "Record a payment"


@pytest.mark.parametrize("text", ["{name}", "pago {name}!", "1001-999999", "hello"])
def test_a_reference_is_looked_for_among_own_accounts(
    house: DemoHouse, rep: Visitor, invoice: Invoice, text: str
) -> None:
    page = rep.get(f"/corp-billing/desk/payments?search={text.format(name=invoice.name)}")
    assert page.status == 200
    assert ("Grupo Horizonte S.A." in page.text) is ("{name}" in text)
    assert ("None of your accounts" in page.text) is ("{name}" not in text)
    care = house.visitor(house.email("care"))
    assert "Grupo Horizonte" not in care.get(f"/corp-billing/desk/payments?search={invoice.name}").text


@pytest.mark.parametrize("role", ["care"])
def test_an_account_of_somebody_else_does_not_exist(house: DemoHouse, role: str) -> None:
    assert house.visitor(house.email(role)).get(path(house)).status == 404
