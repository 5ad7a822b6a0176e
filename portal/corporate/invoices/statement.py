"""The statement of the account: read by pages, kept as a document or for a spreadsheet."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from portal.shared.web.invoices import statements as statement_pages


def show() -> ResponseReturnValue:
    """The movements of a span, newest first."""
    return statement_pages.show("corporate")


def as_csv() -> ResponseReturnValue:
    """All of the span, for a spreadsheet."""
    return statement_pages.as_csv()


def as_pdf() -> ResponseReturnValue:
    """All of the span, as a document."""
    return statement_pages.as_pdf()
