"""A small stand-in for Stripe's service: what we use of it, in its own shapes, with faults where a test says so.

It keeps idempotency keys as Stripe does (the same answer for the same request, an error for another one) and answers
with decline codes; it refuses parameters that Stripe does not know, so that a misspelt one fails here.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from stripe.params import (
    PaymentIntentCancelParams,
    PaymentIntentConfirmParams,
    PaymentIntentCreateParams,
    RefundCreateParams,
)
from stripe.params.checkout import SessionCreateParams

Thing = dict[str, Any]

# The cards of this bank, by the number of the payment method: code and decline code of a refusal.
DECLINES: dict[str, tuple[str, str] | None] = {
    "pm_good": None,
    "pm_declined": ("card_declined", "generic_decline"),
    "pm_insufficient_funds": ("card_declined", "insufficient_funds"),
    "pm_expired_card": ("expired_card", "expired_card"),
    "pm_stolen": ("card_declined", "stolen_card"),
    "pm_needs_confirmation": None,
    "pm_holder_wanted": ("authentication_required", "authentication_required"),
}
_KNOWN_PARAMETERS = {
    "payment_intents": PaymentIntentCreateParams,
    "confirm": PaymentIntentConfirmParams,
    "cancel": PaymentIntentCancelParams,
    "refunds": RefundCreateParams,
    "sessions": SessionCreateParams,
}


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, kind: str, code: str, **more: object) -> None:
        super().__init__(code)
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": code, **more}}


class Dropped(Exception):
    """The connection ends without an answer."""


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    parameters: Thing
    key: str | None
    version: str | None


@dataclass
class FakeStripe:
    """What Stripe holds, and what goes wrong next: `faults` maps the end of a path to what happens, once each."""

    address: str = ""
    intents: dict[str, Thing] = field(default_factory=dict)
    refunds: dict[str, Thing] = field(default_factory=dict)
    refund_status: str = "succeeded"  # of the next refund
    sessions: dict[str, Thing] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    during: dict[str, Callable[[], None]] = field(default_factory=dict)  # runs before the work, once
    answers: dict[str, tuple[str, int, Thing]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    now: Callable[[], float] = time.time

    def captured(self) -> dict[str, int]:
        """What was taken under each key, less what was given back; two charges of one key would add up."""
        found: dict[str, int] = {}
        for intent in self.intents.values():
            if intent["status"] == "succeeded":
                key = intent["metadata"]["charge_key"]
                found[key] = found.get(key, 0) + intent["amount"] - self._returned(intent["id"])
        return found

    def intent_of(self, key: str) -> Thing:
        """The only payment of a key."""
        (found,) = (one for one in self.intents.values() if one["metadata"]["charge_key"] == key)
        return found

    def answer_bank(self, key: str, *, approved: bool) -> None:
        """The card holder answers on the bank's page."""
        with self.lock:
            intent = self.intent_of(key)
            assert intent["status"] == "requires_action"
            intent["next_action"] = None
            if approved:
                self._succeed(intent)
            else:
                _fail(intent, "payment_intent_authentication_failure", None)

    def type_card(self, session: str, method: str = "pm_good") -> None:
        """Somebody types a card on the page of a session."""
        self.sessions[session] |= {
            "status": "complete",
            "url": None,
            "customer": "cus_1",
            "setup_intent": {
                "id": "seti_1",
                "object": "setup_intent",
                "payment_method": {
                    "id": method,
                    "object": "payment_method",
                    "customer": "cus_1",
                    "card": {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2031},
                },
            },
        }

    def paths(self, method: str = "POST") -> list[str]:
        """The paths that were asked for, in order, numbers left out."""
        return [
            re.sub(r"(pi|cs|re)_\w+", r"\1", one.path.removeprefix("/v1/"))
            for one in self.asked
            if one.method == method
        ]

    # Answering

    def answer(self, asked: Asked) -> tuple[int, Thing]:
        """Status and body, as Stripe would give them."""
        fault = self._fault(asked.path)
        if fault == "drop before":
            raise Dropped
        if fault == "slow":
            time.sleep(2)
        if fault in ("429", "500", "503"):
            return int(fault), {"error": {"type": "api_error", "message": "no"}}
        runs = next((end for end in self.during if asked.path.endswith(end)), None)
        if runs is not None:
            self.during.pop(runs)()
        with self.lock:
            done = self._once(asked)
        if fault == "drop after":
            raise Dropped
        return done

    def _fault(self, path: str) -> str | None:
        end = next((end for end, left in self.faults.items() if path.endswith(end) and left), None)
        return None if end is None else self.faults[end].pop(0)

    def _once(self, asked: Asked) -> tuple[int, Thing]:
        if asked.method != "POST" or asked.key is None:
            return self._work(asked)
        meant = json.dumps([asked.path, asked.parameters], sort_keys=True)
        known = self.answers.get(asked.key)
        if known is not None:
            if known[0] != meant:
                refusal = Refusal(400, "idempotency_error", "idempotency_key_reused")
                return refusal.status, refusal.body
            return known[1], known[2]
        status, body = self._work(asked)
        if status in (200, 402):
            self.answers[asked.key] = (meant, status, json.loads(json.dumps(body)))
        return status, body

    def _work(self, asked: Asked) -> tuple[int, Thing]:
        try:
            match [asked.method, *asked.path.removeprefix("/v1/").split("/")]:
                case ["POST", "payment_intents"]:
                    _check("payment_intents", asked.parameters)
                    return 200, self._create(asked.parameters)
                case ["GET", "payment_intents", number]:
                    return 200, _found(self.intents, number)
                case ["POST", "payment_intents", number, "confirm"]:
                    _check("confirm", asked.parameters)
                    return 200, self._confirm(_found(self.intents, number), asked.parameters)
                case ["POST", "payment_intents", number, "cancel"]:
                    _check("cancel", asked.parameters)
                    return 200, self._cancel(_found(self.intents, number), asked.parameters)
                case ["GET", "refunds"]:
                    mine = [
                        one
                        for one in self.refunds.values()
                        if one["payment_intent"] == asked.parameters["payment_intent"]
                    ]
                    return 200, {"object": "list", "data": mine, "has_more": False, "url": "/v1/refunds"}
                case ["POST", "refunds"]:
                    _check("refunds", asked.parameters)
                    return 200, self._refund(asked.parameters)
                case ["POST", "checkout", "sessions"]:
                    _check("sessions", asked.parameters)
                    return 200, self._open(asked.parameters)
                case ["GET", "checkout", "sessions", number]:
                    return 200, _found(self.sessions, number)
        except Refusal as refusal:
            return refusal.status, refusal.body
        return 404, {"error": {"type": "invalid_request_error", "message": "no such address"}}

    # Working

    def _create(self, given: Thing) -> Thing:
        if given["payment_method"] not in DECLINES or not given["customer"].startswith("cus_"):
            raise Refusal(400, "invalid_request_error", "resource_missing", param="payment_method")
        if int(given["amount"]) < 50:
            raise Refusal(400, "invalid_request_error", "amount_too_small", param="amount")
        number = f"pi_{next(self.numbers)}"
        self.intents[number] = {
            "id": number,
            "object": "payment_intent",
            "amount": int(given["amount"]),
            "currency": given["currency"],
            "customer": given["customer"],
            "payment_method": given["payment_method"],
            "metadata": given["metadata"],
            "status": "requires_confirmation",
            "created": int(self.now()),
            "latest_charge": None,
            "last_payment_error": None,
            "next_action": None,
            "cancellation_reason": None,
        }
        return self.intents[number]

    def _confirm(self, intent: Thing, given: Thing) -> Thing:
        if intent["status"] not in ("requires_confirmation", "requires_payment_method"):
            raise Refusal(400, "invalid_request_error", "payment_intent_unexpected_state")
        intent["payment_method"] = given.get("payment_method", intent["payment_method"])
        method = intent["payment_method"]
        if method is None:
            raise Refusal(400, "invalid_request_error", "payment_intent_unexpected_state")
        attended = given.get("off_session") != "true"
        if attended and method in ("pm_needs_confirmation", "pm_holder_wanted"):
            intent["status"] = "requires_action"
            intent["last_payment_error"] = None
            intent["next_action"] = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": f"{self.address}/bank?back={given['return_url']}"},
            }
            return intent
        declined = DECLINES[method]
        if declined is not None:
            _fail(intent, *declined)
            error = {"type": "card_error", **intent["last_payment_error"], "payment_intent": intent}
            raise Refusal(402, "card_error", declined[0], **{k: v for k, v in error.items() if k != "code"})
        self._succeed(intent)
        return intent

    def _succeed(self, intent: Thing) -> None:
        intent["status"] = "succeeded"
        intent["latest_charge"] = {"id": f"ch_{next(self.numbers)}", "object": "charge"}

    def _cancel(self, intent: Thing, given: Thing) -> Thing:
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise Refusal(400, "invalid_request_error", "payment_intent_unexpected_state")
        intent["status"] = "canceled"
        intent["cancellation_reason"] = given.get("cancellation_reason")
        intent["next_action"] = None
        return intent

    def _refund(self, given: Thing) -> Thing:
        intent = _found(self.intents, given["payment_intent"])
        amount = int(given["amount"])
        if intent["status"] != "succeeded" or amount > intent["amount"] - self._returned(intent["id"]):
            raise Refusal(400, "invalid_request_error", "charge_already_refunded")
        number = f"re_{next(self.numbers)}"
        self.refunds[number] = {
            "id": number,
            "object": "refund",
            "amount": amount,
            "payment_intent": intent["id"],
            "metadata": given["metadata"],
            "status": self.refund_status,
        }
        return self.refunds[number]

    def _returned(self, intent: str) -> int:
        return sum(one["amount"] for one in self.refunds.values() if one["payment_intent"] == intent)

    def _open(self, given: Thing) -> Thing:
        number = f"cs_test_{next(self.numbers)}"
        self.sessions[number] = {
            "id": number,
            "object": "checkout.session",
            "mode": given["mode"],
            "status": "open",
            "url": f"{self.address}/c/pay/{number}#secret",
            "success_url": given["success_url"],
            "cancel_url": given["cancel_url"],
            "locale": given["locale"],
            "customer": None,
            "setup_intent": "seti_1",
            "metadata": given["metadata"],
        }
        return self.sessions[number]


