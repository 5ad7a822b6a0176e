"""Every form of both portals as people are shown it: where it is sent to, by whom, and with which fields."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.site import matrix
from tests.site.actors import actor, address, things
from tests.site.matrix import ACTORS, MATRIX
from tests.site.walking import links_of
from tests.support.demo_house import DemoHouse
from tests.support.html import Element, Form
from tests.support.visitor import Page, Visitor

# Forms about ourselves in the browser: sent with anything, they end or hide what the next form needs.
ENDS_THE_SESSION = {"front.sign_out", "front.end_session", "front.end_other_sessions"}
ALIKE = 3  # pages of one kind that are looked at along the links of one person
_FILE = re.compile(r"(csv|json|pdf|xml|css)$|^/static|^/demo/mail/")
TOKEN = "csrf_token"


@dataclass(frozen=True, slots=True)
class Field:
    """A field as the page has it: what stands in it, its kind, and what may be chosen."""

    value: str
    kind: str = "text"
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class Offer:
    """A form: the address it is sent to, who may send it, and its fields by name."""

    endpoint: str
    method: str
    path: str
    who: str
    fields: dict[str, Field] = field(default_factory=dict)

    def filled(self) -> dict[str, str]:
        """What the page would send."""
        return {name: one.value for name, one in self.fields.items()}


def find_offers(house: DemoHouse) -> dict[str, Offer]:
    """Every form that takes something (POST), as the pages show it; where none shows it, as the matrix fills it in."""
    offers = _from_the_matrix(house)
    for seen in _forms_on_pages(house):
        offer = offers.setdefault(
            seen.endpoint, Offer(seen.endpoint, "post", seen.path, seen.who, dict(seen.fields))
        )
        if seen.path == offer.path:  # the very thing of the matrix: what the matrix fills in counts
            offer.fields = {**seen.fields, **{k: v for k, v in offer.fields.items() if v.value}}
        else:
            offer.fields = {**seen.fields, **offer.fields}
        for name, own in seen.fields.items():  # the page knows its kind
            before = offer.fields[name]
            offer.fields[name] = Field(before.value, own.kind, own.choices)
    for offer in offers.values():
        offer.fields.pop(TOKEN, None)
    return offers


def _from_the_matrix(house: DemoHouse) -> dict[str, Offer]:
    known = things(house)
    found = {}
    for rule in _rules(house, "POST"):
        row = MATRIX[rule.endpoint]
        who = next((name for name in ACTORS if row.answers[name] == matrix.IN), None)
        if who is None:
            continue
        fields = {name: Field(text.format(**known)) for name, text in row.form.items()}
        found[rule.endpoint] = Offer(rule.endpoint, "post", address(house, rule, known), who, fields)
    return found


def _forms_on_pages(house: DemoHouse) -> Iterator[Offer]:
    """Every form that anybody is shown, from the addresses of the matrix and along the links of the desk."""
    for who, page in [*_of_the_matrix(house), *_along_links(house)]:
        yield from _forms(house, who, page)


def _forms(house: DemoHouse, who: str, page: Page) -> Iterator[Offer]:
    """The forms (POST) of a page."""
    addresses = house.app.url_map.bind("localhost")
    for form in page.forms if page.status == 200 else ():
        path = urlsplit(form.action).path or page.path
        try:
            endpoint, _ = addresses.match(path, method=form.method.upper())
        except HTTPException:
            continue
        if form.method == "post":
            yield Offer(str(endpoint), form.method, path, who, _fields(form))


def _of_the_matrix(house: DemoHouse) -> Iterator[tuple[str, Page]]:
    known = things(house)
    for who in (matrix.ANONYMOUS, matrix.CONTACT, matrix.ADMIN, matrix.CORPORATE_CONTACT, matrix.CARE):
        visitor = actor(house, who)
        for rule in _rules(house, "GET"):
            if MATRIX[rule.endpoint].answers[who] == matrix.IN and not _FILE.search(rule.rule):
                yield who, visitor.get(address(house, rule, known), follow=False)


def _along_links(house: DemoHouse) -> Iterator[tuple[str, Page]]:
    for who in (matrix.CORPORATE_CONTACT, matrix.REP, matrix.MANAGER, matrix.CARE):
        yield from ((who, page) for page in _walk(house, actor(house, who)))


def offers_along_links(house: DemoHouse, who: str) -> tuple[Visitor, dict[str, Offer]]:
    """Somebody who is signed in, and every form they are shown along the links."""
    visitor, found = actor(house, who), dict[str, Offer]()
    for page in _walk(house, visitor):
        for one in _forms(house, who, page):
            one.fields.pop(TOKEN, None)
            found.setdefault(one.endpoint, one)
    return visitor, found


def _walk(house: DemoHouse, visitor: Visitor) -> Iterator[Page]:
    """The pages along the links, a few of each kind."""
    addresses = house.app.url_map.bind("localhost")
    waiting, seen, often = ["/"], set[str](), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        if path in seen or _FILE.search(path):
            continue
        seen.add(path)
        page = visitor.get(path)
        yield page
        for link in links_of(page):
            try:
                endpoint, _ = addresses.match(urlsplit(link).path)
            except HTTPException:
                continue
            often[endpoint] += link not in seen
            if often[endpoint] <= ALIKE and not endpoint.startswith(("help.", "front.")):
                waiting.append(link)


def _fields(form: Form) -> dict[str, Field]:
    sent = dict(form.fields)
    found: dict[str, Field] = {}
    for control in form.controls:
        name = control.get("name")
        if name:
            found[name] = _field(control, sent.get(name, ""), found.get(name))
    return found


def _field(control: Element, value: str, before: Field | None) -> Field:
    kind = control.get("type") or {"textarea": "textarea", "select": "select"}.get(control.tag, "text")
    choices = [one.attributes.get("value", one.text) for one in control.all("option")]
    if kind in ("radio", "checkbox", "submit", "hidden") and control.get("value"):
        choices = [*(before.choices if before else ()), control.get("value")]
    return Field(
        value or (choices[0] if kind in ("radio", "submit") and choices else ""), kind, tuple(choices)
    )


def _rules(house: DemoHouse, method: str) -> list[Rule]:
    """The addresses for people; what programs ask has no forms (tests/api)."""
    rules = (one for one in house.app.url_map.iter_rules() if not one.endpoint.startswith("api."))
    return [rule for rule in rules if method in (rule.methods or ())]


def written(offers: Mapping[str, Offer]) -> str:
    """The offers as JSON."""
    return json.dumps([asdict(one) for one in offers.values()])


def read(text: str) -> dict[str, Offer]:
    """The offers, from JSON."""
    found = [Offer(**one) for one in json.loads(text)]
    for offer in found:
        offer.fields = {
            name: Field(about["value"], about["kind"], tuple(about["choices"]))
            for name, about in cast(dict[str, Any], offer.fields).items()
        }
    return {one.endpoint: one for one in found}
