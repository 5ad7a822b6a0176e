"""What only the representative can do: asked for by a form or a task link, followed step by step, withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.requests import Request
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

NEW = "/corp-billing/requests/new"
ASSIST = "gotoassist-remote-support-v5"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


def ask(contact: Visitor, kind: str, **typed: str) -> Page:
    return contact.send(contact.get(f"{NEW}?kind={kind}"), "/requests/new", typed)


def of_account(house: DemoHouse) -> list[Request]:
    return house.rows(Request, account_id=house.account_id("corporate"))


def last(house: DemoHouse) -> Request:
    return of_account(house)[-1]


def whole(house: DemoHouse, kind: str) -> dict[str, str]:
    """What makes a form of this kind whole."""
    subscription = str(house.subscription_id("corporate"))
    return {
        "frequency": {"subscription": subscription, "frequency": "monthly"},
        "other-product": {"product": ASSIST, "seats": "12"},
        "country": {"country": "PT"},
        "billing-contact": {"name": "Lia Costa", "email": "lia@horizonte.example", "reason": "I leave."},
        "cancellation": {"subscription": subscription},
        "other": {"note": "Please call us."},
    }[kind]


KINDS = ("frequency", "other-product", "country", "billing-contact", "cancellation", "other")


def test_the_page_offers_everything_only_the_representative_can_do(contact: Visitor) -> None:
    page = contact.get(NEW)
    for title in ("Another billing frequency", "Another product", "Another country", "Something else"):
        assert title in page.text
    assert "A lower plan" not in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []


@pytest.mark.parametrize("kind", KINDS)
def test_it_gets_a_number_an_owner_and_a_state(house: DemoHouse, contact: Visitor, kind: str) -> None:
    mails = len(house.rows(OutboxMail, kind="request-made"))
    answer = ask(contact, kind, **whole(house, kind))
    number = last(house).number
    assert answer.heading == f"Request {number}"
    assert "Waiting for your representative" in answer.text
    assert f"Your representative has your request, number {number}." in answer.all_text
    assert last(house).kind == kind
    assert f"#{number}" in contact.get("/corp-billing/requests").text
    assert len(house.rows(OutboxMail, kind="request-made")) == mails + 1
    assert broken_rules(answer, "en", "Exemplo Software") == []


BAD = {
    "no subscription": ("frequency", {"subscription": ""}, "subscription"),
    "another account's subscription": ("frequency", {"subscription": "1"}, "subscription"),
    "no frequency": ("frequency", {"frequency": "weekly"}, "frequency"),
    "the present frequency": ("frequency", {"frequency": "annual"}, "frequency"),
    "no product": ("other-product", {"product": "spaceship"}, "product"),
    "no seats": ("other-product", {"seats": ""}, "seats"),
    "no whole seats": ("other-product", {"seats": "1.5"}, "seats"),
    "other digits": ("other-product", {"seats": "١٢"}, "seats"),
    "too many seats": ("other-product", {"seats": "9" * 40}, "seats"),
    "no country": ("country", {"country": ""}, "country"),
    "no such country": ("country", {"country": "XX"}, "country"),
    "the present country": ("country", {"country": "BR"}, "country"),
    "no name": ("billing-contact", {"name": " "}, "name"),
    "a name without end": ("billing-contact", {"name": "a" * 200}, "name"),
    "no address": ("billing-contact", {"email": "lia@"}, "email"),
    "two addresses": ("billing-contact", {"email": "a@b.example, c@d.example"}, "email"),
    "no reason": ("billing-contact", {"reason": ""}, "reason"),
    "nothing to cancel": ("cancellation", {"subscription": "0"}, "subscription"),
    "nothing said": ("other", {"note": ""}, "note"),
    "a note without end": ("other", {"note": "a" * 2001}, "note"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_wish_gets_a_sentence_and_keeps_what_was_typed(
    house: DemoHouse, contact: Visitor, name: str
) -> None:
    kind, typed, field = BAD[name]
    page = contact.get(f"{NEW}?kind={kind}")
    before = house.trace()
    answer = contact.send(page, "/requests/new", {**whole(house, kind), **typed})
    assert answer.status == 422
    assert answer.problem(field)
    assert len(answer.problems) == 1
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert house.trace() == before


@pytest.mark.parametrize("kind", ["", "lower-plan", "dispute", "nonsense"])
def test_a_form_of_no_kind_shows_what_can_be_asked_for(house: DemoHouse, contact: Visitor, kind: str) -> None:
    before = house.trace()
    answer = contact.post(NEW, {"csrf_token": contact.token(), "kind": kind, "note": "Hello."})
    assert answer.status == 422
    assert "What is it about?" in answer.text
    assert house.trace() == before


@pytest.mark.parametrize(
    ("task", "heading", "field"),
    [
        ("change-frequency", "Another billing frequency", "subscription"),
        ("add-product", "Another product", "product"),
        ("change-plan", "Change the plan", "note"),
        ("remove-seats", "Remove seats", "note"),
    ],
)
def test_a_task_link_fills_the_form(
    house: DemoHouse, contact: Visitor, task: str, heading: str, field: str | None
) -> None:
    page = contact.get(f"/go/{task}?product={ASSIST}")
    assert page.heading == heading
    assert "your representative does that. Ask for it here" in page.all_text
    if field == "subscription":
        assert page.value(field) == str(house.subscription_id("corporate"))
    elif field == "note":
        assert "GoToAssist Remote Support v5" in str(page.value(field))
    elif field is not None:
        assert page.value(field) == ASSIST


def test_the_customer_sees_everything_that_happens_and_both_sides_the_same(
    house: DemoHouse, contact: Visitor
) -> None:
    ask(contact, "other", note="Please call us.\nToday, if you can.")
    request = last(house)
    rep = house.visitor(house.email("rep"))
    page = rep.get("/corp-billing/desk/requests")
    assert f"Grupo Horizonte S.A. #{request.number}" in page.text
    path = f"/corp-billing/desk/requests/{request.id}"
    taken = rep.send(rep.get(path), "/take")
    assert "It is yours" in taken.all_text
    noted = rep.post(f"{path}/note", dict(taken.form("/decline").fields) | {"answer": "At which number?"})
    assert noted.path == path
    seen = contact.get(f"/corp-billing/requests/{request.number}")
    for said in ("takes care of it.", "At which number?", "Today, if you can.", "Being worked on"):
        assert said in seen.text
    done = rep.post(f"{path}/carry-out", dict(noted.form("/decline").fields) | {"answer": "We have called."})
    assert done.path == "/corp-billing/desk/requests"
    seen = contact.get(f"/corp-billing/requests/{request.number}")
    assert "We have called." in seen.text
    assert not seen.has_form("/withdraw")
    mails = [mail for mail in house.rows(OutboxMail) if mail.payload.get("number") == request.number]
    assert [mail.kind for mail in mails if mail.recipient == house.email("corporate")] == [
        "request-made",
        "request-taken",
        "request-note",
        "request-answered",
    ]


def test_a_request_is_withdrawn_and_the_desk_is_told(house: DemoHouse, contact: Visitor) -> None:
    asked = ask(contact, "other", note="Please call us.")
    request = last(house)
    rep = house.visitor(house.email("rep"))
    path = f"/corp-billing/desk/requests/{request.id}"
    page = rep.get(path)
    answer = contact.send(asked, "/withdraw")
    assert "The request is withdrawn." in answer.all_text
    assert "Withdrawn" in answer.text
    late = rep.send(page, "/decline", {"answer": "No."})
    assert "The customer has withdrawn this request." in late.all_text
    assert "No." not in contact.get(f"/corp-billing/requests/{request.number}").text
    again = contact.post(f"/corp-billing/requests/{request.number}/withdraw", {"csrf_token": contact.token()})
    assert "This request has ended already." in again.all_text


def test_only_ones_own_requests_exist(house: DemoHouse, contact: Visitor) -> None:
    assert contact.get("/corp-billing/requests/99").status == 404
    ask(contact, "other", note="Please call us.")
    request = last(house)
    path = f"/corp-billing/desk/requests/{request.id}"
    assert house.visitor(house.email("care")).get(path).status == 404
    for act in ("take", "hand-back", "note", "carry-out", "decline"):
        care = house.visitor(house.email("care"))
        assert care.post(f"{path}/{act}", {"csrf_token": care.token(), "answer": "No."}).status == 404


# --- disputes -------------------------------------------------------------------------------------------------------


def invoice_name(house: DemoHouse) -> str:
    return str(house.rows(Invoice, account_id=house.account_id("corporate"))[-1].name)


def test_an_invoice_is_disputed_on_the_spot(house: DemoHouse, contact: Visitor) -> None:
    invoice = contact.get(f"/corp-billing/invoices/{invoice_name(house)}")
    (path,) = [one.get("href") for one in invoice.root.all("a") if one.get("href").endswith("/dispute")]
    page = contact.get(path)
    assert "An invoice can be disputed for 15 days" in page.text
    empty = contact.send(page, "/dispute", {"reason": " "})
    assert (empty.status, empty.problem("reason") is not None) == (422, True)
    answer = contact.send(empty, "/dispute", {"reason": "We ordered ten seats."})
    assert answer.heading == f"Request {last(house).number}"
    assert f"Invoice {invoice_name(house)}" in answer.text
    assert broken_rules(answer, "en", "Exemplo Software") == []


def test_an_old_invoice_cannot_be_disputed_by_a_page_that_was_kept(house: DemoHouse) -> None:
    path = f"/corp-billing/invoices/{invoice_name(house)}/dispute"
    house.clock.advance(timedelta(days=4))
    contact = house.contact("corporate")
    page = contact.get(path)
    assert not page.has_form("/dispute")
    assert "can no longer be disputed" in page.text
    before = house.trace()
    late = contact.post(path, {"csrf_token": contact.token(), "reason": "Too many seats."})
    assert late.status == 409
    assert house.trace() == before


def test_the_invoice_of_another_account_does_not_exist(house: DemoHouse, contact: Visitor) -> None:
    theirs = house.rows(Invoice, account_id=house.account_id("monthly"))[-1].name
    assert contact.get(f"/corp-billing/invoices/{theirs}/dispute").status == 404
