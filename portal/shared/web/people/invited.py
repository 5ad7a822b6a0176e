"""The page an invitation leads to: accepted by the person it was sent to, once."""

from __future__ import annotations

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.people import accepting
from portal.shared.services.people.accepting import CannotAcceptError, Shown, Stale
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.mailing.material import LONGEST_NAME, one_line
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import people as words


def invitation(token: str) -> ResponseReturnValue:
    """Who invites to what, and the way to say yes for whoever is here."""
    return _page(token, _found(token))


def accept_invitation(token: str) -> ResponseReturnValue:
    """Say yes: on to the account, or to a first password for somebody who has none."""
    found = _found(token)
    person = identity.current_person()
    name = one_line(request.form.get("name", ""))
    if found is not None and found.stale is None and found.needs_password and person is None:
        if not name:
            return _page(token, found, gettext("Write your name."), 422)
        if len(request.form.get("name", "").strip()) > LONGEST_NAME:
            sentence = gettext("Write a name of up to %(most)d characters.", most=LONGEST_NAME)
            return _page(token, found, sentence, 422)
    try:
        accepted = accepting.accept(
            writing(), token, person.person_id if person else None, name, house().clock.now()
        )
    except CannotAcceptError:
        return _page(token, _found(token), status=409)
    if accepted.password_token is not None:
        return redirect(url_for("front.set_password", token=accepted.password_token), 303)
    sign_in_token = identity.current_token()
    if sign_in_token is not None:
        signin.choose_account(writing(), sign_in_token, accepted.account_id, house().machine_clock.now())
    flash(gettext("Welcome. You can work for this account from now on."), "success")
    return redirect(url_for("front.home"), 303)


def _found(token: str) -> Shown | None:
    return accepting.shown(reading(), token, house().clock.now())


def _page(token: str, found: Shown | None, problem: str | None = None, status: int = 200) -> Response:
    person = identity.current_person()
    stale = Stale.UNKNOWN if found is None else found.stale
    body = render_template(
        "people/invitation.html",
        token=token,
        found=found,
        stale=words.STALE[stale] if stale else None,
        role=words.ROLES[found.role] if found else "",
        hint=words.HINTS.get(found.role, "") if found else "",
        another=person is not None and found is not None and person.email != found.email,
        to_sign_in=person is None and found is not None and not found.needs_password,
        here=url_for("front.invitation", token=token),
        typed_name=request.form.get("name", found.name if found else ""),
        problem=problem,
        problems=[{"field": "name", "text": problem}] if problem else [],
    )
    response = make_response(body, 410 if stale else status)
    # The address is a secret: it goes to no other page and into no cache.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
