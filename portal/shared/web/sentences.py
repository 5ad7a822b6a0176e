"""Sentences in the language of the page: the catalogue is found once a page, not once a sentence.

Flask-Babel and Jinja each ask several times a sentence which application, which request and which language this is;
a page has hundreds of sentences.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask, g
from flask_babel import Babel, Domain, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

_DEFAULT = "pt_BR"


class Catalogue(Domain):  # type: ignore[misc]  # the package carries no types
    """Flask-Babel's catalogues; the page's own is kept where Flask-Babel itself drops it when the language changes."""

    def get_translations(self) -> Any:
        """The catalogue of the page's language."""
        found = _kept()
        if found is None:
            found = super().get_translations()
            g._flask_babel.babel_translations = found  # noqa: SLF001  # made by the line above
        return found


def install(app: Flask, babel: Babel) -> None:
    """Let Flask-Babel look up sentences here, and the templates without detours."""
    babel.domain_instance = Catalogue(domain="messages")
    app.jinja_env.globals.update(
        _=_gettext, gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext, npgettext=_npgettext
    )


def spoken() -> Locale | None:
    """The language of the page; none outside of one."""
    try:
        kept = g._get_current_object().__dict__.get("_flask_babel")  # noqa: SLF001  # werkzeug's own name for it
    except RuntimeError:
        return None
    found: Locale | None = getattr(kept, "babel_locale", None) or get_locale()
    return found


def code() -> str:
    """The language of the page as the catalogue writes it, put together once a page; the default outside of one."""
    try:
        kept: Any = g._get_current_object()._flask_babel  # noqa: SLF001  # werkzeug's own name for it
        locale, written = kept.written
    except (AttributeError, RuntimeError):
        kept = locale = written = None
    if locale is None or locale is not getattr(kept, "babel_locale", None):
        found = spoken()
        if found is None:
            return _DEFAULT
        written = str(found)
        g._flask_babel.written = (found, written)  # noqa: SLF001  # made by the question above
    return str(written)


def _kept() -> Any:
    """The catalogue of the page, once it was asked for; one look through Flask's stand-in for the page, not five."""
    try:
        return g._get_current_object()._flask_babel.babel_translations  # noqa: SLF001
    except (AttributeError, RuntimeError):
        return None


def _catalogue() -> Any:
    return _kept() or get_translations()


def _written(context: EvalContext, sentence: str, variables: dict[str, Any]) -> str:
    """With the values in it, which are escaped where the template is HTML; `%%` is a per cent sign either way."""
    if context.autoescape:
        return _as_html(sentence) if not variables else Markup(sentence) % variables  # noqa: S704  # our catalogue
    return sentence % variables


@lru_cache(maxsize=4096)
def _as_html(sentence: str) -> Markup:
    return Markup(sentence) % {}  # noqa: S704  # our own catalogue


@pass_eval_context
def _gettext(context: EvalContext, sentence: str, /, **variables: Any) -> str:
    return _written(context, _catalogue().ugettext(sentence), variables)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, /, **variables: Any) -> str:
    return _written(context, _catalogue().ungettext(one, many, num), {"num": num} | variables)


@pass_eval_context
def _pgettext(context: EvalContext, about: str, sentence: str, /, **variables: Any) -> str:
    return _written(context, _catalogue().upgettext(about, sentence), {"context": about} | variables)


@pass_eval_context
def _npgettext(context: EvalContext, about: str, one: str, many: str, num: int, /, **variables: Any) -> str:
    sentence = _catalogue().unpgettext(about, one, many, num)
    return _written(context, sentence, {"context": about, "num": num} | variables)
