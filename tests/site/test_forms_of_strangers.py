"""No form works without the token of its own session, nor when it was sent from another site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from werkzeug.test import TestResponse

from tests.site import matrix
from tests.site.actors import Reached, actor, address, things
from tests.site.matrix import MATRIX
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Attack:
    """What a form is sent with."""

    token: Callable[[DemoHouse, Visitor], str | None]
    headers: dict[str, str]


def own(house: DemoHouse, visitor: Visitor) -> str | None:
    return visitor.token()


def another_sessions(house: DemoHouse, visitor: Visitor) -> str | None:
    return house.contact("monthly").token()


def text(token: str | None) -> Callable[[DemoHouse, Visitor], str | None]:
    return lambda *_: token


ATTACKS = {
    "no token": Attack(text(None), {}),
    "an empty token": Attack(text(""), {}),
    "a token of nobody": Attack(text("abc.def.ghi"), {}),
    "the token of another session": Attack(another_sessions, {"Origin": "http://localhost"}),
    "a foreign origin": Attack(own, {"Origin": "https://evil.example"}),
    "a hidden origin": Attack(own, {"Origin": "null"}),
    "the same name on another port": Attack(own, {"Origin": "http://localhost:81"}),
    "another site, says the browser": Attack(own, {"Sec-Fetch-Site": "cross-site"}),
    "a neighbouring site, says the browser": Attack(own, {"Sec-Fetch-Site": "same-site"}),
}


@pytest.mark.parametrize("kind", ATTACKS)
def test_no_form_takes_it(own_furnished: DemoHouse, kind: str) -> None:
    house, reached, attack = own_furnished, Reached(), ATTACKS[kind]
    reached.watch(house)
    known = things(house)
    visitors = {who: actor(house, who) for who in (matrix.CONTACT, matrix.CARE)}
    tokens = {who: attack.token(house, visitor) for who, visitor in visitors.items()}
    reached.endpoints.clear()
    before, tried = house.trace(), 0
    for endpoint, row in MATRIX.items():
        if endpoint.startswith("api."):  # no cookie opens those
            continue
        who = matrix.CARE if row.answers[matrix.CONTACT] != matrix.IN else matrix.CONTACT
        fields = {name: value.format(**known) for name, value in row.form.items()}
        token = tokens[who]
        fields |= {} if token is None else {"csrf_token": token}
        for rule in house.app.url_map.iter_rules(endpoint):
            if "POST" not in (rule.methods or ()):
                continue
            place = address(house, rule, known)
            answer = visitors[who].client.post(place, data=fields, headers=attack.headers)
            assert refused(answer), f"{rule.rule}: {answer.status}"
            assert reached.endpoints == [], rule.rule
            tried += 1
    assert house.trace() == before
    assert tried > 20


def test_the_same_forms_work_when_our_own_page_sends_them(own_furnished: DemoHouse) -> None:
    visitor = actor(own_furnished, matrix.CONTACT)
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    fields = {"csrf_token": visitor.token(), "vat_number": ""}
    answer = visitor.client.post("/billing/checkout/vat-number", data=fields, headers=headers)
    assert answer.status_code == 303


def refused(answer: TestResponse) -> bool:
    return answer.status_code == 400 and answer.location is None
