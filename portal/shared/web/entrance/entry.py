"""What a request must be before any page sees it: sent from our own pages, and readable text."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1
SAFE = ("GET", "HEAD", "OPTIONS")


class RowNumber(IntegerConverter):
    """A number in an address, in plain digits: one too large for any row is an address that does not exist."""

    regex = "[0-9]+"

    def __init__(self, url_map: Map, *arguments: Any, **named: Any) -> None:
        named.setdefault("max", LARGEST)
        super().__init__(url_map, *arguments, **named)


def install(app: Flask) -> None:
    """Refuse forms from elsewhere (origin first, then the token), and text and numbers no database can hold."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_unreadable)
    app.before_request(_refuse_strangers)
    app.extensions["without_forms"] = set()
    CSRFProtect(app)


def without_forms(app: Flask, room: Blueprint) -> None:
    """Let a room in without tokens of forms: it knows no cookie, so no other site can borrow one."""
    app.extensions["without_forms"].add(room.name)
    app.extensions["csrf"].exempt(room)


def _refuse_strangers() -> None:
    """The browser itself says where a form was sent from; a stolen token does not help a foreign page."""
    if request.method in SAFE or request.blueprint in current_app.extensions["without_forms"]:
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CSRFError("The form was sent from another site.")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CSRFError("The form was sent from another site.")


def _refuse_unreadable() -> None:
    """PostgreSQL refuses NUL in text, and nobody types it."""
    fields = [*request.args.items(multi=True)]
    if request.method not in SAFE:
        fields += request.form.items(multi=True)
    if "\0" in request.path or any("\0" in name or "\0" in value for name, value in fields):
        abort(400)
