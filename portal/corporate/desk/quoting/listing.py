"""All quotes of one's own accounts: what awaits approval first, then drafts, then what customers have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import current_staff
from portal.shared.domain.money import Money
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk import Staff
from portal.shared.services.quotes import drafts
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.display import format_short_date, language, money
from portal.shared.web.house import house
from portal.shared.web.transactions import reading
from portal.shared.web.words import quotes as quote_words

CLOSED = "closed"


def show() -> ResponseReturnValue:
    """Quotes in work, or those that are over."""
    staff = current_staff()
    if staff.role not in {StaffRole.REP, StaffRole.MANAGER}:
        abort(404)
    over = request.args.get("show") == CLOSED
    found = quotes.of_staff(reading(), staff, house().clock.now(), closed=over)
    names = catalog.names(reading())
    unsent = [(one.account_id, one.number) for one in found if one.summary is None and not over]
    totals = drafts.totals_now(reading(), unsent, seller_taxes(), house().clock.now())
    return render_template(
        "corporate/desk/quotes.html",
        over=over,
        groups=_groups(found, staff, names, totals, over=over),
        filters=[
            {"label": gettext("In work"), "url": url_for("corporate.desk_quotes"), "current": not over},
            {
                "label": gettext("Closed quotes"),
                "url": url_for("corporate.desk_quotes", show=CLOSED),
                "current": over,
            },
        ],
    )


def _groups(
    found: list[QuoteView],
    staff: Staff,
    names: Names,
    totals: Mapping[tuple[int, int], Money],
    *,
    over: bool,
) -> list[dict[str, Any]]:
    """The lists of the page, those that wait for whoever looks first; empty ones are left out."""
    if over:
        lists = [("closed", gettext("Closed quotes"), found)]
    else:
        waits = [one for one in found if one.state is QuoteState.AWAITING_APPROVAL]
        mine = [one for one in waits if staff.role == StaffRole.MANAGER and one.author.id != staff.person_id]
        sent = [one for one in found if one.state is QuoteState.SENT]
        gone = [one for one in found if one.state is QuoteState.EXPIRED]
        lists = [
            ("mine", gettext("Awaits your approval"), mine),
            ("waits", gettext("Awaits a manager"), [one for one in waits if one not in mine]),
            ("drafts", gettext("Drafts"), [one for one in found if one.state is QuoteState.DRAFT]),
            ("sent", gettext("With customers"), sorted(sent, key=lambda one: one.days_left)),
            ("expired", gettext("Just expired"), gone),
        ]
    return [
        {"id": key, "heading": heading, "rows": [_row(one, names, totals) for one in some]}
        for key, heading, some in lists
        if some
    ]


def _row(view: QuoteView, names: Names, totals: Mapping[tuple[int, int], Money]) -> dict[str, Any]:
    word, tone = quote_words.QUOTE_STATES[view.state]
    most = max((one.discount for one in view.items), default=0)
    until = left = ""
    if view.valid_until is not None:
        until = format_short_date(view.valid_until, language())
        left = quote_words.days_left(view.days_left) if view.state is QuoteState.SENT else ""
    return {
        "url": url_for("corporate.desk_quote", account_id=view.account_id, number=view.number),
        "number": view.number,
        "account": view.account_name,
        "products": ", ".join(dict.fromkeys(names.product(one.product, language()) for one in view.items)),
        "word": str(gettext("Being ordered")) if view.being_ordered else word,
        "tone": tone,
        "author": gettext("by the customer") if view.by_customer else view.author.name,
        "discount": quote_words.discount(most),
        "until": until,
        "left": left,
        "soon": view.state is QuoteState.SENT and view.days_left <= 2,
        "total": _total(view, totals),
    }


def _total(view: QuoteView, totals: Mapping[tuple[int, int], Money]) -> str | dict[str, str]:
    """What was sent asks for; or what a draft would, if it were sent today."""
    if view.summary is not None:
        return money(view.summary.total_due)
    total = totals.get((view.account_id, view.number))
    return {"text": money(total), "detail": gettext("as of today")} if total is not None else ""
