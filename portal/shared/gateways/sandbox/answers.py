"""How the sandbox's pages are answered."""

from __future__ import annotations

from typing import TypeVar

from flask import Response, abort, make_response, render_template
from flask_babel import get_locale

_Thing = TypeVar("_Thing")


def found(thing: _Thing | None) -> _Thing:
    """The thing itself; where there is none, 404."""
    if thing is None:
        abort(404)
    return thing


def page(name: str, status: int = 200, **values: object) -> Response:
    """A page of the sandbox in the language of the moment; no cache keeps it."""
    language = str(get_locale()).replace("_", "-")
    answer = make_response(render_template(f"sandbox/{name}.html", page_language=language, **values), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def message(title: str, text: str, return_path: str | None, status: int = 200) -> Response:
    """A page that says one thing and, with a return path, leads back."""
    return page("message", status, title=title, text=text, return_path=return_path)
