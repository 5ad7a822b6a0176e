"""Add seats to a contract: priced at once, to the renewal date, which stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from portal.corporate.links import open_url
from portal.corporate.quotes.reading import presented
from portal.shared.domain.changes import MOST_SEATS_BY_CONTRACT, Refusal, seats_from_text
from portal.shared.services.quotes import adding_seats
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.adding_seats import FITTING, NotAdded, Offered, OpenQuotes
from portal.shared.services.quotes.moves import OnItsWayError
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard, UnknownSubscriptionError
from portal.shared.web import quote_display
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language, money
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import quotes as quote_words
from portal.shared.web.words import vocabulary as words


@dataclass(frozen=True, slots=True)
class _Typed:
    """What stands in the form: so many seats, and the open quotes that are replaced knowingly."""

    seats: str
    replacing: frozenset[int]


def show(subscription_id: int) -> ResponseReturnValue:
    """The form, with the price of what was asked for."""
    card = _card(subscription_id)
    return _page(card, _typed(request.args), show_errors="seats" in request.args)


def live_summary(subscription_id: int) -> ResponseReturnValue:
    """The summary alone, for a page that follows the typing."""
    card = _card(subscription_id)
    return render_template("corporate/quotes/live_summary.html", **_look(card, _typed(request.args)))


def add(subscription_id: int) -> ResponseReturnValue:
    """Make the quote for the seats, and go on to its payment and service order."""
    here = at_hand()
    card = _card(subscription_id)
    typed = _typed(request.form)
    count = seats_from_text(typed.seats)
    if request.form.get("action") == "update" and count is not None:
        return redirect(_url(card, typed), 303)
    if count is None or not _fits(card):
        return _page(card, typed, show_errors=True), 422
    try:
        answer = adding_seats.add(
            writing(),
            here.account.id,
            card.id,
            count,
            here.person.person_id,
            seller_taxes(),
            here.now,
            replacing=typed.replacing,
        )
    except OnItsWayError:
        sentence = gettext("A quote is being ordered at this moment. Add the seats when that has ended.")
        return _page(card, typed, show_errors=True, problem=sentence), 409
    match answer:
        case Offered(number=number):
            return _on_to(number)
        case OpenQuotes():
            sentence = gettext(
                "Tick every open quote that these seats take the place of, or answer it first."
            )
            return _page(card, typed, show_errors=True, not_ticked=sentence), 422
        case NotAdded():
            return _page(card, typed, show_errors=True), 422


def _on_to(number: int) -> ResponseReturnValue:
    flash(
        gettext(
            "This is quote %(number)d. Nothing is ordered before you place the service order.", number=number
        ),
        "success",
    )
    return redirect(url_for("corporate.accept_quote", number=number), 303)


def _card(subscription_id: int) -> SubscriptionCard:
    """The subscription of this account; another account's does not exist here."""
    here = at_hand()
    try:
        return subscriptions.card(reading(), here.account.id, subscription_id, here.now, seller_taxes())
    except UnknownSubscriptionError:
        abort(404)


def _fits(card: SubscriptionCard) -> bool:
    return card.standing in FITTING and card.terms is not None


def _typed(values: MultiDict[str, str]) -> _Typed:
    ticked = (seats_from_text(text) for text in values.getlist("replacing"))
    return _Typed(
        values.get("seats", "1").strip()[:40], frozenset(number for number in ticked if number is not None)
    )


def _url(card: SubscriptionCard, typed: _Typed) -> str:
    ticked = sorted(typed.replacing)
    return url_for("corporate.add_seats", subscription_id=card.id, seats=typed.seats, replacing=ticked)


def _look(card: SubscriptionCard, typed: _Typed) -> dict[str, Any]:
    """What the seats would cost, or the sentence that says why there is no price."""
    here = at_hand()
    count = seats_from_text(typed.seats)
    reason: Refusal | None = Refusal.SEATS_NOT_A_NUMBER
    if count is not None:
        priced = adding_seats.price_seats(
            reading(), here.account.id, card.id, count, seller_taxes(), here.now
        )
        reason = priced.refused.get(card.id)
        if reason is None and priced.whole and priced.summary is not None:
            return {"sentence": None, "summary": presented(priced.summary)}
    sentence = quote_words.refused(reason or Refusal.NOT_SOLD)
    return {"sentence": sentence, "summary": {"message": sentence, "rows": [], "notes": []}}


def _page(
    card: SubscriptionCard,
    typed: _Typed,
    *,
    show_errors: bool,
    problem: str | None = None,
    not_ticked: str | None = None,
) -> str:
    here = at_hand()
    fits = _fits(card)
    look = _look(card, typed)
    errors: dict[str, str] = {}
    if show_errors and fits and look["sentence"]:
        errors["seats"] = look["sentence"]
    if not_ticked:
        errors["replacing"] = not_ticked
    problems = [{"field": field, "text": text} for field, text in errors.items()]
    if problem:
        problems.append({"field": "", "text": problem})
    return render_template(
        "corporate/quotes/adding_seats.html",
        card=card,
        fits=fits,
        name=here.catalog.names.product(card.product, language()),
        plan=here.catalog.names.plan(card.plan_id, language()),
        price=f"{money(card.terms.unit)} {words.per_seat(card.terms.frequency)}" if card.terms else "",
        held=words.seat_count(card.seats),
        most=max(1, MOST_SEATS_BY_CONTRACT - card.seats),
        typed=typed,
        waiting=[_waiting(view) for view in quotes.open_quotes(reading(), here.account.id, here.now)],
        ticked=sorted(typed.replacing),
        request_url=open_url("corporate.new_request", subscription_id=card.id),
        errors=errors,
        problems=problems,
        **look,
    )


def _waiting(view: QuoteView) -> dict[str, Any]:
    """An open quote that has to be answered first, or is replaced."""
    total = money(view.summary.total_due) if view.summary else ""
    until = quote_words.validity(view.valid_until, view.days_left) if view.valid_until else ""
    return {
        "value": view.number,
        "label": gettext("Replace quote %(number)d with these seats", number=view.number),
        "detail": gettext("It can then no longer be accepted."),
        "number": view.number,
        "url": url_for("corporate.quote", number=view.number),
        "what": quote_display.in_short(view, at_hand().catalog.names),
        "until": until,
        "total": total,
        "being_ordered": view.being_ordered,
    }
