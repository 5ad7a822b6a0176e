"""Invoices as a contact of a corporate account finds, reads and keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.records.invoices import Invoice
from tests.support.demo_house import DemoHouse
from tests.support.einvoice_rules import verdict
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

LIST = "/corp-billing/invoices"
SELLER = "Exemplo Software"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


def names(house: DemoHouse, story: str = "corporate") -> list[str]:
    return [row.name for row in house.rows(Invoice, account_id=house.account_id(story))]


def listed(page: Page) -> list[str]:
    return [one.text for one in page.root.all("th", role="rowheader")]


@contextmanager
def at(house: DemoHouse, day: str) -> Iterator[None]:
    """Another day, until the block ends."""
    clock: FixedClock = house.clock
    before = clock.now()
    clock.set(datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC))
    yield
    clock.set(before)


def test_the_list_shows_the_newest_first_with_state_and_rest(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(LIST)
    first, second = names(house)
    assert listed(page) == [second, first]
    assert "Open" in page.text
    assert "Paid" in page.text
    assert "R$39,894.75" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("number=000001", [0], id="by number"),
        pytest.param("state=paid", [0], id="by state"),
        pytest.param("state=open&number=%20", [1], id="blanks do not count"),
        pytest.param("issued_from=2026-01-01", [1], id="from a day on"),
        pytest.param("issued_to=2026-01-01", [0], id="until a day"),
        pytest.param("before=2", [0], id="the next page"),
        pytest.param("before=two", [1, 0], id="a page that is none"),
        pytest.param("purchase_order=4711", [], id="nothing found"),
        pytest.param("number=%25", [], id="a percent sign is no pattern"),
        pytest.param("number=" + "9" * 5000, [], id="5000 digits"),
        pytest.param("number=%27%20or%201%3D1", [], id="a quotation mark"),
    ],
)
def test_searching(house: DemoHouse, contact: Visitor, query: str, found: list[int]) -> None:
    page = contact.get(f"{LIST}?{query}")
    assert page.status == 200
    assert listed(page) == [names(house)[number] for number in found]
    assert bool(found) or "Nothing found" in page.text


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        pytest.param("issued_from=2026-02-30", "issued_from", "no such day", id="30 February"),
        pytest.param("issued_to=yesterday", "issued_to", "in digits", id="a word"),
        pytest.param(
            "issued_from=2026-03-02&issued_to=2026-03-01", "issued_to", "before the first", id="backwards"
        ),
        pytest.param("state=lost", "state", "one of the states", id="a state that is none"),
    ],
)
@pytest.mark.parametrize("language", ["en"])
def test_a_search_that_cannot_be_done_says_why_and_keeps_what_was_typed(
    house: DemoHouse, contact: Visitor, query: str, field: str, sentence: str, language: str
) -> None:
    page = contact.get(f"{LIST}?{query}&number=ABC")
    assert page.status == 422
    assert sentence in (page.problem(field) or "")
    assert page.value("number") == "ABC"
    assert broken_rules(page, language, SELLER) == []


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_a_document_explains_itself(house: DemoHouse, language: str) -> None:
    contact = house.contact("corporate", language=language)
    name = names(house)[-1]
    page = contact.get(f"{LIST}/{name}")
    assert page.status == 200
    assert name in page.heading
    assert "Grupo Horizonte S.A." in page.text
    assert "25 ×" in page.text
    assert "ISS 5%" in page.text
    assert broken_rules(page, language, SELLER) == []


def test_an_overdue_invoice_says_so_in_words(house: DemoHouse) -> None:
    with at(house, "2026-12-01"):
        contact = house.contact("corporate")
        assert "Overdue" in contact.get(LIST).text
        page = contact.get(f"{LIST}/{names(house)[-1]}")
    assert "This invoice is overdue" in page.text
    assert "R$39,894.75 is still to be paid" in page.text


def test_a_paid_invoice_says_when_and_how(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(f"{LIST}/{names(house)[0]}")
    assert "Card Visa ••••" in page.text
    assert "Still to be paid" not in page.text


def test_the_pdf_is_a_file_to_keep_that_no_cache_keeps(house: DemoHouse, contact: Visitor) -> None:
    name = names(house)[-1]
    answer = contact.client.get(f"{LIST}/{name}/pdf")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=fatura-{name}.pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.data.startswith(b"%PDF-1.7")
    assert answer.data == contact.client.get(f"{LIST}/{name}/pdf").data


def test_the_e_invoice_is_offered_beside_the_pdf(house: DemoHouse, contact: Visitor) -> None:
    name = names(house)[-1]
    links = [one.get("href") for one in contact.get(f"{LIST}/{name}").root.all("a")]
    assert f"{LIST}/{name}/xml" in links
    answer = contact.client.get(f"{LIST}/{name}/xml")
    assert answer.mimetype == "application/xml"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=fatura-{name}.xml"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert verdict(answer.data).failed == ()


@pytest.mark.parametrize("ending", ["", "/pdf", "/xml"])
def test_another_accounts_document_is_as_if_it_were_not(
    house: DemoHouse, contact: Visitor, ending: str
) -> None:
    theirs = house.rows(Invoice, account_id=house.account_id("two-types"))
    other = theirs[-1].name if theirs else names(house, "monthly")[-1]
    assert contact.get(f"{LIST}/{other}{ending}").status == 404
    assert contact.get(f"{LIST}/nothing{ending}").status == 404
    assert contact.get(f"{LIST}/..%2f..{ending}").status == 404


def test_an_online_account_reads_its_documents_in_the_billing_center(house: DemoHouse) -> None:
    contact = house.contact("monthly")
    name = names(house, "monthly")[-1]
    page = contact.get(f"/billing/invoices/{name}")
    assert name in page.heading
    answer = contact.client.get(f"/billing/invoices/{name}/pdf")
    assert answer.data.startswith(b"%PDF-1.7")
    assert contact.get(f"/billing/invoices/{names(house)[-1]}").status == 404


def test_the_pay_button_is_there_only_while_something_is_open(house: DemoHouse, contact: Visitor) -> None:
    paid, unpaid = names(house)
    offered = "corporate.pay_invoice" in house.app.view_functions
    links = [one.get("href") for one in contact.get(f"{LIST}/{unpaid}").root.all("a")]
    assert (f"{LIST}/{unpaid}/pay" in links) is offered
    assert f"{LIST}/{paid}/pay" not in [
        one.get("href") for one in contact.get(f"{LIST}/{paid}").root.all("a")
    ]
