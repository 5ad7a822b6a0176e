"""The PDF of an invoice or a credit note, in the account's language.

It says what was true when the document was issued, so that it is the same whenever it is asked for: what came with
its own order stands on it, what was paid later does not.
"""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale, gettext
from werkzeug.utils import secure_filename

from portal.shared.services.catalog.reading import Names
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.display import format_long_date, language
from portal.shared.web.documents import invoice_display
from portal.shared.web.documents.einvoices import einvoice_xml
from portal.shared.web.documents.house_style import frame, pdf
from portal.shared.web.documents.hybrid import as_einvoice
from portal.shared.web.documents.parties import buyer_party
from portal.shared.web.documents.payment import bank_of, reference_of
from portal.shared.web.words.payments import remittance_facts


def invoice_pdf(view: InvoiceWhole, names: Names) -> bytes:
    """The document as PDF, with the e-invoice inside where one is expected; needs an application context only."""
    xml = einvoice_xml(view, names)
    with force_locale(invoice_display.language_of(view)):
        set_ = pdf("invoice.typ", _data(view, names), on=view.head.issued_on, attached=xml)
    return set_ if xml is None else as_einvoice(set_)


def file_name(view: InvoiceWhole, ending: str = "pdf") -> str:
    """What the file is called where it is kept: `fatura-GH-000002.pdf`."""
    with force_locale(invoice_display.language_of(view)):
        kind = invoice_display.heading(view.head).lower().replace(" ", "-")
    return secure_filename(f"{kind}-{view.head.name}.{ending}")


def _data(view: InvoiceWhole, names: Names) -> dict[str, Any]:
    heading = invoice_display.heading(view.head)
    return frame() | {
        "title": f"{heading} {view.head.name}",
        "heading": heading,
        "number": view.head.name,
        "buyer": {"label": gettext("Billed to"), **buyer_party(view.buyer)},
        "facts": invoice_display.facts(view),
        "rows": invoice_display.rows(view, names),
        "totals": invoice_display.totals_as_issued(view),
        "taxes": invoice_display.tax_table(view),
        "sections": [*_how_to_pay(view), *_notes(view)],
    }


def _how_to_pay(view: InvoiceWhole) -> list[dict[str, Any]]:
    if not invoice_display.due_as_issued(view):
        return []
    facts = []
    bank = bank_of(view)
    if bank is not None:
        facts = remittance_facts(bank, reference_of(view))
        sentence = gettext(
            "Pay in the Corporate Billing Portal, or by bank transfer with the reference above, so that we know "
            "what your payment is for."
        )
    elif view.account_type == "corporate":
        sentence = gettext("Pay in the Corporate Billing Portal.")
    else:
        sentence = gettext(
            "Your payment method on file is charged. You can change it in the Billing Center at any time."
        )
    by = {"label": gettext("Pay by"), "value": format_long_date(view.head.due_on, language())}
    return [{"heading": gettext("How to pay"), "facts": [by, *facts], "sentences": [sentence]}]


def _notes(view: InvoiceWhole) -> list[dict[str, Any]]:
    sentences = invoice_display.notes(view)
    if not sentences:
        return []
    return [{"heading": gettext("Please note"), "facts": [], "sentences": sentences}]
