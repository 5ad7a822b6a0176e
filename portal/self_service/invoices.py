"""One invoice or credit note of an online account: read, printed, kept as a file."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.shared.web import invoice_pages


def show(name: str) -> ResponseReturnValue:
    """The document with its lines and what was paid of it."""
    return render_template(
        "self_service/invoice.html",
        invoice=invoice_pages.shown(invoice_pages.found(name)),
        pdf_url=url_for("self_service.invoice_pdf", name=name),
    )


def as_pdf(name: str) -> ResponseReturnValue:
    """The document as PDF, in the account's language."""
    return invoice_pages.as_file(invoice_pages.found(name))
