"""The quotes of the account: those to be answered first, then what became of the others."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.shared.domain.quotes import QuoteState
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web import quote_display
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import money
from portal.shared.web.transactions import reading
from portal.shared.web.words import quotes as quote_words


def show() -> ResponseReturnValue:
    """Every quote that was sent, by state."""
    here = at_hand()
    views = quotes.of_account(reading(), here.account.id, here.now)
    waiting = [view for view in views if view.state is QuoteState.SENT]
    waiting.sort(key=lambda view: (view.being_ordered, view.days_left, view.number))
    return render_template(
        "corporate/quotes/listing.html",
        waiting=[_row(view) for view in waiting],
        past=[_row(view) for view in views if view.state is not QuoteState.SENT],
        representative=here.account.rep,
    )


def _row(view: QuoteView) -> dict[str, Any]:
    word, tone = quote_words.for_the_customer(
        view.state, days_left=view.days_left, being_ordered=view.being_ordered
    )
    return {
        "number": view.number,
        "url": url_for("corporate.quote", number=view.number),
        "what": quote_display.in_short(view, at_hand().catalog.names),
        "by": view.author.name,
        "validity": quote_words.validity(view.valid_until, view.days_left) if view.valid_until else "",
        "being_ordered": view.being_ordered,
        "word": word,
        "tone": tone,
        "sent_at": view.sent_at,
        "total": money(view.summary.total_due) if view.summary else "–",
        "zone": at_hand().account.time_zone,
    }
