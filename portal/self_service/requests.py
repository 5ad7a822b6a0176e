"""Requests to Customer Care: asked for on the spot, followed, withdrawn; a lower plan with its figures."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service import losing
from portal.self_service.changes import FIELDS, Selection, selection_of, wish
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import MOST_SEATS_BY_CONTRACT, Audience, Refusal, Wanted
from portal.shared.domain.terms import Plan
from portal.shared.services import requests as service
from portal.shared.services.orders import reading as orders
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.orders import display as order_display
from portal.shared.web.requests import pages as request_pages
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words

_DOOR = request_pages.Door("self_service", "self_service")


def lower_plan(subscription_id: int) -> ResponseReturnValue:
    """What Customer Care would do, as of today, and the button that asks for it."""
    card = card_or_404(subscription_id)
    lower = _lower_plans(card)
    if not lower:
        return _to_edit_page(card)
    selection = selection_of(request.args, card)
    if len(lower) == 1 and "plan" not in request.args:  # nothing to choose: the figures stand there at once
        selection = replace(selection, plan=str(lower[0].id))
    return _page(card, selection)


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
    try:
        number = service.ask_for_lower_plan(writing(), here.account.id, want, here.person.person_id, here.now)
    except service.OnItsWayError:
        return _page(card, selection, Refusal.ORDER_IN_PROGRESS), 409
    flash(gettext("Customer Care has your request, number %(number)d.", number=number), "success")
    return redirect(url_for("self_service.request", number=number), 303)


def overview() -> ResponseReturnValue:
    """Everything the account asked for."""
    return request_pages.overview(_DOOR)


def new() -> ResponseReturnValue:
    """What can be asked for, or the form of one kind."""
    return request_pages.new(_DOOR)


def send() -> ResponseReturnValue:
    """Send a request to Customer Care."""
    return request_pages.send(_DOOR)


def show(number: int) -> ResponseReturnValue:
    """One request with its answer."""
    return request_pages.show(_DOOR, number)


def withdraw(number: int) -> ResponseReturnValue:
    """Take a request back."""
    return request_pages.withdraw(_DOOR, number)


def dispute(name: str) -> ResponseReturnValue:
    """Say what is wrong with an invoice."""
    return request_pages.dispute(_DOOR, name)


def send_dispute(name: str) -> ResponseReturnValue:
    """Send the dispute to Customer Care."""
    return request_pages.send_dispute(_DOOR, name)


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
        release=losing.choice(card, count, selection.release, "", most=MOST_SEATS_BY_CONTRACT),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )
