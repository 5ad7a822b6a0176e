"""The PDF of a quote, from plain data that is already in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from html import unescape
from typing import Any

from flask_babel import force_locale, gettext
from markupsafe import Markup

from portal.shared.web.documents.house_style import frame, pdf
from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES


def quote_pdf(data: Mapping[str, Any], language: str) -> bytes:
    """A quote as PDF; needs an application context, no request.

    `data` holds `title` (what the document is called), `number`, `issued_on` (a date), `facts` (label, value), `rows`
    (label, detail, amount, tone), `total_label`, `total`, `notes` (sentences, or mappings with a `text`), `buyer`
    (name, lines) and, where it is not the house's own, `seller` (name, lines).
    """
    with force_locale(language if language in LANGUAGES else DEFAULT):
        return pdf("quote.typ", _data(data), on=_day(data["issued_on"]))


def _data(data: Mapping[str, Any]) -> dict[str, Any]:
    notes = [_plain(note["text"] if isinstance(note, Mapping) else note) for note in data.get("notes", ())]
    own = frame()
    return own | {
        "title": f"{data['title']} {data['number']}",
        "heading": data["title"],
        "number": data["number"],
        "seller": data.get("seller") or own["seller"],
        "buyer": {"label": gettext("Prepared for"), **data["buyer"]},
        "facts": list(data["facts"]),
        "rows": list(data["rows"]),
        "totals": [{"label": data["total_label"], "amount": data["total"]}],
        "sections": [{"heading": gettext("Please note"), "facts": [], "sentences": notes}] if notes else [],
    }


def _plain(text: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", text)) if isinstance(text, Markup) else str(text)


def _day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)
