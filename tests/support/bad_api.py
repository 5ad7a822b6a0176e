"""An API with known faults on a free port: what a scanner must find, or it finds nothing anywhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.serving import make_server

_WHOLE = {"type": "integer", "minimum": 1, "maximum": 100}
_THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}


def _says(kind: Any) -> dict[str, Any]:
    return {"description": "It.", "content": {"application/json": {"schema": kind}}}


def _number(name: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": _WHOLE}]


def _refusals() -> dict[str, Any]:
    return {str(status): {"description": "No."} for status in (400, 404, 405, 415)}


DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Bad", "version": "1"},
    "paths": {
        "/sevenths/{number}": {
            "get": {
                "operationId": "fails_for_some",
                "parameters": _number("number"),
                "responses": {"200": _says(_THING), **_refusals()},
            }
        },
        "/liars": {"get": {"operationId": "lies", "responses": {"200": _says(_THING), **_refusals()}}},
        "/things": {
            "post": {
                "operationId": "make_thing",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {"name": {"type": "string", "maxLength": 9}},
                            }
                        }
                    },
                },
                "responses": {
                    "201": _says(_THING)
                    | {
                        "links": {
                            "it": {
                                "operationId": "thing",
                                "parameters": {"thing_id": "$response.body#/id"},
                            }
                        }
                    },
                    **_refusals(),
                },
            }
        },
        "/things/{thing_id}": {
            "get": {
                "operationId": "thing",
                "parameters": [
                    {"name": "thing_id", "in": "path", "required": True, "schema": {"type": "integer"}}
                ],
                "responses": {"200": _says(_THING), **_refusals()},
            }
        },
    },
}
# What must be found: by the path, and a word of what is said about it.
FAULTS = {
    "a bug that some values meet": ("/sevenths/{number}", "500"),
    "an answer that is not as described": ("/liars", "name"),
    "a bug that a value of the wrong kind meets": ("POST /things", "500"),
    "a bug that only a chain meets": ("GET /things/{thing_id}", "500"),
}


def _application() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/openapi.json", "description", lambda: DESCRIPTION)

    def sevenths(number: int) -> ResponseReturnValue:
        return jsonify({"id": number, "name": str(number / (number % 7))})

    def lies() -> ResponseReturnValue:
        return jsonify({"id": 1})

    def make() -> ResponseReturnValue:
        sent = request.get_json()
        return jsonify({"id": 7_340_033, "name": sent["name"][:9]}), 201

    def thing(thing_id: int) -> ResponseReturnValue:
        if thing_id == 7_340_033:  # which nobody guesses
            raise RuntimeError(thing_id)
        return jsonify({"id": thing_id, "name": ""})

    app.add_url_rule("/sevenths/<int:number>", "sevenths", sevenths)
    app.add_url_rule("/liars", "lies", lies)
    app.add_url_rule("/things", "make", make, methods=["POST"])
    app.add_url_rule("/things/<int:thing_id>", "thing", thing)
    return app


@contextmanager
def bad_api() -> Iterator[str]:
    """Serve it; gives the address of its description."""
    server = make_server("127.0.0.1", 0, _application(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/openapi.json"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
