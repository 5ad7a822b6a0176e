"""Sign-in through the organisation, as managers and Customer Care set it up for an account."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.sign_in_words import PROBLEMS, of_connection
from portal.corporate.desk.staff import account_of_staff
from portal.shared.services.accounts import account_view
from portal.shared.services.desk import Staff
from portal.shared.services.organisations import changing, connection, vouching_for
from portal.shared.services.organisations.changing import Typed
from portal.shared.services.organisations.keeping import Problem
from portal.shared.services.organisations.settings import ProviderSettings, providers_nearby, settings_of
from portal.shared.web.entrance.organisation_sign_in import callback_address, sign_out_address
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing

FIELDS = ("name", "issuer", "client_id")


def show(account_id: int) -> ResponseReturnValue:
    """Provider, domains of mail, who came through it, and whether it is the only way in."""
    _manager(account_id)
    return _page(account_id)


def save(account_id: int) -> ResponseReturnValue:
    """Keep the provider's settings; the secret is taken and never shown again."""
    staff = _manager(account_id)
    typed = Typed(
        name=_typed("name"), issuer=_typed("issuer"), client_id=_typed("client_id"), secret=_typed("secret")
    )
    problem = changing.save(
        writing(),
        account_id,
        typed,
        house().organisations.seal,
        staff.person_id,
        house().clock.now(),
        plain_loopback=house().settings.demo,
    )
    if problem is not None:
        return _page(account_id, problem), 422
    flash(
        gettext("The provider is saved. Test the connection, then let somebody sign in through it."),
        "success",
    )
    return _back(account_id)


def check_connection(account_id: int) -> ResponseReturnValue:
    """Ask the provider what it is, and tell what is wrong."""
    _manager(account_id)
    told = connection.try_connection(house().organisations, account_id)
    if told is None:
        abort(404)
    tone, sentence = of_connection(told)
    flash(sentence, tone)
    return _back(account_id)


def confirm_domain(account_id: int) -> ResponseReturnValue:
    """Confirm a domain of mail, with a note of how one knows."""
    staff = _manager(account_id)
    now = house().clock.now()
    problem = vouching_for.confirm_domain(
        writing(), account_id, _typed("domain"), _typed("note"), staff.person_id, now
    )
    if problem is not None:
        return _page(account_id, problem, longest="note"), 422
    flash(gettext("The domain is confirmed. Its people can sign in through their organisation."), "success")
    return _back(account_id)


def remove_domain(account_id: int) -> ResponseReturnValue:
    """Let a domain lead nobody to the provider any more."""
    staff = _manager(account_id)
    if vouching_for.remove_domain(
        writing(), account_id, _typed("domain"), staff.person_id, house().clock.now()
    ):
        flash(gettext("The domain is removed. Its people sign in with their password again."), "success")
    return _back(account_id)


def require(account_id: int) -> ResponseReturnValue:
    """Let the provider be the only way in, or one of several."""
    staff = _manager(account_id)
    required = _typed("required") == "yes"
    now = house().clock.now()
    problem = changing.require(writing(), account_id, staff.person_id, now, required=required)
    if problem is not None:
        return _page(account_id, problem), 422
    if required:
        flash(gettext("Their people now sign in through the organisation only."), "success")
    else:
        flash(gettext("Their people may sign in with a password again."), "success")
    return _back(account_id)


def enable(account_id: int) -> ResponseReturnValue:
    """Open or close the way through the provider."""
    staff = _manager(account_id)
    enabled = _typed("enabled") == "yes"
    if not changing.enable(writing(), account_id, staff.person_id, house().clock.now(), enabled=enabled):
        abort(404)
    return _back(account_id)


def join(account_id: int) -> ResponseReturnValue:
    """Let this account use the provider of another account of the same organisation."""
    staff = _manager(account_id)
    chosen = _typed("provider")
    nearby = [one.id for one in providers_nearby(reading(), staff)]
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
    if not changing.join(writing(), account_id, number, nearby, staff.person_id, house().clock.now()):
        flash(gettext("Choose one of the providers of the list."), "error")
    return _back(account_id)


def leave(account_id: int) -> ResponseReturnValue:
    """Let this account sign in without the provider."""
    staff = _manager(account_id)
    if changing.leave(writing(), account_id, staff.person_id, house().clock.now()):
        flash(gettext("The account no longer signs in through the provider."), "success")
    return _back(account_id)


def unlink(account_id: int, identity_id: int) -> ResponseReturnValue:
    """Let go of the identity under which somebody came."""
    staff = _manager(account_id)
    if not vouching_for.unlink(writing(), account_id, identity_id, staff.person_id, house().clock.now()):
        abort(404)
    flash(gettext("The link is removed. At the next sign-in it is made anew."), "success")
    return _back(account_id)


def _manager(account_id: int) -> Staff:
    """Managers, and Customer Care for its accounts: who opens a way in must not be who sells to them."""
    staff = account_of_staff(account_id)
    if staff.role not in ("manager", "care"):
        abort(404)
    return staff


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


def _back(account_id: int) -> ResponseReturnValue:
    return redirect(url_for("corporate.desk_sign_in", account_id=account_id), 303)


def _page(account_id: int, problem: Problem | None = None, *, longest: str = "name") -> str:
    staff, kept = _manager(account_id), settings_of(reading(), account_id)
    errors = {}
    if problem is not None:
        field, sentence = PROBLEMS[problem]
        errors = {longest if problem is Problem.TOO_LONG else field: str(sentence)}
    return render_template(
        "corporate/desk/sign_in.html",
        customer=account_view(reading(), account_id, house().clock.now()),
        kept=kept,
        typed=_filled(kept),
        nearby=[] if kept else [_option(one) for one in providers_nearby(reading(), staff)],
        callback=callback_address(),
        after_sign_out=sign_out_address(),
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def _filled(kept: ProviderSettings | None) -> dict[str, str]:
    """What stands in the fields: what was typed, else what is kept; never a secret."""
    stands = {field: getattr(kept, field) if kept else "" for field in FIELDS}
    return {name: request.form.get(name, stands.get(name, "")) for name in (*FIELDS, "domain", "note")}


def _option(one: Any) -> dict[str, str]:
    return {"value": str(one.id), "label": f"{one.name} ({one.accounts})"}
