"""Documents as PDF: the same bytes every time, readable by people and by software, and nothing in them is markup."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
import pytest
import typst
from flask_babel import force_locale

from portal.app import create_app, templates_folder
from portal.config import DEMO_SELLER, Settings, read_seller
from portal.shared.domain.payment_references import PaymentReference
from portal.shared.domain.taxes import VatState
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Product
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.documents import typesetting
from portal.shared.web.documents.invoices import file_name, invoice_pdf
from portal.shared.web.documents.quotes import quote_pdf
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.transactions import TransactionalFlask
from tests.support.factories import NOW, a_catalogue
from tests.support.shop import ANNUAL, Customer, Shop, want

# Lines that are the same in every language: who sells, who buys, where money goes.
NAMES = re.compile(r"Exemplo|Lisboa|Company \d+|^(IBAN|BIC) ")
FOLDER = Path(templates_folder()) / "documents"
HOSTILE = (
    '#panic("x")',
    '#read("/etc/passwd")',
    '#import "layout.typ": *',
    "= A heading *bold* _italic_ `raw` $x^2$ <label> @label",
    '"} ], #{ // comment',
    "\\ \\u{41} ~ -- --- ...",
    "{page} {pages} %(name)s {{ name }}",
    "<b>bold</b> & &amp;",
)


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


def account_of(shop: Shop, who: Customer, **changes: Any) -> None:
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        for name, value in changes.items():
            setattr(account, name, value)


def last(shop: Shop, who: Customer) -> InvoiceWhole:
    name = shop.rows(Invoice, account_id=who.id)[-1].name
    with shop.database.read() as session:
        view = invoices.invoice_of(session, who.id, name, shop.clock.now())
    assert view is not None
    return view


def pdf(app: TransactionalFlask, shop: Shop, view: InvoiceWhole) -> bytes:
    with app.app_context(), shop.database.read() as session:
        return invoice_pdf(view, catalog.names(session))


def text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def catalogue_of(reader: pypdf.PdfReader) -> Any:
    """What a PDF says about itself."""
    return reader.root_object


def unpaid(shop: Shop, **account: Any) -> InvoiceWhole:
    """An invoice of a corporate account over 5 seats, 100.00 and tax."""
    who = shop.customer()
    account_of(shop, who, type="corporate", **account)
    shop.past_due(who)
    return last(shop, who)


def a_quote(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Quote",
        "number": "Q-7",
        "issued_on": date(2026, 3, 10),
        "facts": [{"label": "Valid until", "value": "March 17, 2026"}],
        "rows": [
            {"label": "Assist", "tone": "heading"},
            {"label": "Plus, 7 seats", "detail": "7 × €35.00", "amount": "€245.00", "tone": "charge"},
        ],
        "total_label": "Total due",
        "total": "€301.35",
        "notes": ["The renewal date stays."],
        "buyer": {"name": "Company", "lines": ["Portugal"]},
        **changes,
    }


def test_the_same_document_is_the_same_bytes_whenever_it_is_asked_for(
    app: TransactionalFlask, shop: Shop
) -> None:
    view = unpaid(shop)
    first = pdf(app, shop, view)
    shop.later(days=40)
    assert pdf(app, shop, last(shop, Customer(view.account_id, 0, None, "EUR"))) == first


def test_a_document_does_not_depend_on_the_reader(app: TransactionalFlask, shop: Shop) -> None:
    view = unpaid(shop)
    with app.app_context(), force_locale("pt_BR"):
        in_portuguese = pdf(app, shop, view)
    assert in_portuguese == pdf(app, shop, view)


def test_documents_set_at_once_do_not_disturb_each_other(app: TransactionalFlask, shop: Shop) -> None:
    views = [unpaid(shop, name=f"Company {number}") for number in range(4)]
    expected = [pdf(app, shop, view) for view in views]
    got: dict[int, bytes] = {}

    def set_one(number: int) -> None:
        got[number] = pdf(app, shop, views[number])

    threads = [threading.Thread(target=set_one, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [got[number] for number in range(4)] == expected
    assert len(set(expected)) == 4


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            (
                "Invoice",
                "Billed to",
                "Due date March 1, 2026",
                "€100.00",
                "IVA 23%",
                "€123.00",
                "Page 1 of 1",
            ),
        ),
        (
            "pt_BR",
            ("Fatura", "Cobrado de", "Vencimento 1 de março de 2026", "€ 100,00", "IVA 23%", "Página 1 de 1"),
        ),
        (
            "es",
            (
                "Factura",
                "Facturado a",
                "Fecha de vencimiento 1 de marzo de 2026",
                "100,00 €",
                "IVA 23 %",
                "Página 1 de 1",
            ),
        ),
        ("fr", ("Facture", "Échéance 1 mars 2026", "100,00 €", "IVA 23 %", "Page 1 sur 1")),
        ("de", ("Rechnung", "1. März 2026", "100,00 €", "IVA 23 %", "Seite 1 von 1")),
        ("it", ("Fattura", "1 marzo 2026", "100,00 €", "IVA 23%", "Pagina 1 di 1")),
    ],
)
def test_a_document_speaks_the_accounts_language(
    app: TransactionalFlask, shop: Shop, language: str, said: tuple[str, ...]
) -> None:
    view = unpaid(shop, language=language)
    content = pdf(app, shop, view)
    text = text_of(content).replace("\N{NO-BREAK SPACE}", " ")
    assert [
        one for one in (*said, view.head.name, "Exemplo Software, Lda.", "PT500000000") if one not in text
    ] == []
    reader = pypdf.PdfReader(BytesIO(content))
    assert catalogue_of(reader)["/Lang"] == language.replace("_", "-")
    assert reader.metadata is not None
    assert reader.metadata.title == f"{said[0]} {view.head.name}"


@pytest.mark.parametrize("language", sorted(LANGUAGES.keys() - {"en"}))
def test_no_document_says_anything_in_english_to_others(
    app: TransactionalFlask, shop: Shop, language: str
) -> None:
    view = unpaid(shop, language="en")
    who = shop.customer(country="DE", vat_state=VatState.VALID)
    shop.monthly(who)
    for one in (view, last(shop, who)):
        english = lines_of(pdf(app, shop, replace(one, language="en")))
        shared = english & lines_of(pdf(app, shop, replace(one, language=language)))
        assert [line for line in shared if not NAMES.search(line)] == []


def lines_of(content: bytes) -> set[str]:
    """What stands in a line of a document, where it is more than a word."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)
    return {line for line in text.splitlines() if len(re.findall(r"[^\W\d_]{2,}", line)) > 1}


