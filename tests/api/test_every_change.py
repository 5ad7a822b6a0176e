"""Whatever a program changes leaves one entry that names its token, and is done once however often it is sent."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.api import shapes
from portal.api.routes import OPERATIONS
from portal.shared.records.activity import Activity
from portal.shared.records.base import all_tables
from portal.shared.services.activity.verifying import verify
from portal.shared.services.integrations import repeating
from tests.support.program_changes import CHANGES, QUESTIONS
from tests.support.programs import Station

BY_NAME = {one.name: one for one in OPERATIONS}
WITH_A_KEY = sorted(one.name for one in OPERATIONS if one.needs_key)
OF_MONEY = sorted(one.name for one in OPERATIONS if one.method != "GET" and one.gives is shapes.Order)
# What the machine keeps for itself: how often a token asked, and when it did last.
OF_THE_MACHINE = {"api_paces", "api_tokens"}


def test_no_change_is_left_out() -> None:
    changing = {one.name for one in OPERATIONS if one.method != "GET"}
    assert changing == {*CHANGES, *QUESTIONS}


def test_whatever_moves_money_or_makes_something_needs_a_key() -> None:
    assert OF_MONEY == ["accept_quote", "place_order"]
    made = {one.name for one in OPERATIONS if 201 in one.statuses}
    assert made == set(WITH_A_KEY) >= set(OF_MONEY)


def kept(station: Station) -> dict[str, Any]:
    """What stands in every table."""
    with station.shop.database.read() as session:
        return {
            name: session.execute(sa.select(table)).all()
            for name, table in all_tables().tables.items()
            if name not in OF_THE_MACHINE
        }


# One entry for each; an accepted quote has one beside the order that it becomes.
ENTRIES = {
    "accept_quote": ["quote-accepted", "order-placed"],
    "assign_seats": ["seat-assigned"],
    "call_account": ["account-external-id-set"],
    "call_person": ["person-external-id-set"],
    "make_request": ["request-made"],
    "place_order": ["order-placed"],
    "reject_quote": ["quote-reject"],
    "seats_quote": ["quote-send"],
    "take_seat_away": ["seat-released"],
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_leaves_one_entry_that_names_its_token(station: Station, name: str) -> None:
    change, operation = CHANGES[name](station), BY_NAME[name]
    before = len(station.shop.rows(Activity))
    entries = []
    for told in (operation.statuses, {*operation.statuses, 404, 409}):  # the same again leaves nothing
        answer = change.program.ask(operation.method, change.path, json=change.body, key="a-key-of-mine")
        entries = station.shop.rows(Activity)[before:]
        assert [one.action for one in entries] == ENTRIES[name]
        assert answer.status_code in told, answer.text
    ending = (change.program.token or "")[-4:]
    for entry in entries:
        assert (entry.portal, entry.account_id) == ("api", change.account)
        assert entry.detail["api_token"].endswith(f"(…{ending})")
    with station.shop.database.read() as session:
        assert verify(session) == []


@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_a_question_keeps_nothing(station: Station, name: str) -> None:
    order = CHANGES["place_order" if name == "summary" else "seats_quote"](station)
    if name == "summary":
        terms = dict(order.body["changes"][0])
        path, body = f"/subscriptions/{terms.pop('subscription')}/summaries", terms
    else:
        path, body = order.path.replace("/quotes", "/summaries"), order.body
    before = kept(station)
    assert order.program.post(path, body).status_code == 200
    assert kept(station) == before


@pytest.mark.parametrize("name", WITH_A_KEY)
def test_a_key_stands_for_one_change_and_is_remembered_for_days(station: Station, name: str) -> None:
    change = CHANGES[name](station)
    for headers in ({}, {"Idempotency-Key": "short"}):
        refused = change.program.post(change.path, change.body, headers=headers)
        assert (refused.status_code, refused.json and refused.json["code"]) == (400, "key_missing")
    first = change.program.post(change.path, change.body, key="a-key-of-mine")
    assert first.status_code == 201, first.text
    before = {name: rows for name, rows in kept(station).items() if name != "jobs"}
    again = change.program.post(change.path, change.body, key="a-key-of-mine")
    assert (again.status_code, again.text) == (201, first.text)
    other = change.program.post(change.path, change.other, key="a-key-of-mine")
    assert (other.status_code, other.json and other.json["code"]) == (422, "key_reused")
    station.later(timedelta(hours=25))
    repeating.forget(station.shop.database, station.shop.clock.now())
    late = change.program.post(change.path, change.body, key="a-key-of-mine")
    assert late.status_code == 201
    assert (late.json or {}).get("reference") == (first.json or {}).get("reference")
    assert {name: rows for name, rows in kept(station).items() if name != "jobs"} == before


@pytest.mark.parametrize("name", OF_MONEY)
def test_what_is_still_running_is_said_to_be(
    station: Station, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change, asked = CHANGES[name](station), []
    processor = station.shop.processor
    charge, once = processor.charge, threading.Lock()

    def slow(**told: Any) -> Any:
        if once.acquire(blocking=False):
            asked.append(change.program.post(change.path, change.body, key="a-key-of-mine"))
            asked.append(change.program.post(change.path, change.other, key="a-key-of-mine"))
        return charge(**told)

    monkeypatch.setattr(processor, "charge", slow)
    first = change.program.post(change.path, change.body, key="a-key-of-mine")
    assert first.status_code == 201, first.text
    told = [(one.status_code, one.json and one.json["code"]) for one in asked]
    assert told == [(409, "on_its_way"), (422, "key_reused")]


@pytest.mark.parametrize("name", ["make_request", "seats_quote"])
def test_two_at_once_make_one(station: Station, name: str) -> None:
    change, answers = CHANGES[name](station), []

    def send() -> None:
        answer = change.program.post(change.path, change.body, key="a-key-of-mine")
        while answer.status_code == 503:  # a machine so busy that one waited too long: the key makes it safe
            answer = change.program.post(change.path, change.body, key="a-key-of-mine")
        answers.append(answer)

    threads = [threading.Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert len({one.json["number"] for one in answers if one.json}) == 1
