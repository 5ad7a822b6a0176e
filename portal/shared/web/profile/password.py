"""Changing one's password."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.sign_in import password_changes
from portal.shared.services.sign_in.password_changes import Proof
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.profile.person import here
from portal.shared.web.profile.security import HERE
from portal.shared.web.transactions import database
from portal.shared.web.words import sign_in as words


def change_password() -> ResponseReturnValue:
    """Ask for the old password and a new one."""
    found = here()
    if found is None:
        return identity.to_sign_in()
    if request.method != "POST":
        return _page({})
    old, new = request.form.get("password", ""), request.form.get("new_password", "")
    missing = {}
    if not old:
        missing["password"] = gettext("Enter your password.")
    if not new:
        missing["new_password"] = gettext("Enter a new password.")
    if missing:
        return _page(missing), 422
    changed = password_changes.change(
        database(),
        house().passwords,
        found.person,
        old,
        new,
        house().machine_clock.now(),
        browser=identity.browser(),
    )
    if changed.problem is not None:
        return _page({"new_password": words.password_problem(changed.problem)}), 422
    if changed.proof is Proof.TOO_MANY:
        return words.too_many(_page({"password": words.too_many_sentence()}))
    if changed.token is None:
        return _page({"password": gettext("The password is not correct.")}), 422
    identity.begin_session(changed.token)
    flash(gettext("Your password is changed. Every other device is signed out."), "success")
    return redirect(url_for(HERE), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "profile/password.html",
        errors=errors,
        problems=[{"field": name, "text": text} for name, text in errors.items()],
        hint=words.password_hint(),
    )
