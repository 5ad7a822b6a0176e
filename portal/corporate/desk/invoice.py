"""One document of an account as staff read it: the same page and the same file as the customer's."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.corporate.desk.staff import account_of_staff
from portal.corporate.links import open_url
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.invoices.reading import InvoiceWhole
from portal.shared.web.house import house
from portal.shared.web.invoices import pages as invoice_pages
from portal.shared.web.transactions import reading


def show(account_id: int, name: str) -> ResponseReturnValue:
    """The document with its lines, what was paid of it, and what the desk can do with it."""
    view = _found(account_id, name)
    account = account_view(reading(), account_id, house().clock.now())
    is_invoice = view.head.kind == "invoice"
    record = {"account_id": account_id, "invoice": name}
    on_account = is_invoice and view.head.open and account.type == "corporate"
    return render_template(
        "corporate/desk/invoice.html",
        customer=account,
        invoice=invoice_pages.shown(view, catalog.names(reading())),
        pdf_url=url_for("corporate.desk_invoice_pdf", account_id=account_id, name=name),
        record_url=open_url("corporate.desk_record_payment", **record) if on_account else "",
        credit_url=open_url("corporate.desk_credit_note", account_id=account_id, name=name)
        if is_invoice
        else "",
    )


def as_pdf(account_id: int, name: str) -> ResponseReturnValue:
    """The document as PDF, as the customer has it."""
    return invoice_pages.as_file(_found(account_id, name), catalog.names(reading()))


def _found(account_id: int, name: str) -> InvoiceWhole:
    """The document, when the account is this staff member's; otherwise it does not exist for them."""
    account_of_staff(account_id)
    view = invoices.invoice_of(reading(), account_id, name, house().clock.now())
    if view is None:
        abort(404)
    return view
