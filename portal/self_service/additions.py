"""Add new subscription: choose a product, buy it or try it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service.changes import FIELDS, plan_prices
from portal.self_service.plan_comparison import compared
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Refusal, seats_from_text
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.terms import Offer, WantedTerms
from portal.shared.services import carts
from portal.shared.services.subscriptions import additions as service
from portal.shared.services.subscriptions.additions import NotOfferedError, RefusedError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.seats.subscription import free_seats_of
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words


def choose() -> ResponseReturnValue:
    """The products the account does not have."""
    here = at_hand()
    names = here.catalog.names
    return render_template(
        "self_service/new_subscription.html",
        products=[
            {
                "name": names.product(offer.product, language()),
                "from": _cheapest(offer),
                "plans": [names.plan(plan.id, language()) for plan in offer.plans],
                "buy_url": url_for("self_service.new_product", product=offer.product, how="buy"),
                "try_url": url_for("self_service.new_product", product=offer.product, how="try"),
                "trial_days": service.trial_days(reading(), offer.product),
            }
            for offer in service.offered(reading(), here.account.id, here.catalog)
        ],
    )


def configure(product: str) -> ResponseReturnValue:
    """Plan and seats of one product; the billing frequency too when it is bought."""
    return _page(_offer(product), how=request.args.get("how", "buy"))


def buy(product: str) -> ResponseReturnValue:
    """Put the product into the cart, and go on to checkout when nothing else is in it."""
    here = at_hand()
    offer = _offer(product)
    terms = _typed(request.form.get("frequency", ""))
    if isinstance(terms, Refusal):
        return _page(offer, how="buy", refusal=terms), 422
    try:
        subscription_id = service.buy(
            writing(), here.account.id, product, terms, here.person.person_id, here.now
        )
    except RefusedError as error:
        return _page(offer, how="buy", refusal=error.reason), 422
    if carts.holds_others(writing(), here.account.id, subscription_id):
        flash(gettext("The product is in your cart."), "success")
        return redirect(url_for("self_service.cart"), 303)
    return redirect(url_for("self_service.checkout"), 303)


def try_out(product: str) -> ResponseReturnValue:
    """Start the trial; nothing is charged."""
    here = at_hand()
    offer = _offer(product)
    terms = _typed(str(Frequency.MONTHLY))
    if isinstance(terms, Refusal):
        return _page(offer, how="try", refusal=terms), 422
    try:
        subscription_id = service.try_out(
            writing(), here.account.id, product, terms.plan_id, terms.seats, here.person.person_id, here.now
        )
    except NotOfferedError:
        abort(404)
    except RefusedError as error:
        return _page(offer, how="try", refusal=error.reason), 422
    return redirect(url_for("self_service.trial_started", subscription_id=subscription_id), 303)


def trial_started(subscription_id: int) -> ResponseReturnValue:
    """The confirmation: how long the trial runs, and a place to give its seats to people."""
    card = card_or_404(subscription_id)
    if card.standing is not Standing.TRIAL_RUNNING:
        return redirect(url_for("self_service.subscriptions"))
    return render_template(
        "self_service/trial_started.html",
        card=card,
        name=at_hand().catalog.names.product(card.product, language()),
        days_left=words.days_left(card.trial_days_left),
        free=free_seats_of([card]),
        email=at_hand().person.email,
    )


def _offer(product: str) -> Offer:
    here = at_hand()
    found = (
        one for one in service.offered(reading(), here.account.id, here.catalog) if one.product == product
    )
    return next(found, None) or abort(404)


def _typed(frequency: str) -> WantedTerms | Refusal:
    seats = seats_from_text(request.form.get("seats", ""))
    plan = seats_from_text(request.form.get("plan", ""))
    if seats is None:
        return Refusal.SEATS_NOT_A_NUMBER
    if plan is None:
        return Refusal.UNKNOWN_PLAN
    if frequency not in set(Frequency):
        return Refusal.UNKNOWN_FREQUENCY
    return WantedTerms(plan, seats, Frequency(frequency))


def _page(offer: Offer, *, how: str, refusal: Refusal | None = None) -> str:
    here = at_hand()
    names = here.catalog.names
    days = service.trial_days(reading(), offer.product)
    plan_id = request.values.get("plan") or str(offer.plans[0].id)
    plan = next((one for one in offer.plans if str(one.id) == plan_id), None)
    errors = {FIELDS.get(refusal, "plan"): words.refused(refusal, plan)} if refusal else {}
    return render_template(
        "self_service/new_product.html",
        product=offer.product,
        name=names.product(offer.product, language()),
        trying=how == "try" and days > 0,
        trial_days=days,
        plans=[
            {
                "value": one.id,
                "name": names.plan(one.id, language()),
                "text": names.plan_summary(one.id, language()),
                **plan_prices(one, offer),
            }
            for one in offer.plans
        ],
        comparison=compared(offer),
        frequencies=[{"value": str(one), "label": words.FREQUENCIES[one]} for one in Frequency],
        plan=plan_id,
        seats=request.values.get("seats", str(offer.plans[0].min_seats)),
        frequency=request.values.get("frequency", str(Frequency.MONTHLY)),
        others=bool(carts.count(reading(), here.account.id)),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def _cheapest(offer: Offer) -> dict[str, Any]:
    """The lowest price of a product and what it is for."""
    (_, frequency), unit = min(offer.prices.items(), key=lambda priced: priced[1].minor)
    return {"price": unit, "per": words.per_seat(frequency)}
