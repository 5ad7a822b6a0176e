"""Errors are pages too: a sentence, a number to quote, a way on, and every header (the house itself looks at those)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.datastructures import Headers

from portal.shared.web.entrance.languages import LANGUAGES
from tests.support.demo_house import DemoHouse
from tests.support.headers import missing_protection
from tests.support.page_rules import broken_rules
from tests.support.sentences import sentences
from tests.support.visitor import Page, Visitor


def break_invoices(house: DemoHouse) -> None:
    def bug() -> str:
        raise ZeroDivisionError("the value of a secret")

    house.app.view_functions["self_service.invoices"] = bug


ERRORS: dict[str, tuple[int, Callable[[Visitor], Page]]] = {
    "no such page": (404, lambda visitor: visitor.get("/billing/nothing")),
    "no such subscription": (404, lambda visitor: visitor.get("/billing/subscriptions/999999/edit")),
    "a number too large": (404, lambda visitor: visitor.get(f"/billing/subscriptions/{2**64}/edit")),
    "a method it has not": (405, lambda visitor: visitor.post("/billing/invoices", token(visitor))),
    "a form without its token": (400, lambda visitor: visitor.post("/billing/checkout/place", {})),
    "too much": (
        413,
        lambda visitor: visitor.post("/language", {**token(visitor), "language": "x" * 2_000_000}),
    ),
    "NUL": (400, lambda visitor: visitor.get("/billing/?why=%00")),
    "a language we do not speak": (
        400,
        lambda visitor: visitor.post("/language", {**token(visitor), "language": "tlh"}),
    ),
    "a bug": (500, lambda visitor: visitor.get("/billing/invoices")),
}


def token(visitor: Visitor) -> dict[str, str]:
    return {"csrf_token": visitor.token()}


# Each kind in two languages, in turn: all of them say the same sentences.
_TURNS = list(LANGUAGES)
_IN_TURN = [
    (kind, _TURNS[(number + step) % len(_TURNS)]) for number, kind in enumerate(ERRORS) for step in (0, 3)
]


@pytest.mark.parametrize(("kind", "language"), _IN_TURN)
def test_an_error_is_a_page(house: DemoHouse, kind: str, language: str) -> None:
    status, ask = ERRORS[kind]
    visitor = house.contact("monthly", language=language)
    if kind == "a bug":
        break_invoices(house)
    page = ask(visitor)
    assert page.status == status
    assert broken_rules(page, language, house_name(house)) == []
    reference = sentences(language)("Reference: %(number)s", number="")
    assert " ".join(reference.split()) in page.text
    assert page.root.all("main")[0].all("a"), "there is a way on"
    assert "Traceback" not in page.html
    assert "secret" not in page.html


def test_a_fragment_gets_its_error_as_a_fragment(house: DemoHouse) -> None:
    page = house.contact("monthly").get(
        "/billing/subscriptions/999999/summary", headers={"HX-Request": "true"}
    )
    assert page.status == 404
    assert page.root.all("html", "main") == []
    assert page.root.all(role="alert")


def test_the_house_would_notice_a_missing_header() -> None:
    assert len(missing_protection("/", 200, Headers())) > 5
    assert missing_protection(
        "/x", 200, Headers({"Content-Security-Policy": "default-src 'none'; script-src *"})
    )


def house_name(house: DemoHouse) -> str:
    name: str = house.app.extensions["twodoor"].settings.seller.name
    return name
