"""A forgotten password: asking for a link, and choosing a new password with it; the first one as well."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from portal.shared.domain.sign_in.passwords import PasswordProblem
from portal.shared.services.sign_in import password_changes
from portal.shared.services.sign_in.password_changes import LONGEST_EMAIL, LinkOwner
from portal.shared.services.sign_in.telling import minutes_of_a_link
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading, writing
from portal.shared.web.words import sign_in as words


def forgotten_password() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether or not we know the address."""
    if request.method != "POST":
        return _ask()
    email = request.form.get("email", "").strip()
    if "@" not in email or len(email) > LONGEST_EMAIL:
        return _ask(email, gettext("Enter your email address.")), 422
    now = house().machine_clock.now()
    taken = password_changes.ask_for_link(writing(), email, str(get_locale()), request.remote_addr or "", now)
    if not taken:
        return words.too_many(_ask(email, words.too_many_sentence()))
    return redirect(url_for("front.link_on_its_way"), 303)


def link_on_its_way() -> ResponseReturnValue:
    """Say what happens now."""
    return render_template("front/link_on_its_way.html", minutes=minutes_of_a_link())


def set_password(token: str) -> ResponseReturnValue:
    """Choose a password with the link of a mail; looking at the page uses nothing up."""
    now = house().machine_clock.now()
    owner = password_changes.owner_of(reading(), token, now)
    if owner is None:
        return render_template("front/link_is_dead.html"), 410
    if request.method != "POST":
        return _choose(token, owner)
    new = request.form.get("new_password", "")
    if not new:
        return _choose(token, owner, gettext("Enter a password.")), 422
    answer = password_changes.set_by_link(database(), house().passwords, token, new, now)
    if isinstance(answer, PasswordProblem):
        return _choose(token, owner, words.password_problem(answer)), 422
    if answer is None:
        return render_template("front/link_is_dead.html"), 410
    identity.end_session()
    flash(gettext("Your password is set. Sign in with it."), "success")
    return redirect(url_for("front.sign_in"), 303)


def _ask(email: str = "", problem: str = "") -> str:
    return render_template(
        "front/forgotten_password.html",
        email=email,
        error=problem,
        problems=[{"field": "email", "text": problem}] if problem else [],
    )


def _choose(token: str, owner: LinkOwner, problem: str = "") -> str:
    return render_template(
        "front/set_password.html",
        token=token,
        owner=owner,
        hint=words.password_hint(),
        error=problem,
        problems=[{"field": "new_password", "text": problem}] if problem else [],
    )
