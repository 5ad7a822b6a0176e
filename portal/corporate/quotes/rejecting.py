"""Turning a quote down, with a reason that its author reads."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.quotes import reading as quote_page
from portal.shared.domain.quotes import IllegalQuoteMoveError
from portal.shared.services.quotes import answering
from portal.shared.services.quotes.moves import OnItsWayError
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.transactions import writing


def show(number: int) -> ResponseReturnValue:
    """Ask why; a quote that is over says so instead."""
    view = quote_page.found(number)
    if not quote_page.is_open(view):
        return redirect(url_for("corporate.quote", number=number), 302)
    return _page(view)


def send(number: int) -> ResponseReturnValue:
    """Reject it, and tell its author why."""
    here = at_hand()
    view = quote_page.found(number)
    reason = request.form.get("reason", "").strip()
    problem = None
    if not any(letter.isalnum() for letter in reason):
        problem = gettext("Write why you reject the quote: your representative makes you a better one.")
    elif len(reason) > answering.LONGEST_REASON:
        problem = gettext("Write up to %(most)d characters.", most=answering.LONGEST_REASON)
    if problem is not None and quote_page.is_open(view):
        return _page(view, problem), 422
    try:
        answering.reject(writing(), here.account.id, number, here.person.person_id, reason, here.now)
    except (IllegalQuoteMoveError, OnItsWayError):
        return quote_page.page(quote_page.found(number), status=409)
    flash(gettext("You have rejected quote %(number)d. Nothing was ordered.", number=number), "success")
    return redirect(url_for("corporate.quote", number=number), 303)


def _page(view: QuoteView, problem: str | None = None) -> str:
    return render_template(
        "corporate/quotes/rejecting.html",
        view=view,
        typed=request.values.get("reason", ""),
        most=answering.LONGEST_REASON,
        problem=problem,
        problems=[{"field": "reason", "text": problem}] if problem else [],
    )
