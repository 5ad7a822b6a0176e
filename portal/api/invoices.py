"""Documents: listed, read, and handed out as files, by the very services of the pages."""

from __future__ import annotations

from flask import Response

from portal.api import shapes, telling
from portal.api.entering import Caller
from portal.api.operations import Operation, both
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole, Wish
from portal.shared.web.documents.einvoices import einvoice_xml
from portal.shared.web.documents.invoices import file_name, invoice_pdf
from portal.shared.web.transactions import reading


def listed(caller: Caller, query: shapes.OlderPage) -> shapes.InvoicePage:
    """The documents of the account, the newest first."""
    page = invoices.search(reading(), caller.account_id, Wish(before=query.before), caller.now)
    return shapes.InvoicePage(tuple(map(telling.invoice, page.rows)), page.older)


def show(caller: Caller, name: str) -> shapes.Invoice:
    """One of them."""
    return telling.invoice(_found(caller, name).head)


def as_pdf(caller: Caller, name: str) -> Response:
    """The document as PDF, with the e-invoice inside where one is expected."""
    view = _found(caller, name)
    return _file(invoice_pdf(view, telling.catalogue(caller).names), "application/pdf", file_name(view))


def as_xml(caller: Caller, name: str) -> Response:
    """The e-invoice alone; a document that has none has no such address."""
    view = _found(caller, name)
    content = einvoice_xml(view, telling.catalogue(caller).names)
    if content is None:
        raise Problem(404, "not_found")
    return _file(content, "application/xml", file_name(view, "xml"))


def _found(caller: Caller, name: str) -> InvoiceWhole:
    view = invoices.invoice_of(reading(), caller.account_id, name, caller.now)
    if view is None:
        raise Problem(404, "not_found")
    return view


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


OPERATIONS = (
    Operation(
        "invoices",
        "GET",
        "/invoices",
        listed,
        Scope.INVOICES_READ,
        "Invoices and credit notes.",
        shapes.InvoicePage,
        both("invoices"),
        query=shapes.OlderPage,
    ),
    Operation(
        "invoice",
        "GET",
        "/invoices/<name>",
        show,
        Scope.INVOICES_READ,
        "One document.",
        shapes.Invoice,
        both("invoice"),
        refusals=(404,),
    ),
    Operation(
        "invoice_pdf",
        "GET",
        "/invoices/<name>/pdf",
        as_pdf,
        Scope.INVOICES_READ,
        "One document as PDF.",
        "application/pdf",
        both("invoice_pdf"),
        refusals=(404,),
    ),
    Operation(
        "invoice_xml",
        "GET",
        "/invoices/<name>/xml",
        as_xml,
        Scope.INVOICES_READ,
        "The e-invoice of a document.",
        "application/xml",
        both("invoice_xml"),
        refusals=(404,),
    ),
)
