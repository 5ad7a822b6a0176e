"""The front page of a corporate account: its representative, subscriptions and invoices."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services import invoicing, subscriptions
from portal.shared.services.subscriptions import SubscriptionCard
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import format_long_date
from portal.shared.web.order_display import language, money
from portal.shared.web.transactions import reading


def show() -> ResponseReturnValue:
    """What the account has, and whom to ask."""
    here = at_hand()
    cards = subscriptions.cards(reading(), here.account.id, here.now, seller_taxes())
    return render_template(
        "corporate/home.html",
        cards=[_card(card) for card in cards],
        invoices=invoicing.latest(reading(), here.account.id),
        today=here.account.today,
        expired=here.account.expired,
    )


def _card(card: SubscriptionCard) -> dict[str, Any]:
    names = at_hand().catalog.names
    word, tone = words.STANDINGS[card.standing]
    plan = names.plan(card.plan_id, language())
    if card.terms is not None:
        plan = f"{plan}, {str(words.FREQUENCIES[card.terms.frequency]).lower()}"
    facts = []
    if card.period is not None:
        facts.append(
            {"label": gettext("Renewal date"), "value": format_long_date(card.period.end, language())}
        )
    if card.terms is not None:
        price = f"{money(card.terms.unit)} {words.per_seat(card.terms.frequency)}"
        facts.append(
            {"label": gettext("Contract price"), "value": money(card.terms.period_price), "detail": price}
        )
    return {
        "id": card.id,
        "name": names.product(card.product, language()),
        "plan": plan,
        "state": {"word": word, "tone": tone},
        "facts": facts,
        "seats": {
            "used": card.held,
            "bought": card.seats,
            "text": gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats),
        },
    }
