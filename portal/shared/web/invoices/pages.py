"""What both portals do with documents: look for them, show one, hand it out as a file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, url_for
from flask_babel import gettext

from portal.shared.domain.disputes import last_day_to_dispute, may_dispute
from portal.shared.domain.invoices import InvoiceState
from portal.shared.services.catalog.reading import Names
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceHead, InvoiceWhole, Page, Wish
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import money
from portal.shared.web.documents import invoice_display
from portal.shared.web.documents.einvoices import einvoice_xml
from portal.shared.web.documents.invoices import file_name, invoice_pdf
from portal.shared.web.documents.parties import buyer_party, seller_party
from portal.shared.web.house import house
from portal.shared.web.transactions import reading
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words import taxes as tax_words

FIELDS = ("number", "purchase_order", "issued_from", "issued_to", "state")
LONGEST = 60


def found(name: str) -> InvoiceWhole:
    """The document of the account at hand; what is not its own does not exist."""
    here = at_hand()
    view = invoices.invoice_of(reading(), here.account.id, name, here.now)
    if view is None:
        abort(404)
    return view


def shown(view: InvoiceWhole, staffs_names: Names | None = None) -> dict[str, Any]:
    """The document as its page shows it; at the desk with the names staff read, and without a way to dispute it."""
    names = staffs_names or at_hand().catalog.names
    return {
        "name": view.head.name,
        "kind": invoice_display.heading(view.head),
        "state": invoice_display.state(view.head),
        "overdue": view.head.state is InvoiceState.OVERDUE,
        "due_on": view.head.due_on,
        "facts": invoice_display.facts(view),
        "seller": seller_party(house().settings.seller),
        "buyer": buyer_party(view.buyer),
        "summary": {
            "rows": [*invoice_display.rows(view, names), *invoice_display.totals(view)],
            "total_label": gettext("Total"),
            "total": money(view.head.total),
            "notes": [{"text": text, "icon": "info"} for text in invoice_display.notes(view)],
        },
        "settlements": invoice_display.settlements(view),
        "open": view.head.open,
        "is_credit_note": view.head.kind == "credit_note",
        "dispute_until": None if staffs_names else _dispute_until(view.head),
        "zone": view.time_zone,
    }


def _dispute_until(head: InvoiceHead) -> date | None:
    """The last day on which the document can be disputed; none when it cannot be any more, or never could."""
    if head.kind != "invoice" or not may_dispute(head.issued_on, at_hand().account.today):
        return None
    return last_day_to_dispute(head.issued_on)


def as_file(view: InvoiceWhole, staffs_names: Names | None = None) -> Response:
    """The document as a file to be kept."""
    content = invoice_pdf(view, staffs_names or at_hand().catalog.names)
    return _kept(content, "application/pdf", file_name(view))


def as_data(view: InvoiceWhole) -> Response:
    """The e-invoice that is inside the file, alone; what has none has no such page."""
    content = einvoice_xml(view, at_hand().catalog.names)
    if content is None:
        abort(404)
    return _kept(content, "application/xml", file_name(view, "xml"))


def data_url(view: InvoiceWhole) -> str:
    """Where the portal at hand gives the e-invoice out; nothing where there is none."""
    has_one = einvoice_xml(view, at_hand().catalog.names) is not None
    return url_for(".invoice_xml", name=view.head.name) if has_one else ""


def _kept(content: bytes, kind: str, name: str) -> Response:
    """A file for the reader's own shelf; the answer itself is kept by no cache."""
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def wish_of(typed: Mapping[str, str]) -> tuple[Wish, dict[str, str]]:
    """What a search form asks for, and a sentence for each field that says nothing usable."""
    problems: dict[str, str] = {}
    days: dict[str, date | None] = {}
    for field in ("issued_from", "issued_to"):
        read = date_from_text(typed.get(field, ""))
        days[field] = None if isinstance(read, DateProblem) else read
        if isinstance(read, DateProblem) and read is not DateProblem.EMPTY:
            problems[field] = read.sentence
    first, last = days["issued_from"], days["issued_to"]
    if first and last and last < first:
        problems["issued_to"] = gettext("The last day lies before the first one.")
    state = typed.get("state", "")
    known = {str(one) for one in InvoiceState}
    if state and state not in known:
        problems["state"] = gettext("Choose one of the states of the list.")
    before = typed.get("before", "")
    wish = Wish(
        number=typed.get("number", "").strip()[:LONGEST],
        purchase_order=typed.get("purchase_order", "").strip()[:LONGEST],
        issued_from=days["issued_from"],
        issued_to=days["issued_to"],
        state=InvoiceState(state) if state in known else None,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )
    return wish, problems


def searched(asked: Mapping[str, str]) -> tuple[dict[str, Any], int]:
    """What a list of documents shows for a question, and its status; addresses are those of the portal at hand."""
    here = at_hand()
    wish, problems = wish_of(asked)
    page = Page((), None) if problems else invoices.search(reading(), here.account.id, wish, here.now)
    typed = {field: asked.get(field, "") for field in FIELDS}
    question: dict[str, Any] = {field: text for field, text in typed.items() if text}
    view = {
        "rows": [listed(row, url_for(".invoice", name=row.name)) for row in page.rows],
        "typed": typed,
        "searched": bool(question),
        "states": state_options(),
        "errors": problems,
        "problems": [{"field": field, "text": text} for field, text in problems.items()],
        "older_url": url_for(".invoices", **question, before=page.older) if page.older else None,
        "newer_url": url_for(".invoices", **question) if wish.before else None,
        "exemption": tax_words.exempt_until(
            tax_exemptions.of_today(reading(), here.account.id, here.account.today)
        ),
    }
    return view, 422 if problems else 200


def state_options() -> list[dict[str, Any]]:
    """The states one can look for."""
    offered = [{"value": str(state), "label": word} for state, (word, _) in invoice_display.STATES.items()]
    return [{"value": "", "label": gettext("All")}, *offered]


def listed(row: InvoiceHead, url: str) -> dict[str, Any]:
    """A document as a list shows it."""
    return {"head": row, "url": url, "state": invoice_display.state(row)}
