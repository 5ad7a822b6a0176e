"""Every page shows with remembered pieces what it shows without, to the byte; each in one of the languages in turn."""

from __future__ import annotations

import re
from itertools import cycle

from portal.shared.web.entrance.languages import LANGUAGES
from tests.site import matrix
from tests.site.actors import actor, address, things
from tests.site.matrix import ACTORS, MATRIX
from tests.site.test_who_may import rules
from tests.site.walking import speak
from tests.support.demo_house import DemoHouse

# What is another one in every answer: tokens, keys of orders, secret words, and the comment that hides the length.
_EACH_TIME = re.compile(r'(?<=")[\w.-]{22,}(?=")|<!-- [0-9a-f]* -->|\b[2-9A-Z]{4}-[2-9A-Z]{4}\b')
_BLANK = re.compile(r"\b(token|back)-[0-9a-f]{32}\b")
# Pages that say when, or offer a secret that was drawn for this very answer.
_NEW_EACH_TIME = {
    "front.set_up_second_factor",
    "front.set_up_codes",
    "front.new_passkey",
    "front.security",
    "front.health",
    "front.ready",
    "front.demo_mail",
    "front.demo_mailbox",
}


def test_every_page_is_the_same_with_remembered_pieces_and_without(
    own_furnished: DemoHouse,
) -> None:
    house, known, languages = own_furnished, things(own_furnished), cycle(LANGUAGES)
    remembered = house.app.extensions["pieces"]
    seen: set[str] = set()
    for name in ACTORS:
        visitor, language = actor(house, name), next(languages)
        speak(visitor, language)
        for rule in rules(house, "GET"):
            if {rule.endpoint} & (seen | _NEW_EACH_TIME) or MATRIX[rule.endpoint].answers[name] != matrix.IN:
                continue
            path = address(house, rule, known)
            pages = []
            for kept in (0, 512, 512):
                if house.app.config["REMEMBERED_PIECES"] != kept:
                    remembered.clear()
                    house.app.config["REMEMBERED_PIECES"] = kept
                pages.append(visitor.get(path, follow=False))
            if pages[0].answer.mimetype == "text/html":
                fresh, made, again = (_EACH_TIME.sub("", one.html) for one in pages)
                assert fresh == made == again, (name, rule.rule, language)
                assert not _BLANK.search(pages[-1].html), rule.rule
            seen.add(rule.endpoint)
    assert len(seen) > 100
