"""Cards on file, as pages of both portals show them, and the way to the card processor's own page."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services import payments
from portal.shared.services.equipment import ProcessorUnavailable
from portal.shared.services.payments import MethodView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.order_display import language
from portal.shared.web.transactions import database, reading


def cards_on_file() -> list[dict[str, Any]]:
    """The cards of the account at hand, the default one first."""
    return [
        {
            "id": method.id,
            "name": card_name(method),
            "expires": format_month(method),
            "is_default": method.is_default,
        }
        for method in payments.methods(reading(), at_hand().account.id)
    ]


def as_choice(method: MethodView) -> dict[str, Any]:
    """A card as one of `radio_cards`."""
    return {
        "value": str(method.id),
        "name": card_name(method),
        "text": gettext("expires %(month)s", month=format_month(method)),
        "tag": gettext("Default") if method.is_default else None,
    }


def card_name(method: MethodView) -> str:
    """What may be shown of a card."""
    return f"{method.brand} •••• {method.last4}"


def format_month(method: MethodView) -> str:
    """A card's expiry as it is printed on it."""
    return method.expires.strftime("%m/%Y")


def to_card_page(return_path: str) -> ResponseReturnValue:
    """Lead on to the processor's page for a new card; straight back, with a sentence, when it does not answer."""
    here = at_hand()
    try:
        path = payments.ask_for_card(
            database(),
            house().processor,
            here.account.id,
            here.person.person_id,
            secrets.token_urlsafe(16),
            return_path,
            language(),
            here.now,
        )
    except ProcessorUnavailable:
        flash(
            gettext("The card processor does not answer at the moment. Try again in a few minutes."), "error"
        )
        return redirect(return_path, 303)
    return redirect(path, 303)
