"""One invoice or credit note: read, printed, kept as a file."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.corporate.links import open_url
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.entrance import doors
from portal.shared.web.invoices import pages as invoice_pages


def show(name: str) -> ResponseReturnValue:
    """The document with its lines, what was paid of it, and the way to pay the rest."""
    view = invoice_pages.found(name)
    return render_template(
        "corporate/invoices/reading.html",
        invoice=invoice_pages.shown(view),
        manages=doors.may_here(Task.PAY_INVOICE),
        pdf_url=url_for("corporate.invoice_pdf", name=name),
        xml_url=invoice_pages.data_url(view),
        pay_url=open_url("corporate.pay_invoice", name=name) if view.head.open else "",
    )


def as_pdf(name: str) -> ResponseReturnValue:
    """The document as PDF, in the account's language."""
    return invoice_pages.as_file(invoice_pages.found(name))


def as_xml(name: str) -> ResponseReturnValue:
    """The document as data, for the software of those who book it."""
    return invoice_pages.as_data(invoice_pages.found(name))
