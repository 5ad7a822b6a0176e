"""The electronic invoice of a document (EN 16931), in the account's language, from the same facts as its page."""

from __future__ import annotations

from collections import defaultdict

from flask_babel import force_locale, gettext

from portal.config import Seller
from portal.shared.domain.einvoice.cii import NotStatableError, to_xml
from portal.shared.domain.einvoice.facts import (
    Category,
    EInvoice,
    Line,
    Party,
    Transfer,
    beside_each_other,
    category_of,
    is_expected,
    vat_identifier,
)
from portal.shared.domain.money import zero
from portal.shared.domain.summary import SummaryLine
from portal.shared.services.catalog.reading import Names
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.display import labelled, language
from portal.shared.web.documents import invoice_display
from portal.shared.web.documents.payment import bank_of, reference_of
from portal.shared.web.house import house
from portal.shared.web.orders.display import line_rows
from portal.shared.web.words import taxes as tax_words


def einvoice_xml(view: InvoiceWhole, names: Names) -> bytes | None:
    """The document as XML; needs an application context, no request.

    There is none where no e-invoice is expected, or where EN 16931 has no words for the document.
    """
    seller = house().settings.seller
    if not is_expected(seller.country, seller.tax_number, view.head.total.currency):
        return None
    with force_locale(invoice_display.language_of(view)):
        try:
            return to_xml(_document(view, names))
        except NotStatableError:
            return None


def _document(view: InvoiceWhole, names: Names) -> EInvoice:
    seller, buyer = _seller(house().settings.seller), _buyer(view)
    due = invoice_display.due_as_issued(view)
    is_credit_note = view.head.kind == "credit_note"
    lines = beside_each_other(tuple(_line(line, names, buyer) for line in view.lines))
    return EInvoice(
        number=view.head.name,
        is_credit_note=is_credit_note,
        issued_on=view.head.issued_on,
        due_on=view.head.due_on,
        seller=seller,
        buyer=buyer,
        lines=lines,
        total=view.head.total,
        paid=zero(due.currency) if is_credit_note else view.head.total - due,
        other_tax=", ".join(dict.fromkeys(line.tax_rate.name for line in view.lines if line.tax)),
        reasons=_reasons(view, lines),
        notes=tuple(invoice_display.notes(view)),
        terms=_terms(view),
        purchase_order=view.head.purchase_order,
        preceding=view.credited_documents,
        transfer=_transfer(view) if due else None,
        card=_card(view),
    )


def _reasons(view: InvoiceWhole, lines: tuple[Line, ...]) -> dict[Category, str]:
    """Why each category carries no tax (BT-120): every reason its lines have."""
    found: dict[Category, dict[str, None]] = defaultdict(dict)
    for line, written in zip(view.lines, lines, strict=True):
        reason = tax_words.why_untaxed(line)
        if reason and written.category is not Category.ZERO_RATED:
            found[written.category][reason] = None
        elif written.category is Category.OUTSIDE:
            found[written.category][gettext("Outside the scope of VAT.")] = None
    return {category: " ".join(reasons) for category, reasons in found.items()}


def _seller(seller: Seller) -> Party:
    return Party(
        name=seller.legal_name or seller.name,
        country=seller.country,
        street=seller.address,
        vat_number=vat_identifier(seller.country, seller.tax_number),
        contact=seller.name,
        phone=seller.phone,
        email=seller.email,
    )


def _buyer(view: InvoiceWhole) -> Party:
    told = {key: str(value or "") for key, value in view.buyer.items()}
    country = told.get("country", "")
    number = told.get("vat_number", "")
    vat_number = vat_identifier(country, number)
    return Party(
        name=told.get("name", ""),
        country=country,
        street=(told.get("street", ""),),
        postal_code=told.get("postal_code", ""),
        city=told.get("city", ""),
        region=told.get("region", ""),
        vat_number=vat_number,
        number="" if vat_number else number,
    )


def _line(line: SummaryLine, names: Names, buyer: Party) -> Line:
    row = line_rows([line], names)[-1]
    return Line(
        name=labelled(names.product(line.product, language()), row["label"]),
        detail=row["detail"],
        seats=line.seats,
        unit=line.unit,
        amount=line.signed,
        tax=line.signed_tax,
        service=line.service,
        category=category_of(buyer, line.tax_kind, line.tax_rate.millionths),
        millionths=line.tax_rate.millionths,
    )


def _terms(view: InvoiceWhole) -> str:
    if view.head.kind == "credit_note":
        return str(gettext("Nothing is to be paid: this document is in your favour."))
    return ""


def _transfer(view: InvoiceWhole) -> Transfer | None:
    bank = bank_of(view)
    if bank is None:
        return None
    reference = "".join(reference_of(view).split())
    return Transfer(bank.beneficiary, reference, iban=bank.iban, account=bank.account, bic=bank.bic)


def _card(view: InvoiceWhole) -> str:
    """The last digits of the card that paid the document when it was issued."""
    cards = (part.card for part in view.settlements if part.with_order and part.kind == "card" and part.card)
    return next(("".join(one for one in card if one.isdigit())[-4:] for card in cards), "")
