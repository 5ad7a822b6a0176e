"""Edit subscription: plan, seats and frequency, with the order summary in sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from portal.self_service import losing, named
from portal.self_service.plan_comparison import compared
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Audience, Refusal, Wanted, seats_from_text, seats_to_release
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.terms import Offer, Plan, WantedTerms
from portal.shared.services import carts
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.subscriptions import standing as subscription_service
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language, money
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.orders import display as order_display
from portal.shared.web.pieces import rendered
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words

FIELDS = {
    Refusal.SEATS_NOT_A_NUMBER: "seats",
    Refusal.SEATS_TOO_FEW: "seats",
    Refusal.SEATS_TOO_MANY: "seats",
    Refusal.UNKNOWN_PLAN: "plan",
    Refusal.NOT_SOLD: "plan",
    Refusal.LOWER_PLAN: "plan",
    Refusal.UNKNOWN_FREQUENCY: "frequency",
    Refusal.CHOOSE_SEATS: "release",
    Refusal.WRONG_SEATS: "release",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What stands in the form, as it was typed."""

    plan: str
    seats: str
    frequency: str
    release: tuple[str, ...]
    people: str = ""
    holder: str = ""


def edit(subscription_id: int) -> ResponseReturnValue:
    """The form, with what was wanted before: in the link, else in the cart, else the present terms."""
    card = card_or_404(subscription_id)
    return _page(card, selection_of(request.args, card), show_errors=bool(request.args))


def live_summary(subscription_id: int) -> ResponseReturnValue:
    """The summary alone, for a page that follows the typing."""
    card = card_or_404(subscription_id)
    selection = selection_of(request.args, card)
    return rendered("self_service/live_summary.html", **_look(card, selection))


def take(subscription_id: int) -> ResponseReturnValue:
    """Put the change into the cart, and go on to checkout when nothing else is in it."""
    card = card_or_404(subscription_id)
    selection = selection_of(request.form, card)
    if request.form.get("action") == "update":
        if isinstance(wish(card, selection), Refusal):
            # It cannot be read, so it may be longer than an address can be.
            return _page(card, selection, show_errors=True), 422
        if selection.people:
            return _page(card, selection, show_errors=True)  # addresses of people do not belong into a link
        return redirect(_edit_url(subscription_id, selection), 303)
    look = _look(card, selection)
    if look["refusal"] is not None:
        return _page(card, selection, show_errors=True), 422
    here = at_hand()
    want = wish(card, selection)
    assert isinstance(want, Wanted), "what was priced could be read"
    people, problem = named.typed_for(want, selection.people)
    if problem is not None:
        return _page(card, selection, show_errors=True, people_problem=problem), 422
    others = carts.holds_others(reading(), here.account.id, subscription_id)
    replaced = carts.put(
        writing(), here.account.id, want, here.person.person_id, here.now, named.as_kept(people)
    )
    if not others:
        return redirect(url_for("self_service.checkout"), 303)
    flash(
        gettext("The cart already held a change of this subscription. The new one replaced it.")
        if replaced
        else gettext("The change is in your cart."),
        "success",
    )
    return redirect(url_for("self_service.cart"), 303)


def selection_of(values: MultiDict[str, str], card: SubscriptionCard) -> Selection:
    """What was typed; for what was not, the cart's wish, else the present terms."""
    kept = carts.wanted_for(reading(), at_hand().account.id, card.id)
    if kept is None:
        frequency = card.terms.frequency if card.terms else Frequency.MONTHLY
        kept = Wanted(card.id, WantedTerms(card.plan_id, card.seats, frequency))
    release = values.getlist("release") or [str(seat) for seat in sorted(kept.release)]
    return Selection(
        plan=values.get("plan", str(kept.terms.plan_id)),
        seats=values.get("seats", str(kept.terms.seats)),
        frequency=values.get("frequency", str(kept.terms.frequency)),
        release=tuple(release),
        holder=values.get("holder", "").strip()[:100],
        people=values.get(
            "people", named.as_text(carts.people_for(reading(), at_hand().account.id, card.id))
        ),
    )


def wish(card: SubscriptionCard, selection: Selection) -> Wanted | Refusal:
    """The typed selection as a wish, or why it is none."""
    count = seats_from_text(selection.seats)
    if count is None:
        return Refusal.SEATS_NOT_A_NUMBER
    plan = seats_from_text(selection.plan)
    if plan is None:
        return Refusal.UNKNOWN_PLAN
    if selection.frequency not in set(Frequency):
        return Refusal.UNKNOWN_FREQUENCY
    ticked = [seats_from_text(text) for text in selection.release]
    release = frozenset(seat for seat in ticked if seat is not None)
    if not seats_to_release(count, card.held):
        release = frozenset()  # ticks of an earlier, smaller count mean nothing now
    return Wanted(card.id, WantedTerms(plan, count, Frequency(selection.frequency)), release)


