"""Asking again who somebody is: one guard before every page that matters, and the page that asks."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.sign_in.limits import proof_is_old
from portal.shared.domain.sign_in.sensitive import asks_again
from portal.shared.services.organisations import finding
from portal.shared.services.sign_in import factors, password_changes
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.password_changes import Proof
from portal.shared.services.sign_in.signing_in import Answer, SignedIn
from portal.shared.web.entrance import identity, keys, organisation_sign_in
from portal.shared.web.entrance.entry import SAFE
from portal.shared.web.entrance.own_paths import FRONT, next_path
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading, writing
from portal.shared.web.words import sign_in as words

HERE = "front.confirm_identity"


def install(app: Flask) -> None:
    """Stand before every page."""
    app.before_request(_guard)


def _guard() -> ResponseReturnValue | None:
    endpoint = request.endpoint or ""
    if not asks_again(endpoint, writes=request.method not in SAFE):
        return None
    person = identity.current_person()
    if person is None:
        return None  # the guard of the page sends strangers to sign in
    return identity.to_front(HERE) if is_due(person) else None


def is_due(person: SignedIn) -> bool:
    """Whether this person showed too long ago who they are."""
    lasts = timedelta(minutes=house().settings.proof_minutes)
    return proof_is_old(person.proven_at, house().machine_clock.now(), lasts)


def confirm_identity() -> ResponseReturnValue:
    """Ask for the password or a code, and lead on to where the person was going."""
    person, token = identity.current_person(), identity.current_token()
    if person is None or token is None:
        return identity.to_sign_in()
    if request.method != "POST":
        return _page()
    now, said = house().machine_clock.now(), ""
    if "code" in request.form:
        result = factors.pass_with_code(
            writing(), house().code_book, token, request.form["code"], request.remote_addr or "", now
        )
        if result.token is not None:
            return _onward(result.token)
        if result.answer is Answer.TOO_MANY:
            return words.too_many(_page(code=words.too_many_sentence()))
        return _page(code=gettext("This code is not right. Wait for the next one, and type that.")), 422
    if not _password_counts(person):
        return _page(), 422
    proof = password_changes.prove(
        database(),
        house().passwords,
        person,
        request.form.get("password", ""),
        request.remote_addr or "",
        now,
    )
    if proof is Proof.TOO_MANY:
        return words.too_many(_page(password=words.too_many_sentence()))
    if proof is Proof.WRONG:
        said = gettext("The password is not correct.")
        return _page(password=said), 422
    fresh = signin.raise_trust(writing(), token, now)
    return _onward(fresh) if fresh else identity.to_sign_in()


def confirm_question() -> ResponseReturnValue:
    """A question for a passkey of this person (JSON)."""
    person = identity.current_person()
    return keys.question(person.person_id) if person else identity.to_sign_in()


def confirm_with_passkey() -> ResponseReturnValue:
    """Take the answer of a passkey, and lead on."""
    site, token = keys.site(), identity.current_token()
    if identity.current_person() is None or token is None:
        return identity.to_sign_in()
    answer = request.form.get("passkey", "")
    fresh = (
        factors.pass_with_passkey(writing(), site, token, answer, house().machine_clock.now())
        if site
        else None
    )
    if fresh is None:
        # The question is used up, whatever was answered.
        return _page(top=gettext("The passkey was not accepted. Try again, or use another way.")), 422
    return _onward(fresh)


def _onward(token: str) -> ResponseReturnValue:
    identity.renew_session(token)
    return redirect(next_path() or FRONT, 303)


def confirm_through_organisation() -> ResponseReturnValue:
    """Lead on to the provider of the person's organisation, to sign in there anew."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    onward = organisation_sign_in.confirm(person.person_id, next_path() or "")
    return onward or redirect(url_for(HERE, next=next_path()), 303)


def _password_counts(person: SignedIn) -> bool:
    """Whether a password proves anything: not where the organisation wants its own sign-in."""
    return (
        password_changes.has_password(reading(), person.person_id)
        and finding.required_provider(reading(), person.person_id) is None
    )


def _page(*, password: str = "", code: str = "", top: str = "") -> str:
    person = identity.current_person()
    assert person is not None, "strangers are sent to sign in"
    there = factors.factors_of(reading(), person.person_id)
    told = {"password": password, "code": code, "passkey": top}
    return render_template(
        "front/confirm_identity.html",
        has_password=_password_counts(person),
        organisation=finding.provider_name_of(reading(), person.person_id),
        has_codes=there.codes_since is not None,
        passkeys=bool(there.passkeys) and keys.site() is not None,
        shown=keys.demo_code(person.person_id),
        errors=told,
        problems=[{"field": name, "text": text} for name, text in told.items() if text],
        next=next_path(),
    )
