"""Every page once more in every other language: one address of each, asked for by whoever came to it first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES
from portal.shared.web.translations import catalogues
from tests.site.walking import Visit, speak
from tests.support.demo_house import DemoHouse
from tests.support.sentences import sentences

# Numbers, references and the like: two such addresses are one page.
_THINGS = re.compile(r"/(\d+|(?=[^/]*[0-9A-Z])[\w-]{6,})(?=/|$)")


def in_other_languages(house: DemoHouse, visits: Iterable[Visit]) -> Iterator[Visit]:
    """The pages of a walk as readers of every other language see them."""
    found: dict[str, Visit] = {}
    for visit in visits:
        if visit.endpoint:
            found.setdefault(_THINGS.sub("/#", visit.page.path), visit)
    people: dict[str, list[Visit]] = {}
    for visit in found.values():
        people.setdefault(visit.who, []).append(visit)
    for who, own in people.items():
        visitor = house.visitor(None if who == "nobody" else who)
        for language in (*(LANGUAGES.keys() - {DEFAULT}), DEFAULT):
            speak(visitor, language)
            for visit in own if language != DEFAULT else ():
                page = visitor.get(visit.asked)
                yield Visit(who, language, visit.asked, page, visit.endpoint)


def english_left(visit: Visit) -> list[str]:
    """Sentences of ours that a page says in English although it says of itself that it speaks another language."""
    language = visit.page.root.all("html")[0].get("lang").replace("-", "_")
    if language == "en":
        return []
    say = sentences(language)
    said = {one.text for one in visit.page.root.walk()} & _whole_sentences()
    return sorted(text for text in said if say(text) != text)


def _whole_sentences() -> set[str]:
    english = {message.id for message in catalogues.read(DEFAULT) if isinstance(message.id, str)}
    return {text for text in english if " " in text and "%(" not in text}
