"""While one of our people looks at an account as its contact does: nothing is written, and both sides are told."""

from __future__ import annotations

from typing import Any

from flask import Flask, has_request_context, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.routing.pages import CORPORATE_HOME, SUBSCRIPTIONS
from portal.shared.domain.viewing import minutes_left
from portal.shared.services.desk import viewing
from portal.shared.web import at_hand
from portal.shared.web.entrance import identity, looking
from portal.shared.web.entrance.entry import SAFE
from portal.shared.web.errors import Words, error_page
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing

STOP, SIGN_OUT = "corporate.stop_looking", "front.sign_out"
# Nothing of the customer's is written by ending the look, by leaving, or by reading in another language.
_ALLOWED = frozenset({STOP, SIGN_OUT, "front.set_language"})
_PORTALS = frozenset({"self_service", "corporate"})
# Where an account's own people are told that somebody looks.
_TOLD_ON = frozenset({SUBSCRIPTIONS, CORPORATE_HOME, "self_service.activity", "corporate.activity"})


def install(app: Flask) -> None:
    """Refuse every form while somebody looks, and tell both sides of it."""
    app.before_request(_read_only)
    app.context_processor(_told)


def _read_only() -> ResponseReturnValue | None:
    """The one place that refuses to write while somebody looks, whatever the page and whoever wrote it."""
    if request.method in SAFE:
        return None
    look = looking.current()
    if look is None:
        return None
    person = identity.current_person()
    if request.endpoint == SIGN_OUT and person is not None:
        viewing.stop(writing(), person.person_id, house().clock.now())
    if request.endpoint in _ALLOWED:
        return None
    words = Words(
        gettext("You are only looking"),
        gettext("While you look at a customer's account, nothing can be changed. Stop looking first."),
        gettext("Back to the account"),
        url_for("corporate.desk_account", account_id=look.account_id),
    )
    return error_page(403, words)


def _told() -> dict[str, Any]:
    if not has_request_context():
        return {}
    told: dict[str, Any] = {"looking": _banner(), "looked_at": []}
    if at_hand.is_set() and request.blueprint in _PORTALS:
        here = at_hand.at_hand()
        told["activity_url"] = url_for(f"{request.blueprint}.activity")
        if request.endpoint in _TOLD_ON and told["looking"] is None:
            told["looked_at"] = viewing.seen_by(reading(), here.account.id, here.now)
            told["looked_at_zone"] = here.account.time_zone
    return told


def _banner() -> dict[str, Any] | None:
    try:
        look = looking.current()
    except Exception:  # noqa: BLE001  # an error page must not fail because of its banner
        return None
    if look is None:
        return None
    left = minutes_left(house().clock.now(), look.ends_at)
    return {"account": look.account_name, "reason": look.reason, "minutes": left, "stop_url": url_for(STOP)}
