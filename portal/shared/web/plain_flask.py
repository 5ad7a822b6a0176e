"""Flask without what it keeps ready for applications of another kind: coroutines, and globals that come later."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class SettledEnvironment(Environment):
    """Templates whose globals are all there before the first of them is loaded.

    Jinja compares their names at every import of macros, nine times a page, and a plain dictionary does so in no time.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: everybody's, and those it was given."""
        return {**self.globals, **(d or {})}


class PlainFlask(Flask):
    """A Flask whose views, guards and handlers are functions, which nobody looks through for coroutines."""

    jinja_environment = SettledEnvironment

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """As it is."""
        return func
