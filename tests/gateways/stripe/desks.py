"""Stripe in the hands of a test: our processor, a notebook in memory, and what stands for Stripe's own side."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from stripe import StripeClient

from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.stripe.client import stripe_client
from portal.shared.gateways.stripe.notebook import Note
from portal.shared.gateways.stripe.processor import StripeProcessor

PROJECT = Path(__file__).parents[3]
BASE_URL = "https://billing.example"
SECRET = "whsec_only_for_tests"
LOCALSTRIPE_CARDS = {
    "good": "4242424242424242",
    "declined": "4000000000000341",  # may be put on file, and is declined when it is charged
    "needs_confirmation": "4000002500003155",
}


@dataclass
class MemoryNotebook:
    """A notebook as the database keeps it: the first note of a key stays."""

    notes: dict[str, Note] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, key: str) -> Note | None:
        return self.notes.get(key)

    def note(self, key: str, reference: str) -> Note:
        with self.lock:
            return self.notes.setdefault(key, Note(reference))

    def close(self, key: str) -> Note:
        with self.lock:
            return self.notes.setdefault(key, Note(None))


def processor_at(
    address: str,
    *,
    notebook: MemoryNotebook | None = None,
    clock: Clock | None = None,
    answer_seconds: float = 5.0,
    retries: int = 0,
) -> StripeProcessor:
    """Our processor, speaking to a stand-in."""
    return StripeProcessor(
        client_at(address, answer_seconds=answer_seconds, retries=retries),
        notebook or MemoryNotebook(),
        clock or SystemClock(),
        base_url=BASE_URL,
        webhook_secret=SECRET,
    )


def client_at(address: str, *, answer_seconds: float = 5.0, retries: int = 0) -> StripeClient:
    """The library itself, speaking to a stand-in."""
    return stripe_client("sk_test_123456", address, answer_seconds=answer_seconds, retries=retries)


@contextmanager
def running_localstripe() -> Iterator[str]:
    """The address of localstripe in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.gateways.stripe.localstripe_server"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.communicate(timeout=10)


def card_at_localstripe(address: str, name: str) -> str:
    """The token of a card on file, as a card session would leave it."""
    client = client_at(address)
    customer = client.v1.customers.create({"name": "Padaria Aurora"})
    number = LOCALSTRIPE_CARDS[name]
    method = client.v1.payment_methods.create(
        {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2031, "cvc": "123"}}
    )
    client.v1.payment_methods.attach(method.id, {"customer": customer.id})
    return f"{customer.id}/{method.id}"
