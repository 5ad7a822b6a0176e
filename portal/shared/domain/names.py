"""How somebody is looked for by name: the beginnings of words, without accents and capitals."""

from __future__ import annotations

import unicodedata
from itertools import groupby

# What is longer is found by its beginning; who types more words than this is found by the first of them.
LONGEST_WORD = 40
MOST_WORDS = 8


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a name in the order in which they come, as they are compared.

    Letters and digits are what words are made of; accents, capitals and forms of one letter (ﬁ, Ａ, ß) are no
    difference. (Source: Unicode 15, compatibility decomposition and full case folding.)
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = (one for one in plain if not unicodedata.combining(one))
    found = ("".join(run)[:LONGEST_WORD] for is_word, run in groupby(letters, str.isalnum) if is_word)
    return tuple(dict.fromkeys(found))


def is_meant(name: str, wish: str) -> bool:
    """Whether each word of a wish is the beginning of some word of a name; a wish without words means nobody."""
    wanted, words = words_of(wish)[:MOST_WORDS], words_of(name)
    return bool(wanted) and all(any(word.startswith(one) for word in words) for one in wanted)
