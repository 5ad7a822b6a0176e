"""Between the password and the house: the page that asks for the second factor."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.sign_in import factors
from portal.shared.services.sign_in.factors import Waiting
from portal.shared.services.sign_in.signing_in import Answer
from portal.shared.web.entrance import identity, keys
from portal.shared.web.entrance.noting import note_sign_in
from portal.shared.web.entrance.own_paths import FRONT, next_path
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import sign_in as words


def second_factor() -> ResponseReturnValue:
    """Ask for a code, and let the person in."""
    token, waiting = identity.current_token(), _waiting()
    if waiting is None or token is None:
        return redirect(url_for("front.sign_in", next=next_path()), 303)
    if request.method != "POST":
        return _page(waiting)
    typed = request.form.get("code", "").strip()
    if not typed:
        return _page(waiting, gettext("Type the code.")), 422
    result = factors.pass_with_code(
        writing(),
        house().code_book,
        token,
        typed,
        request.remote_addr or "",
        house().machine_clock.now(),
    )
    note_sign_in("code", result.answer, waiting.person_id)
    if result.token is not None:
        identity.begin_session(result.token)
        return redirect(next_path() or FRONT, 303)
    if result.answer is Answer.TOO_MANY:
        return words.too_many(_page(waiting, words.too_many_sentence()))
    said = gettext("This code is not right, or it was used already. Wait for the next one, and type that.")
    return _page(waiting, said), 422


def second_factor_question() -> ResponseReturnValue:
    """A question for a passkey of who waits (JSON)."""
    waiting = _waiting()
    if waiting is None:
        abort(404)
    return keys.question(waiting.person_id)


def second_factor_passkey() -> ResponseReturnValue:
    """Take the answer of a passkey, and let the person in."""
    token, waiting, site = identity.current_token(), _waiting(), keys.site()
    if waiting is None or token is None:
        return redirect(url_for("front.sign_in", next=next_path()), 303)
    answer = request.form.get("passkey", "")
    now = house().machine_clock.now()
    fresh = factors.pass_with_passkey(writing(), site, token, answer, now) if site else None
    note_sign_in("passkey", Answer.WELCOME if fresh else Answer.WRONG, waiting.person_id)
    if fresh is None:
        return _page(
            waiting, top=gettext("The passkey was not accepted. Try again, or use another way.")
        ), 422
    identity.begin_session(fresh)
    return redirect(next_path() or FRONT, 303)


def _waiting() -> Waiting | None:
    token = identity.current_token()
    return factors.waiting(reading(), token, house().machine_clock.now()) if token else None


def _page(waiting: Waiting, problem: str = "", *, top: str = "") -> str:
    told = {"code": problem, "passkey": top}
    return render_template(
        "front/second_factor.html",
        has_codes=waiting.factors.codes_since is not None,
        has_recovery=waiting.factors.recovery_codes > 0,
        passkeys=bool(waiting.factors.passkeys) and keys.site() is not None,
        shown=keys.demo_code(waiting.person_id),
        error=problem,
        problems=[{"field": name, "text": text} for name, text in told.items() if text],
        next=next_path(),
    )
