"""Signing in and out, choosing the account and the language."""

from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from portal.shared.services.organisations.finding import required_provider
from portal.shared.services.overviews import choosing
from portal.shared.services.sign_in import passkey_sign_in
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import Answer
from portal.shared.web.entrance import identity, keys, organisation_sign_in
from portal.shared.web.entrance.languages import LANGUAGES, cookie_name
from portal.shared.web.entrance.noting import note_sign_in
from portal.shared.web.entrance.own_paths import FRONT, next_path
from portal.shared.web.forms import Form, typed
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading, writing
from portal.shared.web.words import people as people_words
from portal.shared.web.words import sign_in as words

YEAR = 365 * 24 * 3600


class SignInForm(Form):
    """An address of mail and a password."""

    email = EmailField(
        lazy_gettext("Email"),
        validators=[
            InputRequired(lazy_gettext("Enter your email address.")),
            Length(max=254, message=lazy_gettext("This email address is too long.")),
        ],
    )
    password = PasswordField(
        lazy_gettext("Password"), validators=[InputRequired(lazy_gettext("Enter your password."))]
    )


def sign_in() -> ResponseReturnValue:
    """Show the form, or check it and lead on to where the person was going."""
    form = SignInForm()
    if request.method != "POST":
        return redirect(next_path() or FRONT) if identity.current_person() else sign_in_page(form)
    if not form.validate():
        return sign_in_page(form), 422
    result = signin.sign_in(
        database(),
        house().passwords,
        email=typed(form.email),
        password=form.password.data or "",
        browser=identity.browser(),
        now=house().machine_clock.now(),
        instead_of=identity.current_token(),
        other_door=required_provider,
    )
    note_sign_in("password", result.answer, result.person_id)
    if result.token is not None:
        identity.begin_session(result.token)
        if result.answer is Answer.SECOND_FACTOR:
            return redirect(url_for("front.second_factor", next=next_path()), 303)
        return redirect(next_path() or FRONT, 303)
    if result.answer is Answer.TOO_MANY:
        return words.too_many(sign_in_page(form, words.too_many_sentence()))
    if result.door is not None:
        return sign_in_page(form, door=result.door), 403
    return sign_in_page(form, gettext("The email address or the password is not correct.")), 422


def sign_in_page(form: SignInForm, problem: str | None = None, door: str | None = None) -> str:
    """The page with the form, what was typed (never the password), and why it is shown again.

    `door` is the provider through which the person has to come, as their organisation wants it.
    """
    ended = None
    if session.pop("notice", None) == "ended":
        ended = gettext("Your session has ended. Sign in again and carry on where you were.")
    problems = form.problems
    if problem is not None:
        problems.append({"field": "email", "text": problem})
    return render_template(
        "front/sign_in.html",
        form=form,
        problems=problems,
        ended=ended,
        door=door,
        next=next_path(),
        offers_passkeys=keys.site() is not None,
    )


def passkey_question() -> ResponseReturnValue:
    """A question for any passkey of this site (JSON): who answers it need not type a name."""
    return keys.question(None)


def sign_in_with_passkey() -> ResponseReturnValue:
    """Let the owner of a passkey in, without a password."""
    site = keys.site()
    if site is None:
        abort(404)
    result = passkey_sign_in.sign_in(
        writing(),
        site,
        request.form.get("passkey", ""),
        browser=identity.browser(),
        now=house().machine_clock.now(),
        instead_of=identity.current_token(),
        other_door=required_provider,
    )
    note_sign_in("passkey", result.answer, result.person_id)
    if result.door is not None:
        return sign_in_page(SignInForm(formdata=None), door=result.door), 403
    if result.token is None:
        said = gettext("The passkey was not accepted. Try again, or sign in with your password.")
        return sign_in_page(SignInForm(formdata=None), said), 422
    identity.begin_session(result.token)
    return redirect(next_path() or FRONT, 303)


def sign_out() -> ResponseReturnValue:
    """End the session here and in the database, then where the person came from."""
    token = identity.end_session()
    leads_on = token is not None and organisation_sign_in.leave(token)
    answer = redirect(url_for("front.organisation_onward" if leads_on else "front.sign_in"), 303)
    # What the browser still holds of pages goes as well: the next person may press "back".
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def choose_account() -> ResponseReturnValue:
    """Let a person who serves several accounts say for which one they have come."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    found = choosing.accounts_to_choose(reading(), person.person_id, person.memberships, house().clock.now())
    return render_template(
        "front/choose_account.html",
        choices=[
            {
                "id": one.account_id,
                "name": one.name,
                "portal": gettext("Corporate Billing Portal")
                if one.type == "corporate"
                else gettext("Billing Center"),
                "roles": people_words.names_of(one.roles),
                "waits": people_words.waits(one.quotes, one.invoices, one.approvals),
                "last": one.last and len(found) > 1,
                "here": one.account_id == person.account_id,
            }
            for one in found
        ],
        next=next_path(),
    )


def switch_account(account_id: int) -> ResponseReturnValue:
    """Go on with another account; one that is not the person's looks like one that is not there."""
    token = identity.current_token()
    if token is None or identity.current_person() is None:
        return identity.to_sign_in()
    if not signin.choose_account(writing(), token, account_id, house().machine_clock.now()):
        abort(404)
    return redirect(next_path() or FRONT, 303)


def set_language() -> ResponseReturnValue:
    """Speak another language from now on: in this browser, and to this person everywhere."""
    language = request.form.get("language", "").replace("-", "_")
    if language not in LANGUAGES:
        abort(400)
    person = identity.current_person()
    if person is not None:
        signin.choose_language(writing(), person.person_id, language)
    response = make_response(redirect(next_path() or FRONT, 303))
    response.set_cookie(
        cookie_name(), language, max_age=YEAR, secure=house().settings.https, httponly=True, samesite="Lax"
    )
    return response
