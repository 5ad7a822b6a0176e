"""Invoices and credit notes of an online account: looked for, read, printed, kept as a file."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.at_hand import at_hand
from portal.shared.web.entrance import doors
from portal.shared.web.invoices import pages as invoice_pages


def overview() -> ResponseReturnValue:
    """The last documents, or those that are looked for, a page at a time."""
    view, status = invoice_pages.searched(request.args)
    return render_template("self_service/invoices.html", **view), status


def show(name: str) -> ResponseReturnValue:
    """The document with its lines and what was paid of it."""
    found = invoice_pages.found(name)
    manages = doors.may_here(Task.PAY_INVOICE)
    return render_template(
        "self_service/invoice.html",
        manages=manages,
        invoice=invoice_pages.shown(found),
        pdf_url=url_for("self_service.invoice_pdf", name=name),
        xml_url=invoice_pages.data_url(found),
        pay_url=url_for("self_service.pay_invoice", name=name) if found.head.open and manages else "",
        expired=at_hand().account.expired,
    )


def as_pdf(name: str) -> ResponseReturnValue:
    """The document as PDF, in the account's language."""
    return invoice_pages.as_file(invoice_pages.found(name))


def as_xml(name: str) -> ResponseReturnValue:
    """The document as data, for the software of those who book it."""
    return invoice_pages.as_data(invoice_pages.found(name))