def test_software_finds_its_way_through_a_document(app: TransactionalFlask, shop: Shop) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf(app, shop, unpaid(shop))))
    assert str(catalogue_of(reader)["/MarkInfo"]["/Marked"]) == "True"
    tags: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            tags.append(str(node.get("/S")))
            walk(node.get("/K", []))

    walk(catalogue_of(reader)["/StructTreeRoot"]["/K"])
    assert {"/H1", "/Table", "/TH", "/TD"} <= set(tags)
    described = str(catalogue_of(reader)["/Metadata"].get_data(), "utf-8")
    assert "pdfuaid:part>1<" in described
    assert "pdfaid:part>3<" in described


def test_address_and_numbers_are_printed(app: TransactionalFlask, shop: Shop) -> None:
    view = unpaid(
        shop,
        name="Moinho & Filhos, Lda.",
        street="Rua do Moinho, 7",
        postal_code="4000-001",
        city="Porto",
        vat_number="123456789",
        vat_state=VatState.VALID,
    )
    view = replace(view, head=replace(view.head, purchase_order="PO-2026/0042"))
    text = text_of(pdf(app, shop, view))
    assert "Moinho & Filhos, Lda. Rua do Moinho, 7 4000-001 Porto Portugal VAT number: PT123456789" in text
    assert "Purchase order PO-2026/0042" in text


def test_a_transfer_knows_where_to_go(app: TransactionalFlask, shop: Shop) -> None:
    text = text_of(pdf(app, shop, unpaid(shop, invoice_series="1099")))
    assert "How to pay Pay by March 1, 2026 Reference RF" in text
    assert PaymentReference("1099", 1).text in text
    assert "PT50 0002 0123 1234 5678 9015 4" in text


