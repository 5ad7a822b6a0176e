"""What both portals do with the addresses that hear of the account at hand, and with what they were told."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.integrations.events import OFFERED
from portal.shared.services.webhooks import managing
from portal.shared.services.webhooks.managing import DeliveryView, EndpointView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_moment, language
from portal.shared.web.house import house
from portal.shared.web.integrations.pages import page_with, show, state_of
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import integrations as words


def add() -> ResponseReturnValue:
    """Let an address hear of the account, and show its secret this one time."""
    here = at_hand()
    url = request.form.get("url", "").strip()
    chosen = [one for one in OFFERED if str(one) in request.form.getlist("event")]
    if not chosen:
        return page_with({"event": gettext("Choose what the address is told.")}), 422
    private = house().settings.webhooks_private
    try:
        number = managing.add(
            writing(), here.account.id, url, chosen, here.person.person_id, here.now, private=private
        )
    except managing.BadTargetError as error:
        return page_with({"url": str(words.TARGETS[error.why])}), 422
    except managing.TooManyEndpointsError:
        sentence = gettext("There are as many addresses as there may be. Remove one first.")
        return page_with({"url": sentence}), 422
    return _secret(number, url)


def show_one(endpoint_id: int) -> str:
    """One address, and the last things it was told."""
    here = at_hand()
    view = _found(endpoint_id)
    shown = managing.deliveries(reading(), here.account.id, endpoint_id)
    return show(
        "webhook",
        view=view,
        state=state_of(view),
        off=view.disabled_at is not None,
        events=[str(words.EVENTS[one]) for one in view.events],
        deliveries=[_delivery(view, one) for one in shown],
        former_until=format_moment(view.former_until, language(), here.account.time_zone)
        if view.former_until and here.now < view.former_until
        else None,
    )


def change_secret(endpoint_id: int) -> ResponseReturnValue:
    """Give the address another secret, and show it this one time; the one before signs for a day more."""
    here = at_hand()
    view = _found(endpoint_id)
    managing.change_secret(writing(), here.account.id, endpoint_id, here.person.person_id, here.now)
    return _secret(endpoint_id, view.url)


def send_test(endpoint_id: int) -> ResponseReturnValue:
    """Tell the address that this is a test."""
    here = at_hand()
    _found(endpoint_id)
    managing.send_test(writing(), here.account.id, endpoint_id, here.person.person_id, here.now)
    flash(gettext("A test is on its way. It appears below once it was sent."), "success")
    return redirect(url_for(".webhook", endpoint_id=endpoint_id), 303)


def switch(endpoint_id: int) -> ResponseReturnValue:
    """Switch the address off, or on again."""
    here = at_hand()
    _found(endpoint_id)
    on = request.form.get("on") == "yes"
    managing.switch(writing(), here.account.id, endpoint_id, here.person.person_id, here.now, on=on)
    said = gettext("The address is told again.") if on else gettext("The address is told nothing more.")
    flash(said, "success")
    return redirect(url_for(".webhook", endpoint_id=endpoint_id), 303)


def remove(endpoint_id: int) -> ResponseReturnValue:
    """Tell the address nothing more, for good."""
    here = at_hand()
    try:
        managing.remove(writing(), here.account.id, endpoint_id, here.person.person_id, here.now)
    except LookupError:
        abort(404)
    flash(gettext("The address is removed."), "success")
    return redirect(url_for(".integrations"), 303)


def send_again(endpoint_id: int, delivery_id: int) -> ResponseReturnValue:
    """Tell something once more."""
    here = at_hand()
    try:
        managing.send_again(
            writing(), here.account.id, endpoint_id, delivery_id, here.person.person_id, here.now
        )
    except LookupError:
        abort(404)
    flash(gettext("It is sent again in a moment."), "success")
    return redirect(url_for(".webhook", endpoint_id=endpoint_id), 303)


def _found(endpoint_id: int) -> EndpointView:
    try:
        return managing.endpoint(reading(), at_hand().account.id, endpoint_id)
    except LookupError:
        abort(404)


def _secret(endpoint_id: int, url: str) -> str:
    secret = managing.secret(reading(), at_hand().account.id, endpoint_id, house().webhook_key)
    heading = gettext("The secret of this address")
    return show("secret", heading=heading, what="webhook", name=url, secret=secret)


def _delivery(view: EndpointView, one: DeliveryView) -> dict[str, Any]:
    zone = at_hand().account.time_zone
    if one.delivered_at is not None:
        state = {"word": gettext("Arrived"), "tone": "good"}
        detail = format_moment(one.delivered_at, language(), zone)
    elif one.next_attempt_at is None:
        state = {"word": gettext("Given up"), "tone": "bad"}
        detail = words.failure(one.status, one.error)
    elif one.attempts:
        state = {"word": gettext("Tried again"), "tone": "warn"}
        detail = words.failure(one.status, one.error)
    else:
        state, detail = {"word": gettext("Waiting"), "tone": "neutral"}, ""
    return {
        "sequence": one.sequence,
        "type": one.type,
        "name": one.name,
        "at": format_moment(one.at, language(), zone),
        "attempts": one.attempts,
        "state": state,
        "detail": detail,
        "again_url": url_for(".send_webhook_again", endpoint_id=view.id, delivery_id=one.id),
    }
