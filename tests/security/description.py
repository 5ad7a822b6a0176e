"""The forms as a description of an API (OpenAPI), and schemathesis that sends whatever it allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi.checks import status_code_conformance

from tests.security.offered import TOKEN, Field, Offer

# What a form may be answered: done, led on, refused with a sentence. Never anything else.
ANSWERS = ("200", "302", "303", "400", "403", "404", "405", "409", "413", "422", "429")
_FORMATS = {"date": "date", "email": "email", "url": "uri"}


def described(offers: Iterable[Offer], token: str = "") -> dict[str, Any]:
    """The description of these forms; each carries the token of its session as the only value there is."""
    paths = {offer.path: {offer.method: _operation(offer, token)} for offer in offers}
    return {"openapi": "3.0.3", "info": {"title": "Forms", "version": "1"}, "paths": paths}


def _operation(offer: Offer, token: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: _schema(one) for name, one in offer.fields.items()}
    if token:
        fields[TOKEN] = {"type": "string", "enum": [token]}
    schema = {"type": "object", "properties": fields, "required": list(fields)}
    body = {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": schema}}}
    answers = {code: {"description": "An answer of a page."} for code in ANSWERS}
    return {"operationId": offer.endpoint, "requestBody": body, "responses": answers}


def _schema(field: Field) -> dict[str, Any]:
    if field.choices and field.kind != "text":
        return {"type": "string", "anyOf": [{"enum": list(field.choices)}, {"maxLength": 40}]}
    return {"type": "string", **({"format": _FORMATS[field.kind]} if field.kind in _FORMATS else {})}


def tried(
    description: dict[str, Any], target: Any, headers: Mapping[str, str], cases: int
) -> tuple[int, list[str]]:
    """How many forms were sent, and what was wrong with the answers: (number sent, sentences).

    `target` is an application (WSGI) or the address of one that runs.
    """
    schema = schemathesis.openapi.from_dict(description)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE])
    where: dict[str, Any] = {}
    if isinstance(target, str):
        where = {"base_url": target, "allow_redirects": False}
    else:
        schema.app = target
    sent, wrong = 0, []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)

        @settings(
            max_examples=cases,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def one(case: schemathesis.Case[Any]) -> None:
            nonlocal sent
            sent += 1
            try:
                answer = case.call(headers=dict(headers), **where)
            except Exception as error:  # noqa: BLE001  # without a server a bug comes out as itself
                wrong.append(f"{case.method} {case.path}: 500 {type(error).__name__}")
                return
            try:
                case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])
            except (Exception, FailureGroup) as error:  # noqa: BLE001  # all of them are told at the end
                told = " ".join(str(error).split())
                wrong.append(f"{case.method} {case.path}: {answer.status_code} {told}"[:400])

        given(case=found.ok().as_strategy())(one)()
    return sent, wrong
