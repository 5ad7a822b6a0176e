"""A language nobody speaks: English with accents, two fifths longer, in brackets; what is outside was not said in it.

It is made on the fly and takes the place of English in one house; values within a sentence stay as they are.
"""

from __future__ import annotations

import re
from typing import Any

from babel.support import NullTranslations

from portal.shared.web.transactions import TransactionalFlask

LANGUAGE = "en"
OPENING, CLOSING = "⟦", "⟧"
_KEPT = re.compile(r"(%\(\w+\)[sdr]|%%|<[^>]*>|&\w+;|\{\w*\})")
_ACCENTS = str.maketrans("aceilnorsuyzACEILNORSUYZ", "åçéîļñöŕšûýžÅÇÉÎĻÑÖŔŠÛÝŽ")
_VOWEL = re.compile(r"[aeiou]", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def pseudo(sentence: str) -> str:
    """The sentence in that language: long words grow by half, as German ones do, short ones make up for it."""
    parts = _KEPT.split(sentence)
    said = "".join(part if _KEPT.fullmatch(part) else _WORD.sub(_longer, part) for part in parts)
    return f"{OPENING}{said}{CLOSING}"


def without_sentences(text: str) -> str:
    """What is left of a text once every sentence of that language is taken out, with the values in it."""
    left = text
    while True:
        less = re.sub(rf"{OPENING}[^{OPENING}{CLOSING}]*{CLOSING}", " ", left)
        if less == left:
            return left
        left = less


def speak_pseudo(app: TransactionalFlask) -> None:
    """Let an application say every English sentence in that language."""
    with app.app_context():
        domain = app.extensions["babel"].instance.domain_instance
    domain.cache[LANGUAGE, domain.domain[0]] = _Pseudo()


def _longer(word: re.Match[str]) -> str:
    text = word[0]
    wanted = round(len(text) * 0.45)
    grown = ""
    for letter in text:
        more = 1 if wanted and _VOWEL.match(letter) else 0
        grown += letter + letter.lower() * more
        wanted -= more
    return (grown + "h" * wanted).translate(_ACCENTS)


class _Pseudo(NullTranslations):
    """Says whatever it is asked for; every name under which the application asks."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return pseudo(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)

    def __getattribute__(self, name: str) -> Any:
        plain = {
            "ugettext": "gettext",
            "ungettext": "ngettext",
            "upgettext": "pgettext",
            "unpgettext": "npgettext",
        }
        return super().__getattribute__(plain.get(name, name))
