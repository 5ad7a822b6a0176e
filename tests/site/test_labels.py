"""The product's words: one word per thing, the same on every screen and inside every sentence."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from typing import NamedTuple

import pytest

from portal.shared.web.translations import catalogues
from tests.site.house_words import WORDS
from tests.support.source_files import ROOT

every_language = pytest.mark.parametrize("language", catalogues.LANGUAGES)

# Labels of pages that are still to come; a label leaves this list with the page that says it.
USED_BY_A_LATER_PAGE = {
    "close": "the result of cancelling, once it is a window",
}


class Label(NamedTuple):
    """A word of the product, in English and in every other language."""

    key: str
    english: str
    translations: Mapping[str, str]


@cache
def labels() -> tuple[Label, ...]:
    """The product's words."""
    with (ROOT / "tests" / "data" / "labels.csv").open(encoding="utf-8", newline="") as reading:
        rows = list(csv.DictReader(reading))
    return tuple(
        Label(row["key"], row["en"], {one: row[one] for one in catalogues.LANGUAGES}) for row in rows
    )


@cache
def said() -> frozenset[str]:
    """Every sentence of code and templates that has no plural."""
    return frozenset(
        message.id for message in catalogues.extract() if isinstance(message.id, str) and message.id
    )


@cache
def spoken(language: str) -> GNUTranslations:
    """The translations as the application reads them."""
    return GNUTranslations(BytesIO(catalogues.compiled(language)))


def on_screen(label: Label) -> tuple[str, Mapping[str, str]]:
    """A label as a screen begins with it: what is written small stands there with a capital, too."""
    if label.english in said():
        return label.english, label.translations
    return _capital(label.english), {key: _capital(text) for key, text in label.translations.items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


USED = [label for label in labels() if label.key not in USED_BY_A_LATER_PAGE]


def test_a_label_has_a_key_of_its_own_and_a_word_in_every_language() -> None:
    assert len({label.key for label in labels()}) == len(labels()) > 0
    assert [label for label in labels() if not (label.english and all(label.translations.values()))] == []
    assert set(catalogues.LANGUAGES) <= WORDS.keys()


@pytest.mark.parametrize("label", USED, ids=lambda label: label.key)
def test_a_label_is_said_in_english_as_it_stands_in_the_list(label: Label) -> None:
    assert on_screen(label)[0] in said()


@every_language
def test_a_label_is_translated_as_it_stands_in_the_list(language: str) -> None:
    wanted = {english: translations[language] for english, translations in map(on_screen, USED)}
    assert {english: spoken(language).gettext(english) for english in wanted} == wanted


def test_labels_of_later_pages_are_labels_and_not_used_yet() -> None:
    later = [label for label in labels() if label.key in USED_BY_A_LATER_PAGE]
    assert len(later) == len(USED_BY_A_LATER_PAGE)
    assert [label.key for label in later if on_screen(label)[0] in said()] == []


def test_no_sentence_says_a_label_in_other_capitals() -> None:
    meant = {on_screen(label)[0].lower(): on_screen(label)[0] for label in USED}
    assert [one for one in said() if one.lower() in meant and one != meant[one.lower()]] == []


@every_language
def test_a_thing_has_one_name_inside_sentences(language: str) -> None:
    wrong = [
        (english, string)
        for english, translation in WORDS[language].inside.items()
        for original, string in _strings(language)
        if re.search(english, original, re.IGNORECASE) and not re.search(translation, string, re.IGNORECASE)
    ]
    assert wrong == []


@every_language
def test_every_thing_is_looked_for_in_every_language(language: str) -> None:
    assert WORDS[language].inside.keys() == WORDS["pt_BR"].inside.keys()


@every_language
def test_no_translation_uses_a_word_of_another_house(language: str) -> None:
    never = re.compile(WORDS[language].never, re.IGNORECASE)
    explained = {on_screen(label)[1][language] for label in USED if label.key == "seats"}
    assert [text for _, text in _strings(language) if text not in explained and never.search(text)] == []


@every_language
def test_seats_are_counted_as_the_language_counts(language: str) -> None:
    say = spoken(language).ngettext
    counted = tuple(say("%(num)d seat", "%(num)d seats", count) % {"num": count} for count in (0, 1, 2))
    assert counted == WORDS[language].seats


@cache
def _strings(language: str) -> list[tuple[str, str]]:
    """What is said and how it is translated, without the names of values."""
    found: list[tuple[str, str]] = []
    for message in catalogues.read(language):
        if message.id:
            originals = [message.id] if isinstance(message.id, str) else list(message.id)
            strings = [message.string] if isinstance(message.string, str) else list(message.string)
            found += zip(map(_without_values, originals), map(_without_values, strings), strict=True)
    return [(original, string) for original, string in found if string]


def _without_values(text: str) -> str:
    return re.sub(r"%\(\w+\)\w", "…", text)
