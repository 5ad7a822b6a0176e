"""Sentences of the screens in a language, as the application itself translates them."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from typing import Protocol

from portal.shared.web.translations import catalogues


class Say(Protocol):
    """Says a sentence of the source code in another language, with its values."""

    def __call__(self, sentence: str, /, **values: object) -> str:
        """The sentence as it stands on a screen."""


def sentences(language: str) -> Say:
    """What says sentences in a language (`en`, `pt_BR`)."""
    translations = _translations(language)

    def say(sentence: str, /, **values: object) -> str:
        said = translations.gettext(sentence)
        return said % values if values else said

    return say


@cache
def _translations(language: str) -> NullTranslations:
    return NullTranslations() if language == "en" else GNUTranslations(BytesIO(catalogues.compiled(language)))
