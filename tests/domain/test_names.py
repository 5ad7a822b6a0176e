"""Looking for somebody by name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.names import LONGEST_WORD, MOST_WORDS, is_meant, words_of

TEXTS = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Água e Prado Filhos Ltda.", ("agua", "e", "prado", "filhos", "ltda")),
        ("MÜLLER & Söhne GmbH", ("muller", "sohne", "gmbh")),
        ("Straße 12/14", ("strasse", "12", "14")),
        ("İstanbul Ａ.Ş.", ("istanbul", "a", "s")),
        ("株式会社ペンギン", ("株式会社ヘンキン",)),
        ("Prado Prado", ("prado",)),
        ("%_ — …", ()),
        ("", ()),
    ],
)
def test_words_have_neither_accents_nor_capitals(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


@given(TEXTS)
def test_words_are_letters_and_digits_and_stay_as_they_are(text: str) -> None:
    words = words_of(text)
    assert all(0 < len(word) <= LONGEST_WORD and word.isalnum() for word in words)
    assert len(set(words)) == len(words)
    assert words_of(" ".join(words)) == words


@given(TEXTS)
def test_accents_apart_or_not_and_capitals_are_no_difference(text: str) -> None:
    assert words_of(unicodedata.normalize("NFD", text)) == words_of(unicodedata.normalize("NFC", text))
    assert words_of(text.casefold()) == words_of(text)


@given(TEXTS, st.data())
def test_a_name_is_meant_by_the_beginnings_of_its_words(name: str, data: st.DataObject) -> None:
    words = words_of(name)
    if not words:
        assert not is_meant(name, name)
        return
    some = data.draw(st.lists(st.sampled_from(words), min_size=1, max_size=MOST_WORDS))
    assert is_meant(name, " ".join(word[: data.draw(st.integers(1, len(word)))] for word in some))
    assert not is_meant(name, " ".join((*some[: MOST_WORDS - 1], "no" + max(words, key=len) + "body")))


@pytest.mark.parametrize("wish", ["rado", "prado zenith", "", "%"])
def test_whoever_has_not_all_of_the_words_is_not_meant(wish: str) -> None:
    assert not is_meant("Água e Prado", wish)
