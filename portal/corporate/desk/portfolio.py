"""The front page of the desk: whose accounts these are, and what waits there."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, pgettext

from portal.corporate.desk.signal_words import told
from portal.corporate.desk.staff import current_staff
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk import team
from portal.shared.services.desk.portfolio import Portfolio, PortfolioRow, Wish, portfolio
from portal.shared.web.house import house
from portal.shared.web.transactions import reading

LONGEST_SEARCH = 100
MOST_SIGNALS = 3


def show() -> ResponseReturnValue:
    """The accounts, the one that needs somebody most on top."""
    staff, wish = current_staff(), _wish()
    found = portfolio(reading(), staff, wish, house().clock.now())
    names = catalog.names(reading())
    return render_template(
        "corporate/desk/portfolio.html",
        staff=staff,
        rows=[_row(row, names) for row in found.rows],
        waiting=found.waiting,
        more_wait=found.more_wait,
        wish=wish,
        whose=team.colleague(reading(), staff, wish.rep_id) if wish.rep_id else None,
        filters=_filters(wish, found),
        first_url=_address(wish) if wish.after else "",
        next_url=_address(wish, after=found.following) if found.following else "",
    )


def _wish() -> Wish:
    rep = request.args.get("rep", "")
    return Wish(
        search=request.args.get("search", "").strip()[:LONGEST_SEARCH],
        attention_only=request.args.get("show") == "attention",
        rep_id=int(rep) if rep.isascii() and rep.isdigit() and len(rep) < 10 else None,
        after=request.args.get("after", ""),
    )


def _filters(wish: Wish, found: Portfolio) -> list[dict[str, Any]]:
    return [
        {
            "label": pgettext("accounts", "All"),
            "url": _address(wish, show=""),
            "current": not wish.attention_only,
        },
        {
            "label": gettext("Needs attention"),
            "url": _address(wish, show="attention"),
            "current": wish.attention_only,
            "count": found.waiting,
        },
    ]


def _address(wish: Wish, **other: str) -> str:
    kept = {
        "search": wish.search,
        "show": "attention" if wish.attention_only else "",
        "rep": str(wish.rep_id or ""),
    } | other
    query: dict[str, Any] = {key: value for key, value in kept.items() if value}
    return url_for("corporate.desk", **query)


def _row(row: PortfolioRow, names: Names) -> dict[str, Any]:
    signals = [told(signal, row.id, names) for signal in row.signals]
    return {
        "name": row.name,
        "url": url_for("corporate.desk_account", account_id=row.id),
        "signals": signals[:MOST_SIGNALS],
        "more": len(signals[MOST_SIGNALS:]),
        "renewal": row.renewal,
        "open": row.open,
        "rep": row.rep,
    }
