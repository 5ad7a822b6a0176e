"""Pieces of pages that are remembered: a card, a header. What a piece shows is what it is given, and nothing else.

A function marked with `remembered` puts a piece of HTML together from values. Asked again with equal values, in the
same language, it gives what it gave before. Nothing has to be forgotten when something changes, because then the values
are others; and nobody's page can show what it was not given. While a piece is put together nobody may ask who is there
or what the database holds: that raises, so that it is found the first time.

Two things of a request do stand in pieces, in blanks that are filled each time: the token of forms, and the address a
person comes back to.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec

from flask import Flask, current_app, g, has_app_context
from flask.globals import request_ctx
from markupsafe import Markup, escape

from portal.shared.web.display import language

P = ParamSpec("P")
_KEPT = 2048  # of each kind and process; the ones least asked for make room
MAKING = "_making_a_piece"
_MEMORY, _BLANKS = "pieces", "blanks_of_pieces"
# Flask offers these to every template.
_OF_A_REQUEST = {"request": None, "session": None, "g": None}
# Words nobody can type, because they are other ones in every process.
_TOKEN, _WAY_BACK = f"token-{secrets.token_hex(16)}", f"back-{secrets.token_hex(16)}"


class NotGivenError(RuntimeError):
    """A piece asked for something it was not given: a mistake in our code."""


def install(app: Flask, *, token: Callable[[], str], way_back: Callable[[], str]) -> None:
    """Let templates ask for the token of forms and the way back as ever; in pieces both are blanks."""
    app.extensions[_MEMORY], app.extensions[_BLANKS] = {}, {_TOKEN: token, _WAY_BACK: way_back}
    app.config.setdefault("REMEMBERED_PIECES", _KEPT)
    app.jinja_env.globals.update(
        csrf_token=lambda: _TOKEN if _is_making() else token(),
        resume_path=lambda: _WAY_BACK if _is_making() else way_back(),
    )


def remembered(make: Callable[P, str], kept: int = _KEPT) -> Callable[P, Markup]:
    """Remember what this function makes of its arguments, which must be hashable and all that it looks at.

    `kept` is how many at most; fewer for what is large.
    """

    @wraps(make)
    def given(*values: P.args, **named: P.kwargs) -> Markup:
        app = current_app
        memory: dict[Callable[..., str], Callable[..., str]] = app.extensions[_MEMORY]
        found = memory.get(make)
        if found is None:
            size = min(kept, app.config["REMEMBERED_PIECES"])
            found = memory.setdefault(make, lru_cache(maxsize=size, typed=True)(_maker(make)))
        adapter = request_ctx.url_adapter
        # Besides its values a piece depends on the language, and on where the application is mounted.
        return _filled(found(language(), adapter.script_name if adapter else "", *values, **named))

    return given


def rendered(template: str, **values: Any) -> str:
    """A piece from its template, which knows these values only, not the names that every page has."""
    return current_app.jinja_env.get_template(template).render(_OF_A_REQUEST, **values)


def not_in_a_piece(what: str) -> None:
    """Say so where somebody asks for something that a piece has not been given.

    Raises:
        NotGivenError: a piece is being put together.
    """
    if _is_making():
        raise NotGivenError(f"A piece shows only what it is given; it asked for {what}.")


def _is_making() -> bool:
    return has_app_context() and MAKING in g


def _maker(make: Callable[..., str]) -> Callable[..., str]:
    def made(spoken: str, mount: str, *values: Any, **named: Any) -> str:
        outermost = MAKING not in g
        setattr(g, MAKING, True)
        try:
            return str(make(*values, **named))
        finally:
            if outermost:
                g.pop(MAKING)

    return made


def _filled(piece: str) -> Markup:
    if not _is_making():  # a piece within a piece leaves them to the outer one
        for blank, asked in current_app.extensions[_BLANKS].items():
            if blank in piece:
                piece = piece.replace(blank, escape(asked()))
    return Markup(piece)  # noqa: S704  # made by our own templates
