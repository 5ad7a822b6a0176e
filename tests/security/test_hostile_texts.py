"""Whatever is typed into a form is taken or refused with a sentence, comes back as text, and stays out of logs."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.hostile_texts import HOSTILE_TEXTS, MARK, RUNS
from tests.security.offered import ENDS_THE_SESSION, Offer
from tests.security.stage import Rehearsal
from tests.site.actors import actor, address, things
from tests.site.matrix import CARE, CONTACT, CORPORATE_CONTACT, IN, MATRIX
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Visitor

# Of all texts, how many each field meets; all of them where the environment asks for it (see docs/security/scans.md).
EACH = len(HOSTILE_TEXTS) if os.environ.get("EVERY_HOSTILE_TEXT") else 1
NOT_TYPED = ("submit", "file")
# What a page never says again.
SECRET = ("password", "hidden")
ONE_TIME = {"code", "security_code"}


def in_turn(offers: dict[str, Offer]) -> Iterator[tuple[Offer, str, str, str]]:
    """Each form with each of its fields and some of the texts, another few for each field."""
    names, turn = list(HOSTILE_TEXTS), 0
    for offer in offers.values():
        for field, about in offer.fields.items():
            if about.kind in NOT_TYPED or offer.endpoint in ENDS_THE_SESSION:
                continue
            for _ in range(EACH):
                turn += 1
                name = names[turn % len(names)]
                yield offer, field, name, HOSTILE_TEXTS[name]


def wrong_with(offer: Offer, field: str, text: str, page: Page) -> str | None:
    """What an answer does that it must not."""
    if page.status >= 500:
        return f"answers {page.status}"
    if text in RUNS and text in page.html:
        return "shows markup as it was typed"
    if any(name in page.html for name in ("Traceback", "sqlalchemy", "psycopg", "werkzeug")):
        return "shows its inside"
    if page.status in (400, 413, 422) and not page.root.all("h1") and page.root.all("html"):
        return "refuses without a page"
    if "Set-Cookie" in page.answer.headers and f"{MARK}=1" in str(page.answer.headers):
        return "sets a cookie that was typed"
    return None


def comes_back(page: Page, field: str, text: str) -> bool:
    """Whether a page that was refused still holds what was typed in its field."""
    kept = ["".join(value.split()) for form in page.forms for name, value in form.fields if name == field]
    return not kept or "".join(text.split()) in kept


@pytest.mark.slow
def test_every_field_of_every_form_bears_whatever_is_typed(
    own_furnished: DemoHouse, furnished_stage: Path, offers: dict[str, Offer], lines: io.StringIO
) -> None:
    room = Rehearsal(own_furnished, furnished_stage)
    wrong: list[Any] = []
    sent = 0
    visitors: dict[str, Visitor] = {}
    for offer, field, name, text in in_turn(offers):
        visitor = visitors.get(offer.endpoint)
        if visitor is None:
            room.set_back()
            visitors = {offer.endpoint: room.visitor(offer)}
            visitor = visitors[offer.endpoint]
        page = room.send(offer, {field: text}, visitor)
        sent += 1
        found = wrong_with(offer, field, text, page)
        if found:
            wrong.append((offer.endpoint, field, name, found))
        about = offer.fields[field]
        shown = (
            page.status == 422 and about.kind not in SECRET and field not in ONE_TIME and not about.choices
        )
        if shown and name != "half a character" and not comes_back(page, field, text):
            wrong.append((offer.endpoint, field, name, "lost what was typed", page.value(field)))
    assert wrong == []
    assert sent > 200
    assert MARK not in lines.getvalue(), "a log line says what somebody typed"
    assert lines.getvalue().count('"answered"') > sent


@pytest.mark.slow
def test_what_was_kept_is_shown_as_text_everywhere(
    own_furnished: DemoHouse, furnished_stage: Path, offers: dict[str, Offer]
) -> None:
    house, room = own_furnished, Rehearsal(own_furnished, furnished_stage)
    script = HOSTILE_TEXTS["a script"]
    for offer in offers.values():
        if offer.endpoint in ENDS_THE_SESSION:
            continue
        texts = {
            name: script
            for name, one in offer.fields.items()
            if one.kind in ("text", "textarea") and not one.choices
        }
        if texts:
            room.send(offer, texts)
    kept = sum(script in str(value) for value in room.cells().values())
    assert kept > 10, "many fields keep free text"
    known, seen = things(house), 0
    for who in (CONTACT, CORPORATE_CONTACT, CARE):
        visitor = actor(house, who)
        for rule in house.app.url_map.iter_rules():
            row = MATRIX.get(rule.endpoint)
            if "GET" in (rule.methods or ()) and row is not None and row.answers[who] == IN:
                page = visitor.get(address(house, rule, known), follow=False)
                assert page.status < 500, rule.rule
                seen += MARK in page.html
                if page.answer.mimetype == "text/html":
                    assert script not in page.html, rule.rule
    assert seen > 3, "and pages show it"
