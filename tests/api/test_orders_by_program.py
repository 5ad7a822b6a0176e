"""Ordering by a program: the digest is the promise, the key makes it once."""

from __future__ import annotations

from typing import Any

from portal.shared.domain.order_states import OrderState
from portal.shared.records.orders import Order
from tests.support.programs import Program, Station
from tests.support.shop import want

TERMS = {"plan": "standard", "seats": 9, "frequency": "monthly"}


def seen(program: Program, number: int, terms: dict[str, Any] = TERMS) -> dict[str, Any]:
    """A summary, and the order that would take it."""
    summary = program.post(f"/subscriptions/{number}/summaries", terms).json
    assert summary is not None
    return {"digest": summary["digest"], "changes": [{"subscription": number, **terms}]}


def test_one_key_is_one_order(station: Station) -> None:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    wanted = seen(program, number)
    answers = [program.post("/orders", wanted, key="order-4711") for _ in range(3)]
    assert [one.status_code for one in answers] == [201] * 3
    assert len({one.text for one in answers}) == 1
    reference = answers[0].json and answers[0].json["reference"]
    assert program.get(f"/orders/{reference}").json == answers[0].json
    assert station.shop.subscription(number).seats == 9

    other = program.post("/orders", {**wanted, "payment_method": 5}, key="order-4711")
    assert (other.status_code, other.json and other.json["code"]) == (422, "key_reused")
    assert len(station.shop.rows(Order, idempotency_key="api:order-4711")) == 1


def test_without_a_usable_key_nothing_is_ordered(station: Station) -> None:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    wanted = seen(program, number)
    for key in (None, "", "short", "ü" * 20, "a" * 101):
        headers = {} if key is None else {"Idempotency-Key": key.encode().decode("latin-1")}
        answer = program.post("/orders", wanted, headers=headers)
        assert (answer.status_code, answer.json and answer.json["code"]) == (400, "key_missing"), key


def test_what_was_not_seen_is_not_charged(station: Station) -> None:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    wanted = seen(program, number)
    station.shop.order(who, want(number, station.shop.catalogue.standard, 7))
    before = station.shop.captured()
    answer = program.post("/orders", wanted, key="order-4711")
    assert (answer.status_code, answer.json and answer.json["code"]) == (409, "moved")
    assert answer.json is not None
    assert station.shop.captured() == before
    again = {**wanted, "digest": answer.json["summary"]["digest"]}
    assert program.post("/orders", again, key="order-4712").status_code == 201


def test_the_policy_refuses_with_its_own_word(station: Station) -> None:
    who = station.shop.customer()
    number = station.shop.monthly(who, station.shop.catalogue.plus)
    program = station.program(who)
    refused = {
        "lower_plan": {**TERMS, "plan": "standard"},
        "unknown_plan": {**TERMS, "plan": "no such plan"},
        "seats_too_many": {**TERMS, "plan": "plus", "seats": 501},
        "nothing_changes": {"plan": "plus", "seats": 5, "frequency": "monthly"},
        "not_sold": {**TERMS, "plan": "premium"},
    }
    for code, terms in refused.items():
        answer = program.post(f"/subscriptions/{number}/summaries", terms)
        assert (answer.status_code, answer.json and answer.json["code"]) == (422, code)


def test_a_declined_card_changes_nothing(station: Station) -> None:
    who = station.shop.customer(card="declined")
    number, program = station.shop.monthly(who), station.program(who)
    answer = program.post("/orders", seen(program, number), key="order-4711")
    assert (answer.status_code, answer.json and answer.json["code"]) == (402, "declined")
    assert station.shop.subscription(number).seats == 5


def test_a_bank_that_wants_a_person_gets_one(station: Station) -> None:
    who = station.shop.customer(card="needs_confirmation")
    number, program = station.shop.monthly(who), station.program(who)
    answer = program.post("/orders", seen(program, number), key="order-4711")
    assert (answer.status_code, answer.json and answer.json["state"]) == (202, "awaiting_confirmation")
    assert answer.json is not None
    assert answer.json["confirmation_url"].startswith("http")
    busy = program.post("/orders", seen(program, number), key="order-4712")
    assert (busy.status_code, busy.json and busy.json["code"]) == (409, "busy")
    station.shop.answer_bank(answer.json["reference"], approved=True)
    assert station.shop.resume(answer.json["reference"]) is OrderState.PLACED
    assert program.get(f"/orders/{answer.json['reference']}").json["state"] == "placed"  # type: ignore[index]


WRONG: dict[str, Any] = {
    "not an object": [],
    "a text for a number": {**TERMS, "seats": "9"},
    "a half": {**TERMS, "seats": 1.5},
    "true for a number": {**TERMS, "seats": True},
    "none": {**TERMS, "seats": 0},
    "below none": {**TERMS, "seats": -1},
    "beyond 63 bits": {**TERMS, "seats": 2**63},
    "a price": {**TERMS, "unit": 1},
    "another word": {**TERMS, "frequency": "weekly"},
    "a NUL": {**TERMS, "plan": "\0"},
    "half a letter": {**TERMS, "plan": "\ud800"},
    "missing": {"plan": "plus"},
    "deep": {**TERMS, "release": [[[[1]]]]},
}


def test_what_is_not_described_is_refused_with_the_place(station: Station) -> None:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    for kind, sent in WRONG.items():
        answer = program.post(f"/subscriptions/{number}/summaries", sent)
        assert (answer.status_code, answer.json and answer.json["code"]) == (422, "unfit"), kind
        assert answer.json is not None
        assert answer.json["errors"], kind


UNREADABLE = (
    (b"{", "application/json", 400),
    (b"{}", "text/plain", 415),
    (b"[" * 100_000, "application/json", 400),
    (b" " * 2_000_000, "application/json", 413),
)


def test_what_is_no_json_is_refused(station: Station) -> None:
    who = station.shop.customer()
    number, program = station.shop.monthly(who), station.program(who)
    for body, kind, status in UNREADABLE:
        answer = program.ask("POST", f"/subscriptions/{number}/summaries", data=body, content_type=kind)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), body[:5]
