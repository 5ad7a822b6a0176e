"""Subscriptions: a card a product; cancelling and taking it back."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.subscriptions import Standing
from portal.shared.services import subscriptions as service
from portal.shared.services.orders import reading as orders
from portal.shared.services.subscriptions import NotPossibleError, SubscriptionCard, UnknownSubscriptionError
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import format_long_date
from portal.shared.web.order_display import language, money
from portal.shared.web.transactions import reading, writing


def overview() -> ResponseReturnValue:
    """Every subscription of the account, active ones first."""
    here = at_hand()
    session = reading()
    cards = service.cards(session, here.account.id, here.now, seller_taxes())
    return render_template(
        "self_service/subscriptions.html",
        active=[_card(card) for card in cards if card.active],
        inactive=[_card(card) for card in cards if not card.active],
        balance=here.account.balance,
        expired=here.account.expired,
        unpaid=service.unpaid(session, here.account.id, here.account.currency),
        on_its_way=orders.on_its_way(session, here.account.id),
    )


def confirm_cancelling(subscription_id: int) -> ResponseReturnValue:
    """Say what ends and when, and ask."""
    card = _found(subscription_id)
    if card.standing not in {Standing.ACTIVE, Standing.PAST_DUE} or card.period is None:
        return redirect(url_for("self_service.subscriptions"))
    return render_template("self_service/cancel.html", card=card, name=_name(card), ends_on=card.period.end)


def cancel(subscription_id: int) -> ResponseReturnValue:
    """Switch the next renewal off."""
    here = at_hand()
    try:
        ends_on = service.cancel(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("This subscription cannot be cancelled as it stands."), "error")
    else:
        day = format_long_date(ends_on, language())
        flash(gettext("Your subscription ends on %(day)s. Until then nothing changes.", day=day), "success")
    return redirect(url_for("self_service.subscriptions"), 303)


def keep(subscription_id: int) -> ResponseReturnValue:
    """Take a cancellation back."""
    here = at_hand()
    try:
        renews_on = service.keep(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("No cancellation is pending for this subscription."), "error")
    else:
        day = format_long_date(renews_on, language())
        flash(gettext("Your subscription goes on and renews on %(day)s.", day=day), "success")
    return redirect(url_for("self_service.subscriptions"), 303)


def _found(subscription_id: int) -> SubscriptionCard:
    here = at_hand()
    try:
        return service.card(reading(), here.account.id, subscription_id, here.now, seller_taxes())
    except UnknownSubscriptionError:
        abort(404)


def _name(card: SubscriptionCard) -> str:
    return at_hand().catalog.names.product(card.product, language())


def _card(card: SubscriptionCard) -> dict[str, Any]:
    """A card as `components/card.html` shows it."""
    word, tone = words.STANDINGS[card.standing]
    plan = at_hand().catalog.names.plan(card.plan_id, language())
    if card.terms is not None:
        plan = f"{plan}, {str(words.FREQUENCIES[card.terms.frequency]).lower()}"
    return {
        "id": card.id,
        "name": _name(card),
        "plan": plan,
        "state": {"word": word, "tone": tone},
        "options": _options(card),
        "facts": _facts(card),
        "seats": {
            "used": card.held,
            "bought": card.seats,
            "text": gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats),
        }
        if card.active
        else None,
        "note": _note(card),
        "buttons": _buttons(card),
    }


def _options(card: SubscriptionCard) -> list[dict[str, Any]] | None:
    """The Options menu; trials have none, but “Subscribe now”."""
    if card.terms is None or card.standing is Standing.EXPIRED:
        return None
    edit = {"label": gettext("Edit subscription"), "url": _url("edit_subscription", card), "icon": "edit"}
    seats = {"label": gettext("Manage seats"), "url": _url("seats", card), "icon": "users"}
    if card.standing is Standing.PENDING_CANCELLATION:
        last = {
            "label": gettext("Keep subscription"),
            "url": _url("keep_subscription", card),
            "icon": "refresh",
            "post": True,
        }
    else:
        last = {
            "label": gettext("Cancel subscription"),
            "url": _url("cancel_subscription", card),
            "icon": "cross",
            "danger": True,
        }
    return [edit, seats, last]


def _facts(card: SubscriptionCard) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = []
    if card.period is not None and card.standing is not Standing.EXPIRED:
        ends = card.standing is Standing.PENDING_CANCELLATION
        facts.append(
            {
                "label": gettext("Ends on") if ends else gettext("Next renewal"),
                "value": format_long_date(card.period.end, language()),
            }
        )
    if card.renewal is not None:
        facts.append(
            {"label": gettext("Next charge"), "value": money(card.renewal), "detail": _charge_detail(card)}
        )
    if card.trial_end is not None and card.standing is Standing.TRIAL_RUNNING:
        facts.append({"label": gettext("Trial ends"), "value": format_long_date(card.trial_end, language())})
    return facts


def _charge_detail(card: SubscriptionCard) -> str:
    assert card.terms is not None, "only what was bought is charged"
    detail = f"{card.terms.seats} × {money(card.terms.unit)}"
    taxed = card.renewal is not None and card.renewal != card.terms.period_price
    return str(gettext("%(product)s plus tax", product=detail)) if taxed else detail


def _note(card: SubscriptionCard) -> dict[str, Any] | None:
    if card.standing is Standing.TRIAL_ENDED and card.trial_end is not None:
        day = format_long_date(card.trial_end, language())
        return {
            "tone": "info",
            "heading": None,
            "text": gettext("Your free trial ended on %(day)s. Nothing was charged.", day=day),
        }
    if card.standing is Standing.TRIAL_RUNNING and card.trial_end is not None:
        return {
            "tone": "info",
            "heading": None,
            "text": words.days_left(card.trial_days_left),
        }
    if card.standing is Standing.PAST_DUE and card.past_due_since is not None:
        day = format_long_date(card.past_due_since, language())
        return {
            "tone": "error",
            "heading": None,
            "text": gettext(
                "The charge of %(day)s could not be collected. Your people keep access for now.", day=day
            ),
        }
    if card.standing is Standing.PENDING_CANCELLATION and card.period is not None:
        day = format_long_date(card.period.end, language())
        return {
            "tone": "warn",
            "heading": None,
            "text": gettext("Cancelled: access ends on %(day)s. You can take it back until then.", day=day),
        }
    if card.standing is Standing.EXPIRED and card.ended_on is not None:
        day = format_long_date(card.ended_on, language())
        return {
            "tone": "warn",
            "heading": None,
            "text": gettext("Expired on %(day)s. Customer Care renews it for you.", day=day),
        }
    return None


def _buttons(card: SubscriptionCard) -> list[dict[str, Any]]:
    if card.standing.is_trial:
        return [
            {"label": gettext("Subscribe now"), "url": _url("edit_subscription", card), "kind": "primary"}
        ]
    if card.standing in {Standing.ACTIVE, Standing.PAST_DUE}:
        url = url_for("self_service.edit_subscription", subscription_id=card.id, seats=card.seats + 1)
        return [{"label": gettext("Add seats"), "url": url, "kind": "secondary"}]
    return []


def _url(endpoint: str, card: SubscriptionCard) -> str:
    return url_for(f"self_service.{endpoint}", subscription_id=card.id)
