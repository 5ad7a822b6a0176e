"""The description says what is so: every address, every answer, and whatever programs could send."""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from portal.api.operations import Operation
from portal.api.routes import OPERATIONS, PREFIX
from tests.support.programs import Program, Station
from tests.support.quoting import QuoteDesk, item

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
CASES = 12  # of each operation; CASES × operations requests in all


def description(station: Station) -> dict[str, Any]:
    answer = station.program().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


def test_every_address_is_described_and_nothing_else(station: Station) -> None:
    told = {
        (method.upper(), PREFIX + path)
        for path, methods in description(station)["paths"].items()
        for method in methods
    }
    rules = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in station.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == rules
    assert len(told) == len(OPERATIONS)


def check(station: Station, operation: Operation, answer: TestResponse) -> None:
    """An answer is one of those that are described."""
    whole = description(station)
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", operation.path)
    told = whole["paths"][path][operation.method.lower()]["responses"]
    assert str(answer.status_code) in told, f"{operation.name}: {answer.status_code} {answer.text[:200]}"
    content = told[str(answer.status_code)].get("content", {})
    if answer.data and answer.status_code != 304:
        assert answer.mimetype in content, operation.name
        schema = content[answer.mimetype].get("schema")
        if schema:
            validator = jsonschema_rs.Draft202012Validator({**schema, "components": whole["components"]})
            validator.validate(answer.json)


def test_real_answers_are_as_described(station: Station) -> None:
    shop = station.shop
    who = shop.customer()
    number, program = shop.monthly(who), station.program(who)
    by_name = {one.name: one for one in OPERATIONS}
    seats = {"people": [{"email": "ada@example.com"}]}
    terms = {"plan": "standard", "seats": 7, "frequency": "monthly"}
    summary = program.post(f"/subscriptions/{number}/summaries", terms).json or {}
    order = {"digest": summary["digest"], "changes": [{"subscription": number, **terms}]}
    asked: list[tuple[str, str, Any]] = [
        ("account", "/account", None),
        ("subscriptions", "/subscriptions", None),
        ("subscription", f"/subscriptions/{number}", None),
        ("summary", f"/subscriptions/{number}/summaries", terms),
        ("place_order", "/orders", order),
        ("assign_seats", f"/subscriptions/{number}/seats", seats),
        ("seats", f"/subscriptions/{number}/seats", None),
        ("person_entitlements", "/entitlements?email=ada@example.com", None),
        ("product_entitlements", "/products/assist/entitlements/ada@example.com", None),
        ("invoices", "/invoices", None),
        ("make_request", "/requests", {"note": "Please call us."}),
        ("requests", "/requests", None),
        ("request", "/requests/1", None),
    ]
    for name, path, body in asked:
        operation = by_name[name]
        answer = program.ask(operation.method, path, json=body, key="one-key-each" + name)
        assert answer.status_code < 300, f"{name}: {answer.text}"
        check(station, operation, answer)
    name = program.get("/invoices").json["items"][0]["name"]  # type: ignore[index]
    pdf = program.get(f"/invoices/{name}/pdf")
    assert pdf.data.startswith(b"%PDF")
    check(station, by_name["invoice_pdf"], pdf)
    check(station, by_name["invoice"], program.get(f"/invoices/{name}"))
    xml = program.get(f"/invoices/{name}/xml")
    check(station, by_name["invoice_xml"], xml)
    (seat,) = program.get(f"/subscriptions/{number}/seats").json["items"]  # type: ignore[index]
    gone = program.ask("DELETE", f"/subscriptions/{number}/seats/{seat['id']}")
    assert gone.status_code == 204
    check(station, by_name["take_seat_away"], gone)


def test_a_quote_is_read_and_accepted_as_it_was_seen(station: Station) -> None:
    desk = QuoteDesk(station.shop)
    who = desk.customer(invoice_terms_days=30)
    by_name = {one.name: one for one in OPERATIONS}
    contract = station.shop.annual(who)
    first = desk.sent(item(contract, station.shop.catalogue.plus, 8), who=who)
    program = station.program(who)
    listed = program.get("/quotes")
    check(station, by_name["quotes"], listed)
    read = program.get(f"/quotes/{first}")
    check(station, by_name["quote"], read)
    assert read.json is not None
    sent = {"digest": read.json["summary"]["digest"], "on_invoice": True}
    answers = [program.post(f"/quotes/{first}/accept", sent, key="accept-4711") for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201], answers[0].text
    assert answers[0].json == answers[1].json
    check(station, by_name["accept_quote"], answers[0])
    late = program.post(f"/quotes/{first}/reject", {"reason": "Too dear"})
    assert (late.status_code, late.json and late.json["code"]) == (409, "quote_closed")


@pytest.mark.slow
@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # what is read and described knows no database
def test_whatever_a_program_sends_is_answered_as_described(station: Station) -> None:
    assert fuzz(station, CASES) == []


def fuzz(station: Station, cases: int) -> list[str]:
    """Ask so often of each operation, with what the description allows and with what it does not."""
    shop = station.shop
    who = shop.customer()
    shop.monthly(who)
    program: Program = station.program(who)
    schema = schemathesis.openapi.from_wsgi(f"{PREFIX}/openapi.json", station.app)
    broken: list[str] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def one(case: schemathesis.Case[Any]) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {program.token}"})
            try:
                case.validate_response(answer, checks=CHECKS)
            except Exception as error:  # noqa: BLE001  # all of them are told at the end
                broken.append(f"{case.method} {case.path}: {answer.status_code} {error}"[:600])

        given(case=operation.as_strategy())(one)()
    return broken