def _look(card: SubscriptionCard, selection: Selection) -> dict[str, Any]:
    """What the selection would do: the summary, or the sentence that says why there is none."""
    here = at_hand()
    want = wish(card, selection)
    reason: Refusal | None
    priced: Priced | None = None
    if isinstance(want, Wanted):
        priced = orders.price_for_page(
            reading(), here.account.id, [want], Audience.CONTACT, seller_taxes(), here.now
        )
        reason = priced.refused.get(card.id)
    else:
        reason = want
    offer = here.catalog.offers[card.product]
    plan = offer.plan(want.terms.plan_id) if isinstance(want, Wanted) else None
    count = want.terms.seats if isinstance(want, Wanted) else card.seats
    if priced is not None and priced.summary is not None:
        names = orders.invoice_names(reading(), priced.summary)
        summary = order_display.present(priced.summary, here.catalog.names, names)
    else:
        assert reason is not None, "without a summary there is a reason"
        summary = {"message": words.refused(reason, plan), "rows": [], "notes": []}
    return {
        "subscription_id": card.id,
        "refusal": reason,
        "sentence": words.refused(reason, plan) if reason else None,
        "summary": summary,
        "release": None
        if reason is Refusal.SEATS_TOO_FEW
        else losing.choice(card, count, selection.release, selection.holder),
    }


def _page(
    card: SubscriptionCard, selection: Selection, *, show_errors: bool, people_problem: str | None = None
) -> str:
    here = at_hand()
    look = _look(card, selection)
    refusal = look["refusal"]
    errors: dict[str, str] = {}
    if show_errors and refusal is not None and refusal is not Refusal.NOTHING_CHANGES:
        errors = {FIELDS.get(refusal, "plan"): look["sentence"]}
    if request.method == "POST" and refusal is Refusal.NOTHING_CHANGES:
        errors = {"plan": look["sentence"]}
    if people_problem is not None:
        errors["people"] = people_problem
    return render_template(
        "self_service/edit.html",
        card=card,
        name=here.catalog.names.product(card.product, language()),
        plan_name=here.catalog.names.plan(card.plan_id, language()),
        selection=selection,
        plans=_plans(card, here.catalog.offers[card.product]),
        comparison=compared(here.catalog.offers[card.product], card.plan_id if card.terms else None),
        frequencies=_frequencies(card, here.catalog.offers[card.product]),
        others=carts.holds_others(reading(), here.account.id, card.id),
        many=card.held > losing.MANY,
        owed=_owed(card),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        **look,
    )


def _owed(card: SubscriptionCard) -> list[subscription_service.Unpaid]:
    """The open invoices of what has ended; they come before renewing it."""
    account = at_hand().account
    if card.standing is not Standing.EXPIRED:
        return []
    unpaid = subscription_service.unpaid(reading(), account.id, account.currency)
    return [one for one in unpaid if card.id in one.subscriptions]


def _plans(card: SubscriptionCard, offer: Offer) -> list[dict[str, Any]]:
    names = at_hand().catalog.names
    present = offer.plan(card.plan_id)
    return [
        {
            "value": plan.id,
            "name": names.plan(plan.id, language()),
            "text": names.plan_summary(plan.id, language()),
            "tag": _tag(card) if card.terms and plan.id == card.plan_id else None,
            **plan_prices(plan, offer),
            **_closed(card, plan, present),
        }
        for plan in offer.plans
    ]


def _tag(card: SubscriptionCard) -> str:
    return str(gettext("Last plan") if card.standing is Standing.EXPIRED else gettext("Current plan"))


def plan_prices(plan: Plan, offer: Offer) -> dict[str, Any]:
    """What a plan costs, as its card says it."""
    monthly = offer.price(plan.id, Frequency.MONTHLY)
    annual = offer.price(plan.id, Frequency.ANNUAL)
    if monthly is None:
        return {"price": money(annual) if annual else None, "price_note": words.per_seat(Frequency.ANNUAL)}
    note = words.per_seat(Frequency.MONTHLY)
    if annual is not None:
        note = gettext("per seat and month; %(annual)s per seat and year", annual=money(annual))
    return {"price": money(monthly), "price_note": note}


def _closed(card: SubscriptionCard, plan: Plan, present: Plan | None) -> dict[str, Any]:
    """A lower plan cannot be chosen online; the link asks Customer Care for it on the spot."""
    runs = card.terms is not None and card.standing is not Standing.EXPIRED
    if not runs or present is None or plan.rank >= present.rank:
        return {}
    return {
        "reason": gettext("A lower plan is set up by Customer Care."),
        "reason_link": {
            "url": url_for("self_service.lower_plan", subscription_id=card.id, plan=plan.id),
            "label": gettext("Ask for this plan"),
        },
    }


def _frequencies(card: SubscriptionCard, offer: Offer) -> list[dict[str, Any]]:
    return [
        {
            "value": str(frequency),
            "label": words.FREQUENCIES[frequency],
            "note": _saving(card, offer, frequency),
        }
        for frequency in Frequency
    ]


def _saving(card: SubscriptionCard, offer: Offer, frequency: Frequency) -> str | None:
    """What a year at once saves against twelve months, in whole per cent, for the present plan."""
    monthly = offer.price(card.plan_id, Frequency.MONTHLY)
    annual = offer.price(card.plan_id, Frequency.ANNUAL)
    if frequency is not Frequency.ANNUAL or monthly is None or annual is None:
        return None
    saved = (12 * monthly.minor - annual.minor) * 100 // (12 * monthly.minor)
    return str(gettext("save %(percent)d%%", percent=saved)) if saved > 0 else None


def _edit_url(subscription_id: int, selection: Selection) -> str:
    return url_for(
        "self_service.edit_subscription",
        subscription_id=subscription_id,
        plan=selection.plan,
        seats=selection.seats,
        frequency=selection.frequency,
        release=list(selection.release),
        holder=selection.holder or None,
    )
