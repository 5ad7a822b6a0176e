"""Staff read the invoices of their accounts, as page and as file, and find the way to them from every list."""

from __future__ import annotations

import pytest

from portal.shared.records.invoices import Invoice
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Visitor

REP, STRANGER = "bruno.matos@exemplo.example", "sofia.lemos@exemplo.example"


@pytest.fixture
def rep(house: DemoHouse) -> Visitor:
    """The representative of Cooperativa Serra Alta."""
    return house.visitor(REP)


@pytest.fixture
def invoice(house: DemoHouse) -> Invoice:
    """The invoice that Cooperativa Serra Alta is late with."""
    found = house.rows(Invoice, account_id=house.account_id("on-invoice"))[-1]
    assert isinstance(found, Invoice)
    return found


def place(invoice: Invoice) -> str:
    return f"/corp-billing/desk/accounts/{invoice.account_id}"


def test_the_overdue_list_and_the_account_lead_to_the_invoice(rep: Visitor, invoice: Invoice) -> None:
    for path in ("/corp-billing/desk/payments", place(invoice)):
        page = rep.get(path)
        assert f'href="{place(invoice)}/invoices/{invoice.name}"' in page.html
    assert "Cooperativa Serra Alta" in rep.get("/corp-billing/desk/payments").text
    assert f'href="{place(invoice)}/record-payment"' in rep.get(place(invoice)).html
    search = rep.get(f"/corp-billing/desk/payments?search={invoice.name}")
    assert f'href="{place(invoice)}/invoices/{invoice.name}"' in search.html


def test_it_is_read_and_kept_as_a_file(rep: Visitor, invoice: Invoice) -> None:
    page = rep.get(f"{place(invoice)}/invoices/{invoice.name}")
    assert page.heading == f"Invoice {invoice.name}"
    assert "Overdue" in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []
    links = {one.get("href") for one in page.root.all("a")}
    assert f"{place(invoice)}/record-payment?invoice={invoice.name}" in links
    answer = rep.client.get(f"{place(invoice)}/invoices/{invoice.name}/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_it_does_not_exist_for_others(house: DemoHouse, rep: Visitor, invoice: Invoice) -> None:
    for path in (f"invoices/{invoice.name}", f"invoices/{invoice.name}/pdf"):
        assert house.visitor(STRANGER).get(f"{place(invoice)}/{path}").status == 404
    assert rep.get(f"{place(invoice)}/invoices/0000-000000").status == 404
