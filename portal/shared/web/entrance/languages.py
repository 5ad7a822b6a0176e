"""In which language a page speaks: the person's choice, the cookie, the browser, then Portuguese."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale
from werkzeug.datastructures import LanguageAccept

from portal.shared.web import sentences
from portal.shared.web.entrance.identity import current_person
from portal.shared.web.house import house

# In the order of the menu, each by the name it has for itself.
LANGUAGES = {
    "pt_BR": "Português (Brasil)",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "de": "Deutsch",
    "it": "Italiano",
}
DEFAULT = "pt_BR"
COOKIE = "language"
TRANSLATIONS = Path(__file__).parents[1] / "translations"


def install(app: Flask) -> None:
    """Make Flask-Babel speak the chosen language."""
    babel = Babel(
        app,
        default_locale=DEFAULT,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=chosen_language,
    )
    sentences.install(app, babel)


def cookie_name() -> str:
    """What the cookie is called: behind HTTPS the browser ties it to this host alone."""
    return f"__Host-{COOKIE}" if house().settings.https else COOKIE


def chosen_language() -> str:
    """The language of this request, as Babel writes it."""
    if not has_request_context():
        return DEFAULT
    person = current_person()
    for wish in (person.language if person else None, request.cookies.get(cookie_name())):
        if wish in LANGUAGES:
            return str(wish)
    return best_language(request.accept_languages)


def best_language(wishes: LanguageAccept) -> str:
    """The language a browser likes best of those we speak; each stands for its whole family, `de` for `de-CH`."""
    by_family = {language.partition("_")[0]: language for language in LANGUAGES}
    for tag, quality in sorted(wishes, key=lambda wish: -wish[1]):
        family = tag.replace("_", "-").partition("-")[0].lower()
        if quality > 0 and family in by_family:
            return by_family[family]
    return DEFAULT


def html_lang() -> str:
    """The language of the page, as HTML writes it (`pt-BR`)."""
    return str(get_locale() or DEFAULT).replace("_", "-")
