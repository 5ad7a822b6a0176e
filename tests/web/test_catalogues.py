"""The catalogues of translations hold what the pages say."""

from __future__ import annotations

import string

import pytest

from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.translations import catalogues

UPDATE = "run `python -m portal.shared.web.translations.catalogues update`"


def test_every_language_but_the_one_we_write_in_has_a_catalogue() -> None:
    assert {*catalogues.LANGUAGES, "en"} == set(LANGUAGES)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_catalogue_holds_exactly_the_sentences_of_today(language: str) -> None:
    said = {(message.context, message.id) for message in catalogues.extract() if message.id}
    held = {(message.context, message.id) for message in catalogues.read(language) if message.id}
    assert held == said, UPDATE


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_sentence_is_translated(language: str) -> None:
    assert list(catalogues.missing(language)) == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_application_reads_the_translations_of_today(language: str) -> None:
    file = catalogues.po_file(language).with_suffix(".mo")
    assert file.read_bytes() == catalogues.compiled(language), UPDATE.replace("update", "compile")


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_names_the_same_values_as_its_sentence(language: str) -> None:
    wrong = []
    for message in catalogues.read(language):
        originals = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        if message.id and all(strings):
            named = set().union(*map(names, originals))
            wrong += [text for text in strings if not names(text) <= named]
            if isinstance(message.id, str) and names(strings[0]) != named:
                wrong.append(strings[0])
    assert wrong == []


def names(text: str) -> set[str]:
    """The values a sentence takes: `%(name)s`."""
    return {part.partition(")")[0] for part in text.split("%(")[1:]}


def test_names_are_found() -> None:
    assert names("%(a)s and %(b)d") == {"a", "b"}
    assert names(string.ascii_letters) == set()
