"""The account's own page: one card for each thing its billing contact keeps current."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url


def show() -> ResponseReturnValue:
    """What can be kept current here, and where."""
    return render_template("corporate/account/overview.html", cards=_cards())


def _cards() -> list[dict[str, str]]:
    offered = [
        (
            "corporate.billing_details",
            "building",
            gettext("Billing details"),
            gettext("Address, telephone and tax number, as they stand on your invoices."),
        ),
        (
            "corporate.invoice_recipients",
            "mail",
            gettext("Invoice recipients"),
            gettext("People who get your invoices by mail and nothing else."),
        ),
        (
            "corporate.payment_methods",
            "card",
            gettext("Payment methods"),
            gettext("Cards on file, and how to pay by bank transfer or cheque."),
        ),
        (
            "corporate.people",
            "users",
            gettext("People"),
            gettext("Billing contacts, admins and others: invited, changed and removed here."),
        ),
        (
            "corporate.requests",
            "help",
            gettext("Requests"),
            gettext("What only your representative can do: ask for it here and read the answer."),
        ),
    ]
    return [
        {"url": url, "icon": icon, "title": title, "text": text}
        for endpoint, icon, title, text in offered
        if (url := open_url(endpoint))
    ]
