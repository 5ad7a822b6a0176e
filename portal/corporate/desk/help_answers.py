"""What readers say of the help pages, for those who can have them changed: managers and Customer Care."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.corporate.desk.staff import current_staff
from portal.shared.services.arriving import help_answers as service
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.help.pages import page_title
from portal.shared.web.help.reading import Product, page_url
from portal.shared.web.house import house
from portal.shared.web.transactions import reading

READERS = frozenset({"manager", "care"})


def show() -> ResponseReturnValue:
    """How often each page was the one that was needed, and what was written, newest first."""
    if current_staff().role not in READERS:
        abort(404)
    before = request.args.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    found = service.answers(reading(), house().clock.now(), number)
    here = "corporate.desk_help_answers"
    return render_template(
        "corporate/desk/help_answers.html",
        counts=[[_page(one.page), str(one.yes), str(one.no)] for one in found.counts],
        words=[
            {
                "title": page_title(one.page, Product()),
                "url": page_url(one.page, Product()),
                "at": one.at,
                "needed": one.needed,
                "words": one.words,
                "language": LANGUAGES.get(one.language, one.language),
            }
            for one in found.words
        ],
        older_url=url_for(here, before=found.older) if found.older else None,
        newer_url=url_for(here) if number is not None else None,
    )


def _page(name: str) -> dict[str, Any]:
    return {"text": page_title(name, Product()), "url": page_url(name, Product())}
