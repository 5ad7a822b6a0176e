"""The account's invoices and credit notes: the last 20 first, all of them by search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.shared.services import invoices
from portal.shared.services.invoices import Page
from portal.shared.web import invoice_pages
from portal.shared.web.at_hand import at_hand
from portal.shared.web.transactions import reading


def show() -> ResponseReturnValue:
    """What is looked for, a page at a time."""
    here = at_hand()
    wish, problems = invoice_pages.wish_of(request.args)
    page = Page((), None) if problems else invoices.search(reading(), here.account.id, wish, here.now)
    typed = {field: request.args.get(field, "") for field in invoice_pages.FIELDS}
    asked = {field: text for field, text in typed.items() if text}
    answer = render_template(
        "corporate/invoices/listing.html",
        rows=[invoice_pages.listed(row, url_for("corporate.invoice", name=row.name)) for row in page.rows],
        typed=typed,
        searched=bool(asked),
        states=invoice_pages.state_options(),
        errors=problems,
        problems=[{"field": field, "text": text} for field, text in problems.items()],
        older_url=_url(asked, page.older) if page.older else None,
        newer_url=_url(asked, None) if wish.before else None,
    )
    return (answer, 422) if problems else answer


def _url(asked: Mapping[str, str], before: int | None) -> str:
    """This list again, for the same question, from another place on."""
    values: dict[str, Any] = {**asked, "before": before}
    return url_for("corporate.invoices", **values)