def test_what_came_with_its_order_stands_on_it_and_nothing_is_asked_for(
    app: TransactionalFlask, shop: Shop
) -> None:
    who = shop.customer(balance=1_000)
    shop.order(who, want(shop.monthly(who), shop.catalogue.plus, 7))
    text = text_of(pdf(app, shop, last(shop, who)))
    assert "Account balance used −€10.00" in text
    assert "Card Visa ••••" in text
    assert "Total due €0.00" in text
    assert "How to pay" not in text


def test_a_credit_note_names_what_it_credits_and_asks_for_nothing(
    app: TransactionalFlask, shop: Shop
) -> None:
    who = shop.customer()
    subscription = shop.annual(who, shop.catalogue.plus, seats=9)
    first = last(shop, who).head.name
    shop.order(who, want(subscription, shop.catalogue.plus, 1, ANNUAL))
    view = last(shop, who)
    text = text_of(pdf(app, shop, view))
    assert text.count("Credit note")
    assert f"Credits lines of {first}" in text
    assert "Total −€" in text
    assert "How to pay" not in text
    assert "Due date" not in text
    with app.app_context():
        assert file_name(view) == f"credit-note-{view.head.name}.pdf"


def test_reverse_charge_is_said(app: TransactionalFlask, shop: Shop) -> None:
    who = shop.customer(country="DE", vat_state=VatState.VALID)
    shop.monthly(who)
    assert "Reverse charge" in text_of(pdf(app, shop, last(shop, who)))
    home = shop.customer()
    shop.monthly(home)
    assert "Reverse charge" not in text_of(pdf(app, shop, last(shop, home)))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_never_markup(app: TransactionalFlask, shop: Shop, name: str) -> None:
    view = unpaid(shop, name=name, street=name)
    view = replace(view, head=replace(view.head, purchase_order=name))
    text = text_of(pdf(app, shop, view))
    assert text.replace(" ", "").count(name.replace(" ", "")) == 3
    with app.app_context():
        quote = quote_pdf(a_quote(notes=[name], buyer={"name": name, "lines": []}), "en")
    assert text_of(quote).replace(" ", "").count(name.replace(" ", "")) == 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("株式会社 A", "□□□□ A", id="letters we cannot draw"),
        pytest.param(
            "Ünïcødé Žluťoučký Ελλάδα Привет", "Ünïcødé Žluťoučký Ελλάδα Привет", id="letters of Europe"
        ),
        pytest.param("A\nB\tC", "A B C", id="line breaks"),
        pytest.param("A\u202eB\u200b\ufeffC\u00ad\x07D", "ABCD", id="signs nobody sees"),
        pytest.param("ﬁne", "fine", id="a ligature"),
        pytest.param("Acme 😀", "Acme □", id="a face"),
    ],
)
def test_every_name_can_be_printed(app: TransactionalFlask, shop: Shop, name: str, shown: str) -> None:
    assert shown in text_of(pdf(app, shop, unpaid(shop, name=name)))


def test_our_font_has_a_shape_for_every_letter_it_promises(tmp_path: Path) -> None:
    letters = "".join(typesetting.printable("".join(sorted(typesetting._letters()))).split())
    assert len(letters) > 1_000
    for weight in (400, 600):
        page = tmp_path / "letters.typ"
        page.write_text(
            '#set document(title: "letters")\n'
            f'#set text(font: "Inter", weight: {weight}, lang: "en", fallback: false)\n'
            "#sys.inputs.letters.clusters().join(sym.zws)"
        )
        typst.compile(
            page,
            root=tmp_path,
            font_paths=typesetting._fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"letters": letters},
            pdf_standards=["a-3a"],
        )


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "inside" / "page.typ").write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        typesetting.typeset(tmp_path / "inside", "page.typ", {}, on=date(2026, 1, 1))


def test_templates_hold_no_words() -> None:
    for template in FOLDER.glob("*.typ"):
        for line in template.read_text().splitlines():
            code = line.partition("//")[0]
            assert " " not in "".join(code.split('"')[1::2]).strip(), line


