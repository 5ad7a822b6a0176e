"""What both portals do with the programs of the account at hand: tokens they ask with, addresses that are told."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.integrations.events import OFFERED
from portal.shared.domain.integrations.scopes import LIFETIMES, LONGEST_NAME, scope_named
from portal.shared.services.integrations import tokens
from portal.shared.services.integrations.tokens import TokenView
from portal.shared.services.webhooks import managing
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, format_moment, language
from portal.shared.web.frame import layout
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import integrations as words


def overview() -> str:
    """The tokens of the account and the addresses that hear of it."""
    return _page()


def create_token() -> ResponseReturnValue:
    """Make a token, and show its secret this one time; so the answer is the page itself, kept by no cache."""
    here = at_hand()
    name = request.form.get("name", "").strip()
    scopes = [found for text in request.form.getlist("scope") if (found := scope_named(text))]
    days = request.form.get("days", "")
    errors = _token_errors(name, scopes, days)
    if errors:
        return _page(errors=errors), 422
    now = house().machine_clock.now()
    try:
        secret = tokens.create(
            writing(), here.account.id, here.person.person_id, name, scopes, int(days), _roles(), now
        )
    except tokens.ScopeRefusedError:
        return _page(errors={"scope": gettext("Choose from the list what the token is for.")}), 422
    except tokens.TooManyTokensError:
        sentence = gettext("There are as many tokens as there may be. Revoke one first.")
        return _page(errors={"name": sentence}), 422
    return show("secret", heading=gettext("Your new token"), what="token", name=name, secret=secret)


def revoke_token(token_id: int) -> ResponseReturnValue:
    """End a token at once."""
    here = at_hand()
    now = house().machine_clock.now()
    try:
        tokens.revoke(writing(), here.account.id, token_id, here.person.person_id, now)
    except LookupError:
        abort(404)
    flash(gettext("The token is revoked. Programs that use it are refused from now on."), "success")
    return redirect(url_for(".integrations"), 303)


def _page(*, errors: dict[str, str] | None = None) -> str:
    here = at_hand()
    errors = errors or {}
    offered = tokens.offered(here.account.type, _roles())
    return show(
        "overview",
        tokens=[_token(one) for one in tokens.listed(reading(), here.account.id)],
        scopes=[{"value": str(one), "label": words.SCOPES[one], "detail": str(one)} for one in offered],
        lifetimes=[{"value": str(one), "label": words.lifetime(one)} for one in LIFETIMES],
        endpoints=[
            {
                "url": one.url,
                "page_url": url_for(".webhook", endpoint_id=one.id),
                "state": state_of(one),
                "events": [str(event) for event in one.events],
            }
            for one in managing.endpoints(reading(), here.account.id)
        ],
        events=[{"value": str(one), "label": words.EVENTS[one], "detail": str(one)} for one in OFFERED],
        typed={field: request.form.get(field, "") for field in ("name", "days", "url")},
        ticked=request.form.getlist("scope"),
        ticked_events=request.form.getlist("event"),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def show(template: str, **values: Any) -> str:
    """A page, the same in both portals but for what is around it."""
    return render_template(f"integrations/{template}.html", layout=layout(), **values)


def page_with(errors: dict[str, str]) -> str:
    """The page once more, with sentences beside the fields."""
    return _page(errors=errors)


def state_of(one: managing.EndpointView) -> dict[str, str]:
    """How an address is doing, as a word with its tone."""
    if one.disabled_at is not None:
        return {"word": gettext("Switched off"), "tone": "neutral"}
    if one.failing_since is not None:
        return {"word": gettext("Failing"), "tone": "bad"}
    return {"word": gettext("Active"), "tone": "good"}


def _token(one: TokenView) -> dict[str, Any]:
    zone, now = at_hand().account.time_zone, house().machine_clock.now()
    state = {"word": gettext("Active"), "tone": "good"}
    if one.revoked_at is not None:
        state = {"word": gettext("Revoked"), "tone": "neutral"}
    elif not one.is_good(now):
        state = {"word": gettext("Expired"), "tone": "neutral"}
    used = format_moment(one.last_used_at, language(), zone) if one.last_used_at else gettext("never")
    return {
        "name": one.name,
        "ending": one.ending,
        "scopes": ", ".join(str(words.SCOPES[scope]) for scope in one.scopes),
        "created_by": one.created_by,
        "expires": format_long_date(one.expires_at.date(), language()),
        "used": used,
        "state": state,
        "revoke_url": url_for(".revoke_token", token_id=one.id) if one.is_good(now) else None,
    }


def _token_errors(name: str, scopes: list[Any], days: str) -> dict[str, str]:
    errors = {}
    if not name:
        errors["name"] = gettext("Give the token a name by which you know it again.")
    elif len(name) > LONGEST_NAME:
        errors["name"] = gettext("Write up to %(most)d characters.", most=LONGEST_NAME)
    if not scopes:
        errors["scope"] = gettext("Choose from the list what the token is for.")
    if days not in {str(one) for one in LIFETIMES}:
        errors["days"] = gettext("Choose how long the token is good.")
    return errors


def _roles() -> frozenset[str]:
    here = at_hand()
    mine = (one.roles for one in here.person.memberships if one.account_id == here.account.id)
    return frozenset(role for roles in mine for role in roles)
