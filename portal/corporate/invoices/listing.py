"""The account's invoices and credit notes: the last 20 first, all of them by search."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.shared.web.invoices import pages as invoice_pages


def show() -> ResponseReturnValue:
    """What is looked for, a page at a time."""
    view, status = invoice_pages.searched(request.args)
    return render_template("corporate/invoices/listing.html", **view), status
