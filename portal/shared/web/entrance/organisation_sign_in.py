"""Signing in through the organisation's own identity provider: there, and back again."""

from __future__ import annotations

import secrets
from datetime import datetime

import structlog
from flask import make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField
from wtforms.validators import InputRequired, Length

from portal.shared.services.organisations import coming_back, leaving, setting_out
from portal.shared.services.organisations.coming_back import Arrival, Arrived, Returned
from portal.shared.services.organisations.setting_out import Beginning, Begun, Traveller
from portal.shared.web.entrance import identity
from portal.shared.web.entrance.noting import note_sign_in
from portal.shared.web.entrance.organisation_words import BUSY, refusal_of
from portal.shared.web.entrance.own_paths import FRONT, next_path, own_path
from portal.shared.web.forms import Form, typed
from portal.shared.web.house import house
from portal.shared.web.logs import request_number
from portal.shared.web.transactions import reading, writing

QUARTER_OF_AN_HOUR, HALF_A_MINUTE = 900, 30
LONGEST_ANSWER = 4000  # letters of a code or a state; what is longer is none
# In the browser's cookie: by this its visits are found again. Nothing of what they must fit with leaves our database.
_BROWSER = "provider_browser"
_log = structlog.stdlib.get_logger("portal.sign_in")


class OrganisationForm(Form):
    """The address of mail that somebody has at their organisation."""

    email = EmailField(
        lazy_gettext("Email at your organisation"),
        validators=[
            InputRequired(lazy_gettext("Enter your email address.")),
            Length(max=254, message=lazy_gettext("This email address is too long.")),
        ],
    )


def show() -> ResponseReturnValue:
    """Ask for the address of mail, which says where to go."""
    if identity.current_person() is not None:
        return redirect(next_path() or FRONT)
    return _page(OrganisationForm(formdata=None))


def begin() -> ResponseReturnValue:
    """Find the provider of the address and set out for it."""
    form = OrganisationForm()
    if not form.validate():
        return _page(form), 422
    traveller = _traveller(next_path() or "")
    begun = setting_out.begin(house().organisations, typed(form.email), traveller, _now())
    if begun.beginning is Beginning.ONWARD:
        return redirect(url_for("front.organisation_onward"), 303)
    if begun.beginning is Beginning.TOO_MANY:
        said = gettext("Too many attempts. Wait 15 minutes, then try again.")
        return make_response(_page(form, said), 429, {"Retry-After": str(QUARTER_OF_AN_HOUR)})
    if begun.beginning is Beginning.TROUBLE:
        return _not_reached(begun, form)
    # One sentence for every address that leads nowhere: whether anybody has it is not told.
    said = gettext(
        "With this address you do not sign in through an organisation here. Check how it is written, or sign in "
        "with your password."
    )
    return _page(form, said), 422


def confirm(person_id: int, back_to: str) -> ResponseReturnValue | None:
    """Let somebody who is signed in show anew, at their provider, who they are; None where they have none.

    For pages that ask for it (POST); the person comes back to `back_to`, a path of ours.
    """
    begun = setting_out.begin_confirming(house().organisations, person_id, _traveller(back_to), _now())
    if begun.beginning is Beginning.ONWARD:
        return redirect(url_for("front.organisation_onward"), 303)
    if begun.beginning is Beginning.TROUBLE:
        return _refused(Arrived(Arrival.TROUBLE, back_to, reason=str(begun.trouble)))
    return None


def onward() -> ResponseReturnValue:
    """Lead on to the provider.

    The browser forbids a form of ours to end on another site, redirects included, and rightly so: this page goes on
    by itself, and has a link for whoever stays.
    """
    browser = session.get(_BROWSER)
    there = setting_out.onward(reading(), browser, _now()) if browser else None
    if there is None:
        return redirect(url_for("front.organisation_sign_in"))
    page = render_template("front/organisation_onward.html", there=there)
    return make_response(page, 200, {"Refresh": f"0; url={there.url}"})


def back() -> ResponseReturnValue:
    """Take what the provider sent the browser back with; the one page that writes when it is asked for (GET).

    OpenID Connect has it so. What protects a form elsewhere is here the state: it belongs to a visit that this
    browser began by a form of ours, and ends with the first answer.
    """
    if request.method == "HEAD":
        return make_response("", 204)
    arrived = coming_back.come_back(house().organisations, _returned(), _now())
    if arrived.token is None:
        return _refused(arrived)
    note_sign_in("organisation", arrived.arrival, arrived.person_id)
    if arrived.arrival is Arrival.CONFIRMED:
        identity.renew_session(arrived.token)
    else:
        identity.begin_session(arrived.token)
    return redirect(own_path(arrived.next_path) or FRONT)


def leave(token: str) -> bool:
    """End a session here; whether the browser is to be led on, to end the one at the provider (`onward`)."""
    traveller = Traveller(_browser(), sign_out_address())
    return leaving.leave(writing(), house().organisations.seal, token, traveller, _now())


def callback_address() -> str:
    """Where a provider leads people back to; it has to be told before."""
    return _address_of("front.organisation_back")


def sign_out_address() -> str:
    """Where a provider leads people after they signed out there."""
    return _address_of("front.sign_in")


def _page(form: OrganisationForm, problem: str | None = None) -> str:
    problems = form.problems
    if problem is not None:
        problems.append({"field": "email", "text": problem})
    return render_template("front/organisation_sign_in.html", form=form, problems=problems, next=next_path())


def _not_reached(begun: Begun, form: OrganisationForm) -> ResponseReturnValue:
    _note(Arrived(Arrival.TROUBLE, reason=str(begun.trouble)))
    return make_response(_page(form, str(BUSY)), 503, {"Retry-After": str(HALF_A_MINUTE)})


def _refused(arrived: Arrived) -> ResponseReturnValue:
    """The page for whoever does not get in: why, whom to ask, and a number to quote."""
    _note(arrived)
    words = refusal_of(arrived)
    page = render_template(
        "front/organisation_refused.html",
        words=words,
        reference=request_number(),
        next=own_path(arrived.next_path),
    )
    response = make_response(page, words.status)
    if words.status == 503:
        response.headers["Retry-After"] = str(HALF_A_MINUTE)
    return response


def _note(arrived: Arrived) -> None:
    """A line for the operator: what happened and why, never to whom."""
    _log.warning(
        "not signed in through the organisation", arrival=str(arrived.arrival), reason=arrived.reason
    )


def _returned() -> Returned:
    def said(name: str) -> str:
        value = request.args.get(name, "")
        return value if len(value) <= LONGEST_ANSWER else ""

    return Returned(
        browser=session.get(_BROWSER) or "",
        state=said("state"),
        code=said("code"),
        error=said("error"),
        issuer=request.args.get("iss"),
        token=identity.current_token(),
        looks=identity.browser(),
    )


def _traveller(way: str) -> Traveller:
    return Traveller(_browser(), callback_address(), way, request.remote_addr or "")


def _browser() -> str:
    if _BROWSER not in session:
        session[_BROWSER] = secrets.token_urlsafe(32)
    return str(session[_BROWSER])


def _address_of(endpoint: str) -> str:
    """An address of ours as the provider knows it: under the name of the settings, where they have one."""
    base = house().settings.base_url
    return f"{base}{url_for(endpoint)}" if base else url_for(endpoint, _external=True)


def _now() -> datetime:
    return house().machine_clock.now()