def test_a_seller_with_a_pale_colour_can_still_be_read(shop: Shop, settings: Settings) -> None:
    pale = replace(settings, seller=replace(settings.seller, brand_colour="#ffee99"))
    app = create_app(pale, clock=shop.clock, database=shop.database, processor=shop.processor)
    assert "Exemplo Software" in text_of(pdf(app, shop, unpaid(shop)))


def test_a_quote_is_set_from_plain_data(app: TransactionalFlask) -> None:
    with app.app_context():
        first = quote_pdf(a_quote(), "en")
        assert first == quote_pdf(a_quote(), "en")
        other = quote_pdf(a_quote(issued_on="2026-03-11"), "pt_BR")
    text = text_of(first)
    for said in ("Quote Q-7", "Prepared for Company", "Valid until March 17, 2026", "7 × €35.00", "€301.35"):
        assert said in text
    assert "The renewal date stays." in text
    assert "Preparado para" in text_of(other)


def test_a_long_document_goes_on_over_the_page(app: TransactionalFlask) -> None:
    row = {"label": "Plus, 7 seats", "detail": "7 × €35.00", "amount": "€245.00", "tone": "charge"}
    with app.app_context():
        content = quote_pdf(a_quote(rows=[row] * 90), "en")
    pages = pypdf.PdfReader(BytesIO(content)).pages
    assert len(pages) > 2
    assert all("Description" in page.extract_text() for page in list(pages)[:-1])
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1].extract_text()


def test_a_document_is_small(app: TransactionalFlask, shop: Shop) -> None:
    assert len(pdf(app, shop, unpaid(shop))) < 60_000


def tags_of(reader: pypdf.PdfReader) -> list[tuple[str, Any]]:
    """What software hears of a document, in the order of reading: each tag and its attributes."""
    found: list[tuple[str, Any]] = []

    def walk(node: Any) -> None:
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((str(node["/S"]), node.get("/A")))
            walk(node.get("/K", []))

    walk(catalogue_of(reader)["/StructTreeRoot"]["/K"])
    return found


def test_headings_and_table_headers_stand_in_the_order_of_reading(
    app: TransactionalFlask, shop: Shop
) -> None:
    reader = pypdf.PdfReader(BytesIO(pdf(app, shop, unpaid(shop))))
    tags = tags_of(reader)
    outline = [tag for tag, _ in tags if tag in {"/H1", "/Table", "/H2"}]
    assert outline == ["/H1", "/Table", "/H2", "/Table", "/H2"]
    headers = [attributes for tag, attributes in tags if tag == "/TH"]
    assert len(headers) == 6
    assert all("/Column" in str(attributes) for attributes in headers)
    text = text_of(pdf(app, shop, unpaid(shop)))
    order = [
        "Exemplo Software, Lda.",
        "Invoice",
        "Billed to",
        "Issued on",
        "Description",
        "Subtotal",
        "How to pay",
    ]
    places = [text.index(one) for one in order]
    assert places == sorted(places)


@pytest.mark.parametrize("field", ["name", "street"])
def test_an_endless_word_stays_in_its_column(app: TransactionalFlask, shop: Shop, field: str) -> None:
    word = "PO2026" * 30
    view = unpaid(shop, **{field: word})
    view = replace(view, head=replace(view.head, purchase_order=word))
    [page] = pypdf.PdfReader(BytesIO(pdf(app, shop, view))).pages
    longest = max(len(line) for line in page.extract_text().splitlines() if "PO2026" in line)
    assert longest < len(word) / 2, "it goes on in the next line"
    text = "".join(page.extract_text().split())
    assert text.count(word) == 2, "and is copied as it was typed"


def test_the_name_of_a_product_is_never_the_last_of_a_page(app: TransactionalFlask) -> None:
    rows = [
        {"label": "Assist", "tone": "heading"},
        {"label": "Plus, 7 seats", "detail": "7 × €35.00", "amount": "€245.00", "tone": "charge"},
    ]
    with app.app_context():
        content = quote_pdf(a_quote(rows=rows * 60), "en")
    pages = list(pypdf.PdfReader(BytesIO(content)).pages)
    assert len(pages) > 3
    for page in pages[:-1]:
        lines = [line for line in page.extract_text().splitlines() if "Page " not in line]
        body = [line for line in lines if line in {"Assist", "€245.00"}]
        assert body[-1] == "€245.00"
