"""Cards and bank accounts on file, as pages of both portals show them, and the way to the processor's own page."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.expiring_cards import last_good_day, notice
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.services.equipment import ProcessorUnavailable
from portal.shared.services.payments import methods as payments
from portal.shared.services.payments.methods import MethodView, NotOfferedError, Visit
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading
from portal.shared.web.words.methods import method_words


def cards_on_file() -> list[dict[str, Any]]:
    """The cards and bank accounts of the account at hand, the default one first."""
    return [
        {
            "id": method.id,
            "name": card_name(method),
            "expires": format_month(method),
            "is_default": method.is_default,
            "is_card": method.kind is MethodKind.CARD,
        }
        for method in payments.methods(reading(), at_hand().account.id)
    ]


def expiring() -> dict[str, Any] | None:
    """The default card, when its last good day comes near or has passed; otherwise nothing to say."""
    here = at_hand()
    method = next((one for one in payments.methods(reading(), here.account.id) if one.is_default), None)
    if method is None or method.expires is None:
        return None
    last_day = last_good_day(method.expires)
    over = last_day < here.account.today
    if not over and notice(last_day, here.account.today) is None:
        return None
    return {"name": card_name(method), "last_day": last_day, "over": over}


def as_choice(method: MethodView) -> dict[str, Any]:
    """A card or a bank account as one of `radio_cards`."""
    if method.kind is MethodKind.CARD:
        text = gettext("expires %(month)s", month=format_month(method))
    else:
        text = gettext("The bank answers some time after the charge; until then the payment is on its way.")
    return {
        "value": str(method.id),
        "name": card_name(method),
        "text": text,
        "tag": gettext("Default") if method.is_default else None,
    }


def card_name(method: MethodView) -> str:
    """What may be shown of a card or a bank account."""
    return method_words(method.label)


def format_month(method: MethodView) -> str:
    """A card's expiry as it is printed on it; nothing for a bank account."""
    return method.expires.strftime("%m/%Y") if method.expires else ""


def kinds_here() -> frozenset[MethodKind]:
    """What the account at hand may put on file."""
    account = at_hand().account
    return payments.kinds_for(house().processor, account.type, account.currency)


def not_offered(currency: str) -> str:
    """Why no card is taken, and who helps."""
    return str(
        gettext(
            "Cards cannot be charged in %(currency)s here. Customer Care says how you can pay.",
            currency=currency,
        )
    )


def to_card_page(return_path: str, kinds: Collection[MethodKind] = (MethodKind.CARD,)) -> ResponseReturnValue:
    """Lead on to the processor's page for a new card, or for what else is wanted.

    Straight back, with a sentence, when the processor does not answer.
    """
    here = at_hand()
    try:
        path = payments.ask_for_card(
            database(),
            house().processor,
            here.account.id,
            here.person.person_id,
            Visit(secrets.token_urlsafe(16), return_path, language(), kinds),
            here.now,
        )
    except NotOfferedError:
        flash(not_offered(here.account.currency), "error")
        return redirect(return_path, 303)
    except ProcessorUnavailable:
        flash(
            gettext("The card processor does not answer at the moment. Try again in a few minutes."), "error"
        )
        return redirect(return_path, 303)
    return redirect(path, 303)
