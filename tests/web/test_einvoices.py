"""The e-invoice inside the PDF: what the books say, valid by the official rules, where software looks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import facturx
import pypdf
import pytest
from lxml import etree

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.einvoice.writing import NAMESPACES
from portal.shared.domain.money import exponent
from portal.shared.domain.taxes import VatState
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.tax_registry import SandboxRegistry
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Product
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.corrections.tax_rechecks import recheck_due
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.web.documents.einvoices import einvoice_xml
from portal.shared.web.documents.invoices import invoice_pdf
from portal.shared.web.transactions import TransactionalFlask
from tests.support.einvoice_rules import verdict
from tests.support.factories import NOW, SELLER, a_catalogue
from tests.support.shop import ANNUAL, Customer, Shop, want


@pytest.fixture
def shop(sqlite_database: Database, tmp_path: Path) -> Shop:
    clock = FixedClock(NOW)
    with sqlite_database.write() as session:
        plans = a_catalogue(session)
        session.get_one(Product, "assist").names = {"en": "Assist", "pt_BR": "Assistência"}
    return Shop(sqlite_database, SandboxProcessor(tmp_path / "processor", clock=clock), clock, plans)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    seller = read_seller(DEMO_SELLER)
    return Settings(database_url="", secret_key="not a secret", data_dir=tmp_path, seller=seller)


@pytest.fixture
def app(shop: Shop, settings: Settings) -> TransactionalFlask:
    return create_app(settings, clock=shop.clock, database=shop.database, processor=shop.processor)


def last(shop: Shop, who: Customer) -> InvoiceWhole:
    name = shop.rows(Invoice, account_id=who.id)[-1].name
    with shop.database.read() as session:
        view = invoices.invoice_of(session, who.id, name, shop.clock.now())
    assert view is not None
    return view


def changed(shop: Shop, who: Customer, **changes: Any) -> None:
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        for name, value in changes.items():
            setattr(account, name, value)


def xml_of(app: TransactionalFlask, shop: Shop, view: InvoiceWhole) -> bytes:
    with app.app_context(), shop.database.read() as session:
        found = einvoice_xml(view, catalog.names(session))
    assert found is not None
    return found


def pdf_of(app: TransactionalFlask, shop: Shop, view: InvoiceWhole) -> pypdf.PdfReader:
    with app.app_context(), shop.database.read() as session:
        return pypdf.PdfReader(BytesIO(invoice_pdf(view, catalog.names(session))))


def metadata(reader: pypdf.PdfReader) -> str:
    found: Any = reader.root_object["/Metadata"]
    return str(found.get_data(), "utf-8")


def told(xml: bytes, name: str) -> list[str]:
    """What all elements of this name say, in their order."""
    return [element.text or "" for element in ET.fromstring(xml).iter(f"{{{NAMESPACES['ram']}}}{name}")]


def at_home(shop: Shop) -> InvoiceWhole:
    who = shop.customer()
    shop.monthly(who)
    return last(shop, who)


def on_terms(shop: Shop) -> InvoiceWhole:
    who = shop.customer()
    changed(shop, who, type="corporate", vat_number="123456789", vat_state=VatState.VALID)
    shop.past_due(who)
    view = last(shop, who)
    return replace(view, head=replace(view.head, purchase_order="PO-2026/0042"))


def abroad(shop: Shop) -> InvoiceWhole:
    who = shop.customer(country="DE", vat_state=VatState.VALID)
    changed(shop, who, vat_number="136695976")
    shop.monthly(who)
    return last(shop, who)


def in_brazil(shop: Shop) -> InvoiceWhole:
    who = shop.customer(country="BR", currency="BRL")
    changed(shop, who, vat_number="11222333000181")
    shop.monthly(who)
    return last(shop, who)


def outside(shop: Shop) -> InvoiceWhole:
    who = shop.customer(country="US", currency="USD")
    shop.monthly(who)
    return last(shop, who)


def in_yen(shop: Shop) -> InvoiceWhole:
    who = shop.customer(country="JP", currency="JPY")
    shop.monthly(who)
    return last(shop, who)


def with_credit_of_unused_time(shop: Shop) -> InvoiceWhole:
    who = shop.customer(balance=1_000)
    shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 7))
    return last(shop, who)


def a_credit_note(shop: Shop) -> InvoiceWhole:
    who = shop.customer()
    subscription = shop.annual(who, shop.catalogue.plus, seats=9)
    shop.order(who, want(subscription, shop.catalogue.plus, 1, ANNUAL))
    view = last(shop, who)
    assert view.head.kind == "credit_note"
    return view


def _exempt(shop: Shop, who: Customer) -> None:
    with shop.database.write() as session:
        last = NOW.date() + timedelta(days=300)
        assert tax_exemptions.add(session, who.id, "EX-7/26", NOW.date(), last, who.person_id, NOW) is None


def exempt_abroad(shop: Shop) -> InvoiceWhole:
    """Exempt, and with a number: it is not reverse charge."""
    who = shop.customer(country="DE")
    changed(shop, who, vat_number="136695976", vat_state=VatState.INVALID)
    _exempt(shop, who)
    shop.order(who, want(shop.trial(who), shop.catalogue.plus, 5))
    return last(shop, who)


def credit_note_of_an_exempt_invoice(shop: Shop) -> InvoiceWhole:
    who = shop.customer()
    _exempt(shop, who)
    subscription = shop.annual(who, shop.catalogue.plus, seats=9, began=NOW.date())
    shop.order(who, want(subscription, shop.catalogue.plus, 1, ANNUAL))
    view = last(shop, who)
    assert view.head.kind == "credit_note"
    return view


def exempt_after_tax(shop: Shop) -> InvoiceWhole:
    """What is given back carries its tax, what is charged anew is exempt."""
    who = shop.customer()
    subscription = shop.monthly(who)
    _exempt(shop, who)
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    return last(shop, who)


def _unconfirmed(shop: Shop) -> Customer:
    who = shop.customer(country="DE", vat_state=VatState.PENDING)
    changed(shop, who, vat_number="136695976")
    return who


def unconfirmed(shop: Shop) -> InvoiceWhole:
    who = _unconfirmed(shop)
    shop.monthly(who)
    return last(shop, who)


def charged_again_without_tax(shop: Shop) -> InvoiceWhole:
    who = _unconfirmed(shop)
    subscription = shop.monthly(who, began=NOW.date() - timedelta(days=9))
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    registry = SandboxRegistry(shop.clock)
    [done] = recheck_due(shop.database, registry, SELLER, shop.clock.now)
    with shop.database.read() as session:
        view = invoices.invoice_of(session, who.id, done.corrections[0], shop.clock.now())
    assert view is not None
    assert len(view.lines) == 3
    return view


def moved_into_the_union(shop: Shop) -> InvoiceWhole:
    """A line that was outside the scope is given back beside one that is charged."""
    who = shop.customer(country="US")
    subscription = shop.monthly(who, began=NOW.date() - timedelta(days=9))
    changed(shop, who, country="PT")
    shop.order(who, want(subscription, shop.catalogue.plus, 7))
    return last(shop, who)


def in_portuguese(shop: Shop) -> InvoiceWhole:
    view = at_home(shop)
    return replace(view, language="pt_BR", buyer={**view.buyer, "name": "Açúcar & Filhos 東京 \x07"})


STORIES: list[Callable[[Shop], InvoiceWhole]] = [
    at_home,
    on_terms,
    abroad,
    in_brazil,
    outside,
    in_yen,
    with_credit_of_unused_time,
    a_credit_note,
    exempt_abroad,
    credit_note_of_an_exempt_invoice,
    exempt_after_tax,
    unconfirmed,
    charged_again_without_tax,
    moved_into_the_union,
    in_portuguese,
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_document_of_the_books_is_valid_and_says_what_they_say(
    app: TransactionalFlask, shop: Shop, story: Callable[[Shop], InvoiceWhole]
) -> None:
    view = story(shop)
    xml = xml_of(app, shop, view)
    assert verdict(xml).failed == ()
    total = Decimal(abs(view.head.total.minor)).scaleb(-exponent(view.head.total.currency))
    assert [Decimal(one) for one in told(xml, "GrandTotalAmount")] == [total]
    assert told(xml, "TypeCode")[0] == ("381" if view.head.kind == "credit_note" else "380")


def test_a_document_on_terms_says_where_money_goes_and_what_for(app: TransactionalFlask, shop: Shop) -> None:
    xml = xml_of(app, shop, on_terms(shop))
    assert told(xml, "IBANID") == ["PT50000201231234567890154"]
    assert told(xml, "IssuerAssignedID") == ["PO-2026/0042"]
    assert told(xml, "PaymentReference")
    assert told(xml, "DuePayableAmount") == ["123.00"]
    assert {"PT500000000", "PT123456789"} <= set(told(xml, "ID"))


def test_what_a_card_paid_is_not_due(app: TransactionalFlask, shop: Shop) -> None:
    xml = xml_of(app, shop, with_credit_of_unused_time(shop))
    assert told(xml, "DuePayableAmount") == ["0.00"]
    assert told(xml, "TotalPrepaidAmount") == told(xml, "GrandTotalAmount")
    assert told(xml, "IBANID") == []


def test_reverse_charge_is_said_with_both_numbers(app: TransactionalFlask, shop: Shop) -> None:
    xml = xml_of(app, shop, abroad(shop))
    assert {"PT500000000", "DE136695976"} <= set(told(xml, "ID"))
    assert told(xml, "ExemptionReasonCode") == ["VATEX-EU-AE"]
    assert told(xml, "Content") == ["Reverse charge: you account for the VAT yourself."]


@pytest.mark.parametrize(
    ("story", "categories", "reasons"),
    [
        (exempt_abroad, ["E"], ["Exempt from tax, by the document EX-7/26."]),
        (credit_note_of_an_exempt_invoice, ["E"], ["Exempt from tax, by the document EX-7/26."]),
        (exempt_after_tax, ["E", "S"], ["Exempt from tax, by the document EX-7/26."]),
        (unconfirmed, ["S"], []),
        (charged_again_without_tax, ["S", "AE"], ["Reverse charge: you account for the VAT yourself."]),
        (moved_into_the_union, ["E", "S"], ["Outside the scope of VAT."]),
        (abroad, ["AE"], ["Reverse charge: you account for the VAT yourself."]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_why_no_tax_is_charged_is_told_as_it_was_frozen(
    app: TransactionalFlask,
    shop: Shop,
    story: Callable[[Shop], InvoiceWhole],
    categories: list[str],
    reasons: list[str],
) -> None:
    xml = xml_of(app, shop, story(shop))
    assert sorted(set(told(xml, "CategoryCode"))) == sorted(categories)
    assert told(xml, "ExemptionReason") == reasons


@pytest.mark.parametrize(
    ("story", "words"),
    [
        (exempt_abroad, "Exempt from tax, by the document EX-7/26."),
        (unconfirmed, "Your VAT number was not confirmed yet"),
        (charged_again_without_tax, "The tax registry has confirmed your VAT number."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_paper_says_it_in_the_same_words(
    app: TransactionalFlask, shop: Shop, story: Callable[[Shop], InvoiceWhole], words: str
) -> None:
    reader = pdf_of(app, shop, story(shop))
    assert words in " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_document_that_charges_again_names_the_invoice_and_not_itself(
    app: TransactionalFlask, shop: Shop
) -> None:
    view = charged_again_without_tax(shop)
    assert told(xml_of(app, shop, view), "IssuerAssignedID") == list(view.credited_documents)
    assert view.head.name not in view.credited_documents
    assert len(view.credited_documents) == 1


def test_a_credit_note_names_the_invoice_it_lowers(app: TransactionalFlask, shop: Shop) -> None:
    view = a_credit_note(shop)
    assert told(xml_of(app, shop, view), "IssuerAssignedID") == list(view.credited_documents)


def test_the_pdf_carries_the_very_same_data(app: TransactionalFlask, shop: Shop) -> None:
    view = on_terms(shop)
    reader = pdf_of(app, shop, view)
    assert reader.attachments == {"factur-x.xml": [xml_of(app, shop, view)]}
    files: Any = reader.root_object["/AF"]
    file = files[0].get_object()
    assert len(files) == 1
    assert file["/AFRelationship"] == "/Alternative"
    assert file["/EF"]["/F"]["/Subtype"] == "/text/xml"


def test_the_metadata_say_that_it_is_an_e_invoice_and_still_an_archive_file(
    app: TransactionalFlask, shop: Shop
) -> None:
    reader = pdf_of(app, shop, on_terms(shop))
    said = metadata(reader)
    ET.fromstring(said)
    for fact in (
        "<fx:ConformanceLevel>EN 16931<",
        "<fx:DocumentFileName>factur-x.xml<",
        "<fx:DocumentType>INVOICE<",
        "<fx:Version>1.0<",
        "<pdfaid:part>3<",
        "<pdfaid:conformance>A<",
        "<pdfuaid:part>1<",
    ):
        assert fact in said
    assert said.count("<pdfaExtension:schemas>") == 1
    assert reader.pdf_header == "%PDF-1.7"


def test_another_reader_of_e_invoices_finds_it(app: TransactionalFlask, shop: Shop) -> None:
    view = on_terms(shop)
    with app.app_context(), shop.database.read() as session:
        content = invoice_pdf(view, catalog.names(session))
    name, xml = facturx.get_xml_from_pdf(BytesIO(content), check_xsd=True)
    assert name == "factur-x.xml"
    assert facturx.get_level(etree.fromstring(xml)) == "en16931"


@pytest.mark.parametrize(
    "seller",
    [
        pytest.param({"country": "US"}, id="a seller outside the Union"),
        pytest.param({"tax_number": ""}, id="a seller without a number"),
    ],
)
def test_where_no_e_invoice_is_expected_the_pdf_is_just_a_pdf(
    shop: Shop, settings: Settings, seller: dict[str, Any]
) -> None:
    other = replace(settings, seller=replace(settings.seller, **seller))
    app = create_app(other, clock=shop.clock, database=shop.database, processor=shop.processor)
    view = at_home(shop)
    with app.app_context(), shop.database.read() as session:
        assert einvoice_xml(view, catalog.names(session)) is None
    reader = pdf_of(app, shop, view)
    assert reader.attachments == {}
    assert "fx:" not in metadata(reader)


def test_dates_are_those_of_the_document(app: TransactionalFlask, shop: Shop) -> None:
    view = on_terms(shop)
    days = ET.fromstring(xml_of(app, shop, view)).iter(f"{{{NAMESPACES['udt']}}}DateTimeString")
    found = [date.fromisoformat(day.text or "") for day in days]
    assert found[0] == view.head.issued_on
    assert view.head.due_on in found
    assert view.lines[0].service.last_day in found
