"""The tax registry of the European Union, against a server that answers like it, badly, or not at all."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.tax_registry import RegistryState
from portal.shared.gateways.vies import ViesRegistry
from tests.support.factories import NOW


class Vies:
    """A registry on loopback that says what it is told to say, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: tuple[int, str] = (200, "{}")
        self.pause = 0.0
        vies = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                vies.asked.append(json.loads(body))
                time.sleep(vies.pause)
                status, text = vies.answer
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/check-vat-number"


@pytest.fixture
def vies() -> Iterator[Vies]:
    """A registry for one test."""
    server = Vies()
    yield server
    server.server.shutdown()
    server.server.server_close()


def registry(vies: Vies, **told: Any) -> ViesRegistry:
    return ViesRegistry(FixedClock(NOW), address=vies.address, **told)


def test_a_number_it_knows_is_valid_and_proved_by_a_reference(vies: Vies) -> None:
    vies.answer = (200, json.dumps({"valid": True, "requestIdentifier": "WAPIAAAA1"}))
    answer = registry(vies, requester="PT 500 000 000").check("GR", "094 259 216")
    assert (answer.state, answer.reference, answer.consulted_at) == (RegistryState.VALID, "WAPIAAAA1", NOW)
    assert vies.asked == [
        {
            "countryCode": "EL",
            "vatNumber": "094259216",
            "requesterMemberStateCode": "PT",
            "requesterNumber": "500000000",
        }
    ]


def test_a_number_it_does_not_know_is_invalid(vies: Vies) -> None:
    vies.answer = (200, json.dumps({"valid": False, "requestIdentifier": ""}))
    answer = registry(vies).check("DE", "136695976")
    assert (answer.state, answer.reference) == (RegistryState.INVALID, None)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((500, "{}"), id="broken"),
        pytest.param(
            (200, json.dumps({"errorWrappers": [{"error": "MS_UNAVAILABLE"}]})), id="a register is down"
        ),
        pytest.param((200, json.dumps({"valid": "yes"})), id="nonsense"),
        pytest.param((200, "[]"), id="a list"),
        pytest.param((200, "<html>maintenance</html>"), id="a page"),
        pytest.param((429, "slow down"), id="too many questions"),
    ],
)
def test_everything_else_is_no_answer(vies: Vies, answer: tuple[int, str]) -> None:
    vies.answer = answer
    assert registry(vies).check("DE", "136695976").state is RegistryState.NO_ANSWER


def test_nobody_waits_for_a_registry_that_is_silent(vies: Vies) -> None:
    vies.pause = 2.0
    assert registry(vies, patience_seconds=0.2).check("DE", "136695976").state is RegistryState.NO_ANSWER


def test_a_registry_that_is_not_there_is_no_answer() -> None:
    gone = ViesRegistry(FixedClock(NOW), address="http://127.0.0.1:1/check-vat-number")
    assert gone.check("DE", "136695976").state is RegistryState.NO_ANSWER


def test_other_countries_are_not_asked_about(vies: Vies) -> None:
    assert registry(vies).check("BR", "12345678000195").state is RegistryState.NO_ANSWER
    assert vies.asked == []
