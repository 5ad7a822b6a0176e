"""How long a request stood in line before a thread had time for it: the person's waiting began when it came."""

from __future__ import annotations

from contextvars import ContextVar

from flask import Flask

from portal.shared.domain.patience import REQUEST

# Seconds; the web server says it before it hands the request over (portal/serving.py).
stood: ContextVar[float] = ContextVar("stood in line", default=0.0)


class StoodTooLongError(Exception):
    """There is no time left to do what was asked; nothing was begun."""


def left() -> float:
    """How many seconds this request has left when it begins."""
    return REQUEST - stood.get()


def install(app: Flask) -> None:
    """Send whoever stood in line for too long away at once, so that the line becomes shorter."""

    @app.before_request
    def _not_now() -> None:
        if left() <= 0:
            raise StoodTooLongError
