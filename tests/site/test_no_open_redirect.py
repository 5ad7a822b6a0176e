"""Nothing a stranger writes into a link of ours leads anybody out of the house: sixty-eight forms at every door."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from portal.shared.records.people import Membership, Person
from tests.support.demo_house import DemoHouse
from tests.support.hostile import EVIL, HOSTILE, leaves
from tests.support.html import read_html
from tests.support.visitor import Visitor

PASSWORD = "two-doors-demo"
Known = dict[str, str]  # what a form needs besides: the token, an address of mail, an account
Knock = Callable[[Visitor, Known, str], TestResponse]


def asking(path: str, *names: str) -> Knock:
    """Look at a page with this in its address, under every one of these names."""
    return lambda visitor, _, text: visitor.client.get(path, query_string=dict.fromkeys(names, text))


def sending(path: str, *names: str, **others: str) -> Knock:
    """Send a form with this in its fields."""
    return lambda visitor, known, text: visitor.client.post(
        path.format(**known),
        data={
            "csrf_token": known["token"],
            **{name: value.format(**known) for name, value in others.items()},
            **dict.fromkeys(names, text),
        },
    )


def in_the_path(visitor: Visitor, _: Known, text: str) -> TestResponse:
    """As the name of a task."""
    return visitor.client.get("/go/" + quote(text, safe=""))


def as_the_page_before(visitor: Visitor, known: Known, text: str) -> TestResponse:
    """As the page from which a form was sent whose session has ended: one comes back to it."""
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = "a session that has ended"
    before = text.encode("ascii", "replace").decode().translate({13: None, 10: None})
    return visitor.client.post(
        "/accounts/1", data={"csrf_token": known["token"]}, headers={"Referer": before}
    )


def as_a_fragment(visitor: Visitor, _: Known, text: str) -> TestResponse:
    """In the address of a part of a page."""
    return visitor.client.get("/accounts", query_string={"next": text}, headers={"HX-Request": "true"})


ADDRESSES = ("href", "src", "action", "formaction")
WISH = ("task", "product", "why", "next")
DOORS: dict[str, Knock] = {
    "the sign-in page": asking("/sign-in", "next", "why"),
    "signing in": sending("/sign-in", "next", email="{email}", password=PASSWORD),
    "a wrong password": sending("/sign-in", "next", email="{email}", password="no"),
    "signing out": sending("/sign-out", "next"),
    "choosing an account": sending("/accounts/{account}", "next"),
    "the page of accounts": asking("/accounts", "next", "why"),
    "the language": sending("/language", "next", language="en"),
    "the front door": asking("/", *WISH),
    "a task link": asking("/go/change-plan", "product", "next", "why"),
    "the task itself": in_the_path,
    "choosing a subscription": asking("/choose-subscription", *WISH),
    "the page of who is not the contact": asking("/not-the-billing-contact", *WISH),
    "writing to the contact": sending("/not-the-billing-contact/write", *WISH),
    "a page of a portal": asking("/billing/", *WISH),
    "a page of the other portal": asking("/corp-billing/invoices", *WISH),
    "the page before": as_the_page_before,
    "a fragment": as_a_fragment,
}
ENDS_THE_SESSION = frozenset({"signing in", "signing out", "the page before"})
# Only these pages are others for somebody without billing rights.
OF_AN_ADMIN = ("choosing a subscription", "the page of who is not the contact", "writing to the contact")
PEOPLE: dict[str, tuple[str | None, tuple[str, ...]]] = {
    "nobody": (None, tuple(DOORS)),
    "a contact of two accounts": ("two-types", tuple(DOORS)),
    "an admin": ("admin-only", OF_AN_ADMIN),
}


def test_there_are_as_many_forms_as_were_promised() -> None:
    assert len(set(HOSTILE.values())) >= 60
    assert sum(leaves(text) for text in HOSTILE.values()) >= 30
    assert not any(leaves(text) for text in ("/accounts?next=//x", "accounts", "mailto:a@b.example", "#top"))


@pytest.mark.parametrize(("story", "doors"), PEOPLE.values(), ids=PEOPLE.keys())
def test_no_door_leads_out(house: DemoHouse, story: str | None, doors: tuple[str, ...]) -> None:
    email = house.email(story) if story else None
    led_out = []
    for door, knock in ((door, DOORS[door]) for door in doors):
        visitor, known = _at_the_door(house, email)
        for what, text in HOSTILE.items():
            answer = knock(visitor, known, text)
            assert answer.status_code < 500, (door, what)
            led_out += [f"{door}, {what}: {found}" for found in _ways_out(answer)]
            if door in ENDS_THE_SESSION:
                visitor, known = _at_the_door(house, email)
    assert led_out == []


def _at_the_door(house: DemoHouse, email: str | None) -> tuple[Visitor, Known]:
    visitor = house.visitor(email)
    account = house.rows(Membership)[0].account_id
    if email is not None:
        (person,) = house.rows(Person, email=email)
        account = house.rows(Membership, person_id=person.id)[0].account_id
    return visitor, {"token": visitor.token(), "email": house.email("monthly"), "account": str(account)}


def _ways_out(answer: TestResponse) -> list[str]:
    """Every address of an answer that leads elsewhere: in its headers, its links, and its forms."""
    found = [
        answer.headers[name] for name in ("Location", "HX-Redirect", "Refresh") if name in answer.headers
    ]
    assert EVIL not in answer.headers.get("Set-Cookie", "")
    if answer.mimetype == "text/html":
        root = read_html(answer.text)
        assert not [one for one in root.walk() if "onfocus" in one.attributes or "alert(1)" in one.children]
        found += [one.attributes[name] for one in root.walk() for name in ADDRESSES if name in one.attributes]
        found += [one.get("value") for one in root.all("input", name="next")]
    return [one for one in found if leaves(one)]
