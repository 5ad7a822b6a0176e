"""Error pages: what happened in words, what to do next, and a number to quote; never a stack trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.shared.services.equipment import CommitUnknownError, DatabaseError, is_passing
from portal.shared.web.entrance.identity import ask_nobody, current_person, to_sign_in
from portal.shared.web.entrance.own_paths import FRONT, resume_path
from portal.shared.web.entrance.sign_in import SignInForm, sign_in_page
from portal.shared.web.logs import request_number, what_and_where
from portal.shared.web.standing import StoodTooLongError

SECONDS_TO_WAIT = 5
_log = structlog.stdlib.get_logger("portal.errors")


@dataclass(frozen=True, slots=True)
class Words:
    """What an error page says, and where its button leads."""

    title: str
    sentence: str
    button: str
    path: str = FRONT


def install(app: Flask) -> None:
    """Answer every error with a page of ours."""
    # Who asks below such an address is a program, and reads no page.
    app.extensions["answers_to_programs"] = {}
    app.register_error_handler(CSRFError, _form_not_ours)
    app.register_error_handler(DatabaseError, _database_trouble)
    app.register_error_handler(StoodTooLongError, _stood_too_long)
    app.register_error_handler(InternalServerError, _bug)
    app.register_error_handler(HTTPException, _refusal)
    app.register_error_handler(SecurityError, _not_this_host)


def _refusal(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status == 401:
        return to_sign_in()
    response = error_page(status, _words(status))
    for name, value in error.get_headers(request.environ):
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _not_this_host(error: SecurityError) -> ResponseReturnValue:
    """Asked under a name that is not ours: no page, because its links would carry that name."""
    return make_response(
        gettext("This server does not answer under that name."), 400, {"Content-Type": "text/plain"}
    )


def _bug(error: InternalServerError) -> ResponseReturnValue:
    original = getattr(error, "original_exception", None)
    if original is not None and is_passing(original):
        return _unavailable(original)
    return error_page(500, _words(500))


def _database_trouble(error: DatabaseError) -> ResponseReturnValue:
    if is_passing(error):
        return _unavailable(error)
    raise error


def _unavailable(error: BaseException) -> Response:
    _log.warning("database not available", **what_and_where(error))
    return _later(error)


def _stood_too_long(error: StoodTooLongError) -> Response:
    _log.warning("stood in line for too long")
    return _later(error)


def _later(error: BaseException) -> Response:
    ask_nobody()
    response = error_page(503, _not_now(error))
    response.headers["Retry-After"] = str(SECONDS_TO_WAIT)
    return response


def _not_now(error: BaseException) -> Words:
    """What was and what was not done: drivers that charge cards let no such error out once a card may be charged."""
    if request.method in ("GET", "HEAD"):
        return _words(503)
    if isinstance(error, CommitUnknownError):
        return Words(
            gettext("We cannot say whether that was kept"),
            gettext(
                "The connection to our database broke while it was written down. Look whether it is there before you"
                " send it again. Nothing is ordered or charged twice."
            ),
            gettext("Look"),
            resume_path(),
        )
    return Words(
        gettext("We are busy for a moment"),
        gettext("Nothing was changed, and nothing was charged. Try again in a few seconds."),
        gettext("Back"),
        resume_path(),
    )


def _form_not_ours(error: CSRFError) -> ResponseReturnValue:
    """The form's token does not fit: most often the session ended while the page lay open."""
    _log.warning("a form was refused", route=request.url_rule.rule if request.url_rule else None)
    if request.endpoint == "front.sign_in":
        said = gettext("This page was open for too long, or your browser refuses cookies. Try again.")
        return sign_in_page(SignInForm(), said), 400
    if current_person() is None:
        return to_sign_in()
    words = Words(
        gettext("Please send the form once more"),
        gettext("The form was open for too long or came from another page. Nothing was changed."),
        gettext("Back to the form"),
        resume_path(),
    )
    return error_page(400, words)


def _words(status: int) -> Words:
    home = gettext("Go to the front page")
    again = gettext("Try again")
    known = {
        400: lambda: Words(
            gettext("We could not read that"),
            gettext("Something in the request was not as expected. Nothing was changed."),
            home,
        ),
        403: lambda: Words(
            gettext("You cannot open this page"),
            gettext("Your role does not include it. Ask a billing contact of your account."),
            home,
        ),
        404: lambda: Words(
            gettext("This page does not exist"),
            gettext("The address may be mistyped, or the page belongs to another account."),
            home,
        ),
        405: lambda: Words(
            gettext("This page cannot be used that way"), gettext("Start again from the front page."), home
        ),
        413: lambda: Words(
            gettext("That is too large"),
            gettext("What you sent is larger than we accept. Nothing was changed."),
            home,
        ),
        429: lambda: Words(
            gettext("Too many attempts"), gettext("Wait a few minutes, then try again."), again, _here()
        ),
        503: lambda: Words(
            gettext("We are busy for a moment"),
            gettext("This page cannot be shown just now. Try again in a few seconds."),
            again,
            _here(),
        ),
    }
    if status in known:
        return known[status]()
    if 400 <= status < 500:
        return known[400]()
    return Words(
        gettext("Something went wrong on our side"),
        gettext("We have noted it. If it happens again, tell us the number below."),
        home,
    )


def _here() -> str:
    return resume_path() if request.method in ("GET", "HEAD") else FRONT


def error_page(status: int, words: Words) -> Response:
    """The page; in a fragment's place only the sentence; plain HTML when even the template fails."""
    for prefix, speak in current_app.extensions["answers_to_programs"].items():
        if request.path.startswith(prefix):
            return cast(Response, speak(status))
    reference = request_number()
    template = "front/error_fragment.html" if request.headers.get("HX-Request") else "front/error.html"
    try:
        page = render_template(template, status=status, words=words, reference=reference)
    except Exception as failure:  # noqa: BLE001  # whatever it is, the person gets a sentence
        _log.error("the error page itself failed", **what_and_where(failure))
        page = (
            f'<!doctype html><html lang="en"><title>{escape(words.title)}</title>'
            f"<h1>{escape(words.title)}</h1><p>{escape(words.sentence)}</p><p>{escape(reference)}</p></html>"
        )
    return make_response(page, status)