@contextmanager
def running_fake(**settings: Any) -> Iterator[FakeStripe]:
    """A stand-in that listens on this machine only, at a free port."""
    fake = FakeStripe(**settings)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._answer(Asked("GET", parts.path, _tree(parts.query), None, self.headers["Stripe-Version"]))

        def do_POST(self) -> None:
            typed = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            key = self.headers["Idempotency-Key"]
            self._answer(
                Asked("POST", urlsplit(self.path).path, _tree(typed), key, self.headers["Stripe-Version"])
            )

        def _answer(self, asked: Asked) -> None:
            fake.asked.append(asked)
            try:
                status, body = fake.answer(asked)
            except Dropped:
                self.close_connection = True
                return
            data = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  # the base class says so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _fail(intent: Thing, code: str, decline_code: str | None) -> None:
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    intent["last_payment_error"] = {"code": code, "decline_code": decline_code}


def _check(what: str, given: Thing) -> None:
    unknown = given.keys() - _KNOWN_PARAMETERS[what].__annotations__.keys()
    if unknown:
        raise Refusal(400, "invalid_request_error", "parameter_unknown", param=min(unknown))


def _found(things: dict[str, Thing], number: str) -> Thing:
    if number not in things:
        raise Refusal(404, "invalid_request_error", "resource_missing")
    return things[number]


def _tree(typed: str) -> Thing:
    """`metadata[card]=x` as {"metadata": {"card": "x"}}."""
    tree: Thing = {}
    for name, value in parse_qsl(typed, keep_blank_values=True):
        first, *more = re.findall(r"[^\[\]]+", name)
        here = tree
        for part in more:
            here = here.setdefault(first, {})
            first = part
        here[first] = value
    return tree
