"""Looking for a help page: by the words of its title and text in the reader's language, accents and case apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from portal.shared.domain.routing.visitor import AccountType
from portal.shared.web.help import general, questions
from portal.shared.web.help.articles import ARTICLES, address
from portal.shared.web.help.pages import page_title
from portal.shared.web.help.reading import Product, door, ink, lead, page_url
from portal.shared.web.help.telling import Ink, told

LONGEST = 120
MOST = 10
_IN_TITLE, _IN_TEXT = 5, 1
_WORD = re.compile(r"\w+")
# Endings differ from form to form; what is left of a word still means the same. Shorter ones are taken whole.
_ENDING, _SHORTEST_STEM = 3, 4


@dataclass(frozen=True, slots=True)
class Text:
    """One page as it is searched."""

    name: str
    title: str
    lead: str
    body: str


def search() -> ResponseReturnValue:
    """The pages that fit best, or what to do when none does."""
    asked = request.args.get("search", "").strip()[:LONGEST]
    found = best(asked, list(texts())) if asked else []
    return render_template(
        "help/search.html",
        search=asked,
        found=[{"title": one.title, "text": one.lead, "url": page_url(one.name, Product())} for one in found],
    )


def best(asked: str, pages: Sequence[Text]) -> list[Text]:
    """The pages in which the words stand, best first; a page without any of them is none."""
    wanted = {_stem(word) for word in words_of(asked)}
    scored = [(_score(wanted, one), one) for one in pages]
    most = max((hits for (hits, _), _ in scored), default=0)
    ranked = sorted((one for one in scored if one[0][0] and one[0][0] == most), key=lambda one: -one[0][1])
    return [one for _, one in ranked[:MOST]]


def words_of(text: str) -> list[str]:
    """The words of a text without accents and capitals."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def texts() -> Iterator[Text]:
    """Every page in the language of the reader."""
    words = ink(Product(), "/")
    for task in ARTICLES:
        said = [_door_text(door(task, one, Product(), led=False).steps) for one in AccountType]
        start = _plain(told(lead(task, Product()), words))
        yield Text(address(task), page_title(address(task), Product()), start, " ".join([start, *said]))
    yield _explaining(
        questions.WHY_NOT,
        words,
        [general.WHY_NOT_LEAD, *(says for pair in general.CAUSES.values() for says in pair)],
    )
    yield _explaining(
        questions.ACCOUNT_TYPES,
        words,
        [general.ACCOUNT_TYPES_LEAD, *(cell for row in general.TYPES for cell in row)],
    )


def _explaining(name: str, words: Ink, sentences: Sequence[LazyString]) -> Text:
    said = [_plain(told(one, words)) for one in sentences]
    return Text(name, page_title(name, Product()), said[0], " ".join(said))


def _door_text(steps: Sequence[Mapping[str, Any]]) -> str:
    return " ".join(_plain(Markup(" ").join([step["says"], *step["notes"]])) for step in steps)


def _plain(told_words: Markup) -> str:
    return told_words.striptags()


def _stem(word: str) -> str:
    return word[: max(_SHORTEST_STEM, len(word) - _ENDING)]


def _score(wanted: set[str], page: Text) -> tuple[int, int]:
    """How many of the wanted words stand on a page, and how much they weigh there."""
    title, body = words_of(page.title), words_of(page.body)
    in_title = sum(any(word.startswith(stem) for word in title) for stem in wanted)
    in_body = sum(any(word.startswith(stem) for word in body) for stem in wanted)
    either = sum(any(word.startswith(stem) for word in (*title, *body)) for stem in wanted)
    return either, in_title * _IN_TITLE + in_body * _IN_TEXT
