"""OpenAPI 3.1, made from the operations and their types, so that it says what is so."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Any

from portal.api import shapes
from portal.api.keys import HEADER
from portal.api.operations import Operation
from portal.api.problems import MEDIA_TYPE, TITLES
from portal.api.typed import hints, schema
from portal.shared.domain.integrations.scopes import Scope

_ALWAYS = (400, 401, 403, 429, 500, 503)
_WITH_A_BODY = (413, 415, 422)
PRODUCT = "Twodoor"
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")

_PROBLEM = {
    "type": "object",
    "description": "What is not well (RFC 9457); `code` is for programs.",
    "required": ["type", "title", "status", "code", "reference"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "reference": {"type": "string", "description": "To be quoted when you ask us about it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "summary": {"$ref": "#/components/schemas/Summary"},
    },
}


def description(prefix: str, operations: Iterable[Operation]) -> dict[str, Any]:
    """The whole description."""
    named: dict[str, Any] = {"Problem": _PROBLEM}
    schema(shapes.Summary, named)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(_PART.sub(r"{\2}", one.path), {})[one.method.lower()] = _operation(one, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": PRODUCT, "version": "1", "description": "docs/api.md tells the same in words."},
        "servers": [{"url": prefix}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(named.items())),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes: " + ", ".join(str(one) for one in Scope),
                }
            },
        },
    }


def _operation(one: Operation, named: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "description": f"Scope: `{one.scope}`.",
        "parameters": [*_of_the_path(one), *_of_the_query(one, named), *_of_the_header(one)],
        "responses": _responses(one, named),
    }
    if one.body is not None:
        content = {"application/json": {"schema": schema(one.body, named)}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _of_the_path(one: Operation) -> list[dict[str, Any]]:
    whole = {"type": "integer", "minimum": 1, "maximum": shapes.LARGEST}
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": whole if kind == "int" else {"type": "string"},
        }
        for kind, name in _PART.findall(one.path)
    ]


def _of_the_query(one: Operation, named: dict[str, Any]) -> list[dict[str, Any]]:
    needed = {field.name for field in dataclasses.fields(one.query) if field.default is dataclasses.MISSING}
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _present(schema(hint, named))}
        for name, hint in hints(one.query).items()
    ]


def _present(described: dict[str, Any]) -> dict[str, Any]:
    """The form of a parameter that is there: an address cannot say null."""
    first: dict[str, Any] = described["anyOf"][0] if "anyOf" in described else described
    return first


def _of_the_header(one: Operation) -> list[dict[str, Any]]:
    if not one.needs_key:
        return []
    key = {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{8,100}$"}
    return [{"name": HEADER, "in": "header", "required": True, "schema": key}]


def _responses(one: Operation, named: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status in one.statuses:
        told[str(status)] = {"description": one.summary} | _content(one, named)
    if one.has_etag:
        told["304"] = {"description": "It is as it was."}
    refused = {*_ALWAYS, *one.refusals, *(_WITH_A_BODY if one.body is not None else ())}
    if "<" in one.path:
        refused |= {404, 405}  # what is put into an address may make it another one
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in sorted(refused):
        told[str(status)] = {"description": TITLES[status], "content": problem}
    told["414"] = {"description": "The address is too long; the web server says so before we are asked."}
    return told


def _content(one: Operation, named: dict[str, Any]) -> dict[str, Any]:
    if one.gives is None:
        return {}
    if isinstance(one.gives, str):
        return {"content": {one.gives: {}}}
    return {"content": {"application/json": {"schema": schema(one.gives, named)}}}
