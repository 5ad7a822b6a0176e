"""The statement in words: the same rows on the page of either portal, in the file for spreadsheets, and in the PDF."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, lazy_gettext
from flask_babel.speaklater import LazyString
from werkzeug.utils import secure_filename

from portal.shared.domain.money import Money, exponent
from portal.shared.services.activity import reading as activity
from portal.shared.services.invoices import statement as service
from portal.shared.services.invoices.statement import A_PAGE, Entry, Statement
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import money
from portal.shared.web.documents.statements import statement_pdf
from portal.shared.web.transactions import reading
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words.payments import KINDS

# More than this is no document to be read any more; the file for spreadsheets holds all.
MOST_ON_PAPER = 2000

_KINDS: Mapping[str, LazyString] = {
    "balance-used": lazy_gettext("Account balance used"),
    "credit-kept": lazy_gettext("Kept as account balance"),
    "credit-granted": lazy_gettext("Credit granted"),
    "opening-balance": lazy_gettext("Opening balance"),
    "payment-received": lazy_gettext("Payment"),
    "refund-begun": lazy_gettext("Refund"),
    "refund-refused": lazy_gettext("Refund that the card processor refused"),
    "written-off": lazy_gettext("Written off"),
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_FIGURE = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def show(portal: str) -> ResponseReturnValue:
    """The page of a span, newest first; `portal` names the room whose page it is."""
    first, last, problems = _span()
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = service.statement(reading(), at_hand().account.id, first, last, before=number, limit=A_PAGE)
    days: dict[str, Any] = {"from": first.isoformat(), "to": last.isoformat()}
    here, invoice = f"{portal}.statement", f"{portal}.invoice"
    page = render_template(
        f"{portal.replace('corporate', 'corporate/invoices')}/statement.html",
        statement=found,
        rows=[
            _row(one, url_for(invoice, name=one.document) if one.document else "") for one in found.entries
        ],
        opening=found.opening if found.older is None else None,
        closing=found.closing if number is None else None,
        typed={"from": request.args.get("from", days["from"]), "to": request.args.get("to", days["to"])},
        here=url_for(here),
        csv_url=url_for(f"{here}_csv", **days),
        pdf_url=url_for(f"{here}_pdf", **days),
        older_url=url_for(here, **days, before=found.older) if found.older else None,
        newer_url=url_for(here, **days) if number is not None else None,
        errors=problems,
        problems=[{"field": field, "text": text} for field, text in problems.items()],
    )
    return (page, 422) if problems else page


def as_csv() -> Response:
    """The span for a spreadsheet: UTF-8, amounts with a point, no cell that a program takes for a formula."""
    found = _whole()
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(
        [
            gettext("Date"),
            gettext("What"),
            gettext("Document"),
            gettext("Reference"),
            gettext("Charged"),
            gettext("Paid or credited"),
            gettext("Running balance"),
            gettext("Currency"),
        ]
    )
    for one in reversed(found.entries):
        row = _row(one, "")
        effect = one.effect
        sheet.writerow(
            [
                one.day.isoformat(),
                defused(row["what"]),
                defused(one.document),
                defused(one.reference),
                plain(effect) if effect.minor > 0 else "",
                plain(-effect) if effect.minor < 0 else "",
                plain(one.stands),
                one.stands.currency,
            ]
        )
    return _file(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", found, "csv")


def as_pdf() -> ResponseReturnValue:
    """The span as a document, in the account's language."""
    found = _whole()
    if len(found.entries) > MOST_ON_PAPER:
        flash(
            gettext(
                "This statement is too long for a document. Choose a shorter span, or take the file for spreadsheets."
            ),
            "info",
        )
        days: dict[str, Any] = {"from": found.first.isoformat(), "to": found.last.isoformat()}
        return redirect(url_for(".statement", **days), 303)
    account = at_hand().account
    with force_locale(account.language):
        rows = [_row(one, "") for one in reversed(found.entries)]
        content = statement_pdf(account, found, rows, activity.checkpoint(reading(), account.id))
    return _file(content, "application/pdf", found, "pdf")


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _FIGURE.fullmatch(text) else text


def plain(amount: Money) -> str:
    """An amount for a program: no grouping, a point, all decimals."""
    decimals = exponent(amount.currency)
    digits = str(abs(amount.minor)).rjust(decimals + 1, "0")
    figure = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{figure}" if amount.minor < 0 else figure


def _whole() -> Statement:
    first, last, _ = _span()
    return service.statement(reading(), at_hand().account.id, first, last)


def _span() -> tuple[date, date, dict[str, str]]:
    """The span that is asked for; without one, and where it cannot be used, the last twelve months."""
    default = service.default_span(at_hand().account.today)
    problems: dict[str, str] = {}
    days = []
    for field, otherwise in zip(("from", "to"), default, strict=True):
        day = date_from_text(request.args.get(field, ""))
        if isinstance(day, DateProblem):
            if day is not DateProblem.EMPTY:
                problems[field] = day.sentence
            day = otherwise
        days.append(day)
    if not problems and days[1] < days[0]:
        problems["to"] = gettext("The last day lies before the first one.")
    first, last = default if problems else days
    return first, last, problems


def _row(one: Entry, url: str) -> dict[str, Any]:
    what = _what(one)
    paid_by = str(KINDS[one.payment_kind]) if one.payment_kind in KINDS else ""
    details = [paid_by, one.document if one.kind in _KINDS else "", one.reference]
    if one.over_balance and not one.effect:
        details.append(money(_size(one.over_balance)))
    return {
        "day": one.day,
        "what": what,
        "url": url,
        "detail": " · ".join(part for part in details if part),
        "charged": money(one.effect) if one.effect.minor > 0 else "",
        "credited": money(-one.effect) if one.effect.minor < 0 else "",
        "stands": money(one.stands),
    }


def _what(one: Entry) -> str:
    if one.kind in _KINDS:
        return str(_KINDS[one.kind])
    if one.document_kind == "credit_note":
        return str(gettext("Credit note %(name)s", name=one.document))
    if one.document:
        return str(gettext("Invoice %(name)s", name=one.document))
    return str(gettext("Other movement"))


def _size(amount: Money) -> Money:
    return -amount if amount.minor < 0 else amount


def _file(content: bytes, kind: str, found: Statement, ending: str) -> Response:
    name = f"{gettext('Statement').lower()}-{found.first.isoformat()}-{found.last.isoformat()}.{ending}"
    response = Response(content, content_type=kind)
    response.headers.set("Content-Disposition", "attachment", filename=secure_filename(name))
    response.headers["Cache-Control"] = "private, no-store"
    return response
