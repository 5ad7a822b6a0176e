"""Invoice recipients as a contact of a corporate account keeps them."""

from __future__ import annotations

import pytest

from portal.shared.records.invoice_recipients import InvoiceRecipient
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

LIST = "/corp-billing/invoice-recipients"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


def add(contact: Visitor, email: str, name: str = "Accounts") -> Page:
    return contact.send(contact.get(LIST), LIST, {"name": name, "email": email})


def kept(house: DemoHouse) -> list[tuple[str, str]]:
    return [(row.name, row.email) for row in house.rows(InvoiceRecipient)]


def test_somebody_is_added_and_removed(house: DemoHouse, contact: Visitor) -> None:
    before = kept(house)
    page = add(contact, " Faturas@Horizonte.example ", "Faturas")
    assert page.path == LIST
    assert "gets your invoices from now on" in page.all_text
    assert kept(house) == [*before, ("Faturas", "faturas@horizonte.example")]
    page = contact.send(page, f"/{house.rows(InvoiceRecipient)[-1].id}/remove")
    assert "gets no more invoices" in page.all_text
    assert kept(house) == before


@pytest.mark.parametrize(
    ("email", "name", "field", "sentence"),
    [
        pytest.param("", "Ana", "email", "Write an email address", id="no address"),
        pytest.param("ana", "Ana", "email", "one email address", id="no house"),
        pytest.param("ana@example", "Ana", "email", "one email address", id="half a house"),
        pytest.param("a@example.com, b@example.com", "Ana", "email", "one email address", id="two addresses"),
        pytest.param("Ana <a@example.com>", "Ana", "email", "one email address", id="a name in the address"),
        pytest.param("a@example.com\nBcc: b@example.com", "Ana", "email", "one email", id="a line break"),
        pytest.param("x" * 300 + "@example.com", "Ana", "email", "one email address", id="endless"),
        pytest.param("ana@example.com", "x" * 121, "name", "up to 120 characters", id="a long name"),
    ],
)
def test_what_is_no_address_is_refused_and_kept_in_its_field(
    house: DemoHouse, contact: Visitor, email: str, name: str, field: str, sentence: str
) -> None:
    before = kept(house)
    page = add(contact, email, name)
    assert page.status == 422
    assert sentence in (page.problem(field) or "")
    assert page.value("name") == name
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert kept(house) == before


def test_nobody_is_on_the_list_twice(house: DemoHouse, contact: Visitor) -> None:
    add(contact, "faturas@horizonte.example")
    page = add(contact, "FATURAS@horizonte.example")
    assert page.status == 422
    assert "on the list already" in (page.problem("email") or "")


def test_with_twenty_there_is_no_form_and_no_way_past_it(house: DemoHouse, contact: Visitor) -> None:
    missing = 20 - len(kept(house))
    token = contact.token()
    for number in range(missing):
        contact.post(LIST, {"csrf_token": token, "email": f"faturas{number}@horizonte.example"})
    page = contact.post(LIST, {"csrf_token": token, "email": "one.more@horizonte.example"})
    assert page.status == 422
    assert "that is the most" in page.text
    assert not page.has_form(LIST)
    assert len(kept(house)) == 20


def test_another_accounts_recipient_cannot_be_removed(house: DemoHouse, contact: Visitor) -> None:
    add(contact, "faturas@horizonte.example")
    row = house.rows(InvoiceRecipient)[-1]
    stranger = house.visitor(house.email("two-types"), account="Prado e Filhos Holding S.A.")
    page = stranger.post(f"{LIST}/{row.id}/remove", {"csrf_token": stranger.token()})
    assert page.status == 404
    assert house.rows(InvoiceRecipient)[-1].id == row.id
