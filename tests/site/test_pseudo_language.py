"""Whatever a page says, it says through the catalogues: in a language of brackets, only data stands outside of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from babel import Locale

from portal.shared.domain.integrations.events import EventType
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.records.base import Base
from portal.shared.records.people import Person
from portal.shared.web.entrance.languages import LANGUAGES
from tests.site.walking import Visit, walk_everywhere
from tests.support.demo_house import DemoHouse, open_house
from tests.support.html import Element
from tests.support.pseudo import LANGUAGE, pseudo, speak_pseudo, without_sentences

_WORD = re.compile(r"[^\W\d_]{2,}")
# What people, the seller and companies are called, and what they have written, is theirs.
DATA = {
    "accounts": ("name", "street", "city", "region", "phone", "currency"),
    "people": ("name", "email"),
    "products": ("names", "features"),
    "plans": ("names", "summaries"),
    "invoices": ("name",),
    "orders": ("reference",),
    "payment_attempts": ("reference", "card_label"),
    "payments": ("reference",),
    "purchase_orders": ("number",),
    "invoice_recipients": ("name", "email"),
    "requests": ("note", "answer"),
    "request_steps": ("text",),
    "quotes": ("note", "approval_note", "answer"),
    "tax_rates": ("name",),
    "tax_exemptions": ("document",),
    "help_answers": ("words",),
    "invitations": ("name", "email"),
    "claims": ("number", "name", "organisation", "statement"),
    "passkeys": ("name",),
    "api_tokens": ("name", "ending"),
    "webhook_endpoints": ("url",),
    "webhook_events": ("type",),
}
# What only machines read: digests, and the codes of what a program may do and is told.
_DIGEST = re.compile(r"\b[0-9a-f]{12,}\b")
CODES = ("twd_live_", "http://localhost/sign-in/organisation/back", "webhook.test", *Scope, *EventType)
# Attributes that are read aloud, or shown.
SPOKEN = ("aria-label", "placeholder", "title", "alt")
# Words that are the same in every language: names of cards, kinds of files, the beginning of a payment reference.
NAMES = "American Express Mastercard Visa PDF CSV XML IBAN BIC SEPA ACH RF"
# Pages of another house, which only play their part in a demo.
OTHER_HOUSES = "sandbox_processor."


@pytest.fixture
def long_house(furnished: DemoHouse, tmp_path: Path) -> Iterator[DemoHouse]:
    """The furnished demo, in which English is that language."""
    with open_house(furnished.folder, tmp_path / "long") as house:
        speak_pseudo(house.app)
        yield house


def test_the_language_keeps_values_and_grows_by_two_fifths() -> None:
    said = pseudo("%(num)d seats of <b>%(name)s</b> &amp; 100%% more")
    assert all(part in said for part in ("%(num)d", "<b>%(name)s</b>", "&amp;", "%%"))
    assert len(pseudo("Change the billing frequency")) >= 1.4 * len("Change the billing frequency")
    assert without_sentences("⟦a ⟦b⟧ c⟧ Anna ⟦d⟧").split() == ["Anna"]


def test_every_sentence_on_every_page_can_be_translated(long_house: DemoHouse) -> None:
    known = set(_words_of_data(long_house))
    visits = [
        one
        for one in walk_everywhere(long_house, LANGUAGE)
        if one.page.status in (200, 404) and not one.endpoint.startswith(OTHER_HOUSES)
    ]
    assert len({one.endpoint for one in visits}) > 60
    unsaid = Counter(f"{words!r} [{visit.endpoint}]" for visit in visits for words in _outside(visit, known))
    assert unsaid == {}


def _outside(visit: Visit, known: set[str]) -> Iterator[str]:
    """Texts of a page with a word that is in no sentence and no data."""
    body = visit.page.root.all("body")
    known = known | set(_words_in([code.text for code in visit.page.root.all("code")]))
    for text in (text for one in body for text in _texts(one)):
        left = _DIGEST.sub("", without_sentences(text))
        unknown = [word for word in _WORD.findall(left) if word.casefold() not in known]
        if unknown:
            yield " ".join(unknown)


def _texts(element: Element) -> Iterator[str]:
    """Each block of a page as one text, because a sentence may hold marks of its own; and what is read aloud."""
    yield element.text
    for one in element.walk():
        yield from (one.attributes[name] for name in SPOKEN if one.attributes.get(name))
        if one.tag == "input" and one.get("type") in ("submit", "button"):
            yield one.get("value")


def _words_of_data(house: DemoHouse) -> Iterator[str]:
    seller = house.app.extensions["twodoor"].settings.seller
    locale = Locale("en")
    for value in (asdict(seller), dict(LANGUAGES), dict(locale.territories), dict(locale.currencies)):
        yield from _words_in(value)
    for kind in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield from _words_in(dict(locale.months[kind][width]))
            yield from _words_in(dict(locale.days[kind][width]))
            yield from _words_in(dict(locale.day_periods[kind][width]))
    yield from _words_in([house.cast.password, NAMES, *map(str, CODES)])
    yield from (_initials(one.name).casefold() for one in house.rows(Person))
    with house.database.read() as session:
        for name, columns in DATA.items():
            table = Base.metadata.tables[name]
            for row in session.execute(sa.select(*(table.c[column] for column in columns))):
                yield from _words_in(list(row))


def _initials(name: str) -> str:
    """The letters in the circle beside somebody's name."""
    words = name.split()
    return words[0][0] + words[-1][0]


def _words_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (word.casefold() for word in _WORD.findall(value))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _words_in(one)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for one in value:
            yield from _words_in(one)
