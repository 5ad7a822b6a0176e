"""What a request must be before any page sees it: sent from our own pages, and readable text."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, request
from flask_wtf.csrf import CSRFError, CSRFProtect

SAFE = ("GET", "HEAD", "OPTIONS")


def install(app: Flask) -> None:
    """Refuse forms from elsewhere (origin first, then the token) and text no database can hold."""
    app.before_request(_refuse_unreadable)
    app.before_request(_refuse_strangers)
    CSRFProtect(app)


def _refuse_strangers() -> None:
    """The browser itself says where a form was sent from; a stolen token does not help a foreign page."""
    if request.method in SAFE:
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError("The form was sent from another site.")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CSRFError("The form was sent from another site.")


def _refuse_unreadable() -> None:
    """PostgreSQL refuses NUL in text, and nobody types it."""
    values = [*request.args.values(), *(request.view_args or {}).values(), request.path]
    if request.method not in SAFE:
        values += [value for _, value in request.form.items(multi=True)]
    if any(isinstance(value, str) and "\0" in value for value in values):
        abort(400)
