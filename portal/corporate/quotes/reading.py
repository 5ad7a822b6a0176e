"""One quote: what it proposes and costs, how long it stands, and why it can no longer be answered when it cannot."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.taxes import buyers
from portal.shared.web import quote_display
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import labelled, language
from portal.shared.web.orders import display as order_display
from portal.shared.web.transactions import reading
from portal.shared.web.words import quotes as quote_words


def show(number: int) -> ResponseReturnValue:
    """The quote as it stands today."""
    return page(found(number))


def as_pdf(number: int) -> ResponseReturnValue:
    """The quote as PDF, in the account's language."""
    view = found(number)
    account = at_hand().account
    response = Response(document(view), mimetype="application/pdf")
    name = quote_display.file_name(view, account.language)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def found(number: int) -> QuoteView:
    """The quote of the account at hand; a draft, or another account's, does not exist."""
    here = at_hand()
    view = quotes.one_of_account(reading(), here.account.id, number, here.now)
    if view is None:
        abort(404)
    return view


def document(view: QuoteView) -> bytes:
    """The PDF that is offered beside a quote."""
    account = at_hand().account
    buyer = buyers.buyer_of_id(reading(), account.id)
    names = at_hand().catalog.names
    return quote_display.quote_file(view, names, buyer, account.language, account.time_zone)


def is_open(view: QuoteView) -> bool:
    """Whether it can be accepted or rejected today."""
    return view.state is QuoteState.SENT and not view.being_ordered


def as_of_now(view: QuoteView) -> Priced:
    """What accepting it would do now."""
    return quotes.as_of_now(reading(), view, seller_taxes(), at_hand().now)


def presented(summary: OrderSummary, **told: Any) -> dict[str, Any]:
    """A summary of a quote, told by its dates."""
    here = at_hand()
    mine = {item.subscription_id for item in summary.items}
    cards = subscriptions.some_cards(reading(), here.account.id, mine, here.now, seller_taxes())
    return order_display.present(
        summary,
        here.catalog.names,
        orders.invoice_names(reading(), summary),
        dated=True,
        ending={card.id for card in cards if card.terms is not None and card.renewal is None},
        **told,
    )


def page(view: QuoteView, *, status: int = 200) -> ResponseReturnValue:
    """The page of a quote; with 409 it answers somebody who came too late."""
    here = at_hand()
    names = here.catalog.names
    now = as_of_now(view) if is_open(view) else None
    summary = (now.summary if now and not now.refused else None) or view.summary
    assert summary is not None, "what was sent has a summary"
    word, tone = quote_words.for_the_customer(
        view.state, days_left=view.days_left, being_ordered=view.being_ordered
    )
    moved = None
    if now is not None and not now.refused and view.summary not in (None, summary):
        assert view.summary is not None, "what was sent has a summary"
        moved = order_display.changed_lines(view.summary, summary, names)
    answer = render_template(
        "corporate/quotes/reading.html",
        view=view,
        word=word,
        tone=tone,
        open=is_open(view),
        validity=quote_words.validity(view.valid_until, view.days_left) if view.valid_until else "",
        closed=None if is_open(view) else quote_words.closed(view.state, valid_until=view.valid_until),
        refused=_refused(view, now) if now else [],
        moved=moved,
        replaced=_what_it_replaced(view),
        newer=_newer(view),
        products=quote_display.products(view, names, summary),
        facts=quote_display.facts(view, here.account.time_zone),
        summary=presented(summary) if is_open(view) else _as_it_was(summary),
        too_late=status == 409,
        ask=_whom_to_ask(view),
        zone=here.account.time_zone,
        pdf_url=url_for("corporate.quote_pdf", number=view.number),
    )
    return answer, status


def _as_it_was(summary: OrderSummary) -> dict[str, Any]:
    """A summary that nobody acts upon any more: no next charge, and nothing is due by it."""
    shown = order_display.present(summary, at_hand().catalog.names, dated=True)
    return {**shown, "total_label": gettext("Total"), "notes": []}


def _refused(view: QuoteView, now: Priced) -> list[str]:
    """Why the quote no longer fits, a sentence a product."""
    names = at_hand().catalog.names
    products = {item.subscription_id: item.product for item in view.items}
    return [
        labelled(names.product(products[key], language()), quote_words.refused(reason))
        for key, reason in now.refused.items()
        if key in products
    ]


def _what_it_replaced(view: QuoteView) -> dict[str, Any] | None:
    """What changed against the quote it took the place of; nothing when the customer never saw that one."""
    here = at_hand()
    if view.replaces is None or view.summary is None:
        return None
    old = quotes.one_of_account(reading(), here.account.id, view.replaces, here.now)
    if old is None or old.summary is None:
        return None
    return {
        "number": old.number,
        "url": url_for("corporate.quote", number=old.number),
        "changes": order_display.changed_lines(old.summary, view.summary, here.catalog.names),
        "was": gettext("Quote %(number)d", number=old.number),
        "now": gettext("Quote %(number)d", number=view.number),
    }


def _newer(view: QuoteView) -> dict[str, Any] | None:
    """The quote that took its place, once it was sent."""
    here = at_hand()
    if view.replaced_by is None:
        return None
    newer = quotes.one_of_account(reading(), here.account.id, view.replaced_by, here.now)
    return {"number": newer.number, "url": url_for("corporate.quote", number=newer.number)} if newer else None


def _whom_to_ask(view: QuoteView) -> dict[str, str]:
    """The representative, or whoever made the quote where the account has none."""
    rep = at_hand().account.rep
    if rep is not None:
        return {"name": rep.name, "email": rep.email}
    return {"name": view.author.name, "email": view.author.email}
