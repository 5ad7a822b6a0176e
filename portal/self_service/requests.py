"""Requests to Customer Care: a lower plan is asked for on the spot and can be followed."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service.changes import FIELDS, Selection, card_or_404, release_choice, selection_of, wish
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Audience, Refusal, Wanted
from portal.shared.domain.terms import Plan
from portal.shared.services import requests as service
from portal.shared.services.orders import reading as orders
from portal.shared.services.requests import RequestView
from portal.shared.services.subscriptions import SubscriptionCard
from portal.shared.web import order_display
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.order_display import language
from portal.shared.web.transactions import reading, writing


def lower_plan(subscription_id: int) -> ResponseReturnValue:
    """What Customer Care would do, as of today, and the button that asks for it."""
    card = card_or_404(subscription_id)
    if not _lower_plans(card):
        return _to_edit_page(card)
    return _page(card, selection_of(request.args, card))


def ask_for_lower_plan(subscription_id: int) -> ResponseReturnValue:
    """Send the request; it gets a number at once."""
    here = at_hand()
    card = card_or_404(subscription_id)
    lower = _lower_plans(card)
    if not lower:
        return _to_edit_page(card)
    selection = selection_of(request.form, card)
    want = wish(card, selection)
    if isinstance(want, Refusal):
        return _page(card, selection, want), 422
    if want.terms.plan_id not in {plan.id for plan in lower}:
        return _page(card, selection, Refusal.UNKNOWN_PLAN), 422
    priced = orders.price_for_page(
        reading(), here.account.id, [want], Audience.CARE, seller_taxes(), here.now
    )
    refusal = priced.refused.get(card.id)
    if refusal is not None:
        return _page(card, selection, refusal), 422
    number = service.ask_for_lower_plan(writing(), here.account.id, want, here.person.person_id, here.now)
    flash(gettext("Customer Care has your request, number %(number)d.", number=number), "success")
    return redirect(url_for("self_service.request", number=number), 303)


def overview() -> ResponseReturnValue:
    """Everything the account asked for."""
    views = service.of_account(reading(), at_hand().account.id)
    return render_template("self_service/requests.html", rows=[_shown(view) for view in views])


def show(number: int) -> ResponseReturnValue:
    """One request with its answer."""
    view = service.one_of_account(reading(), at_hand().account.id, number)
    if view is None:
        abort(404)
    return render_template("self_service/request.html", view=view, **_shown(view))


def _lower_plans(card: SubscriptionCard) -> list[Plan]:
    """What may be asked for here; a trial chooses any plan by itself."""
    offer = at_hand().catalog.offers[card.product]
    present = offer.plan(card.plan_id)
    if card.terms is None or present is None:
        return []
    return [plan for plan in offer.plans if plan.rank < present.rank]


def _to_edit_page(card: SubscriptionCard) -> ResponseReturnValue:
    return redirect(url_for("self_service.edit_subscription", subscription_id=card.id), 303)


def _page(card: SubscriptionCard, selection: Selection, refusal: Refusal | None = None) -> str:
    here = at_hand()
    names = here.catalog.names
    offer = here.catalog.offers[card.product]
    want = wish(card, selection)
    summary = None
    if isinstance(want, Wanted):
        priced = orders.price_for_page(
            reading(), here.account.id, [want], Audience.CARE, seller_taxes(), here.now
        )
        if priced.summary is not None:
            invoices = orders.invoice_names(reading(), priced.summary)
            summary = order_display.present(priced.summary, names, invoices)
    plan = offer.plan(want.terms.plan_id) if isinstance(want, Wanted) else None
    count = want.terms.seats if isinstance(want, Wanted) else card.seats
    errors = {FIELDS.get(refusal, "plan"): words.refused(refusal, plan)} if refusal else {}
    return render_template(
        "self_service/lower_plan.html",
        card=card,
        name=names.product(card.product, language()),
        plan_name=names.plan(card.plan_id, language()),
        plans=[
            {
                "value": one.id,
                "name": names.plan(one.id, language()),
                "text": names.plan_summary(one.id, language()),
            }
            for one in _lower_plans(card)
        ],
        frequencies=[{"value": str(one), "label": words.FREQUENCIES[one]} for one in Frequency],
        selection=selection,
        summary=summary,
        release=release_choice(card, count, selection),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def _shown(view: RequestView) -> dict[str, Any]:
    names = at_hand().catalog.names
    word, tone = words.REQUEST_STATES[view.state]
    terms = view.wanted.terms
    return {
        "number": view.number,
        "url": url_for("self_service.request", number=view.number),
        "product": names.product(view.product, language()),
        "wanted": f"{order_display.plan_and_seats(terms.plan_id, terms.seats, names)}, "
        f"{str(words.FREQUENCIES[terms.frequency]).lower()}",
        "word": word,
        "tone": tone,
        "asked_at": view.asked_at,
        "zone": at_hand().account.time_zone,
    }
