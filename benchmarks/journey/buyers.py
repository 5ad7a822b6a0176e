"""Buyers at their browsers: the six requests of an order, here and there, and several buyers at once."""

from __future__ import annotations

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlencode

from benchmarks.journey import minimal
from benchmarks.journey.wire import Wire
from benchmarks.shop import PASSWORD, Filled
from benchmarks.visiting import Answer

OVERVIEW, SUMMARY, CART, CHECKOUT, PLACE, ORDER = STEPS = (
    "overview",
    "live summary",
    "into the cart",
    "checkout",
    "place order",
    "confirmation",
)
SEATS = 5  # what a subscription begins with, on both sides
A_DAY = 5  # orders of one subscription on one day: one below what the house allows


@dataclass(slots=True)
class Times:
    """How long each answer took, step by step, in seconds."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    busy: int = 0  # answers that said "not now", after which the same was sent again

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one request."""
        began = time.perf_counter()
        yield
        self.took[name].append(time.perf_counter() - began)

    def add(self, other: Times) -> None:
        """Take over what somebody else timed."""
        for name, values in other.took.items():
            self.took[name] += values
        self.busy += other.busy


class Buyer(Protocol):
    """Somebody with an account and a browser."""

    def fill(self, port: int, times: Times) -> Wire:
        """Everything up to the button, on a new connection, which stays open."""
        ...

    def press(self, wire: Wire, times: Times) -> str:
        """Press the button; gives where the order is shown."""
        ...

    def look(self, wire: Wire, path: str, times: Times) -> None:
        """Read the confirmation."""
        ...


def journey(buyer: Buyer, port: int, times: Times) -> None:
    """The whole way of one order, on one kept connection."""
    with buyer.fill(port, times) as wire:
        buyer.look(wire, buyer.press(wire, times), times)


@dataclass(slots=True)
class PortalBuyer:
    """A billing contact of the real application."""

    filled: Filled
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _fields: dict[str, str] = field(default_factory=dict)

    def sign_in(self, port: int) -> None:
        """Sign in through the page, as somebody whom this browser does not know."""
        self.cookies.clear()
        with Wire(port, cookies=self.cookies) as wire:
            self.token = wire.ask("GET", "/sign-in").hidden("csrf_token")
            answer = self._post(wire, "/sign-in", Times(), email=self.filled.email, password=PASSWORD)
            assert answer.status == 303, answer.status
            self.token = _fine(wire.ask("GET", "/billing/")).hidden("csrf_token")

    def fill(self, port: int, times: Times) -> Wire:
        """Read the overview, ask what a seat more costs, put it into the cart, look at checkout."""
        number = next(self._numbers)
        having = self.filled.subscriptions
        assert number < A_DAY * len(having), "the house allows so many orders a day"
        one = f"/billing/subscriptions/{having[number % len(having)]}"
        seats = str(SEATS + 1 + number // len(having))
        wire = Wire(port, cookies=self.cookies)
        with times.step(OVERVIEW):
            _fine(wire.ask("GET", "/billing/"))
        with times.step(SUMMARY):
            _fine(wire.ask("GET", f"{one}/summary?seats={seats}&frequency=monthly"))
        with times.step(CART):
            plan = str(self.filled.plan_id)
            answer = self._post(wire, f"{one}/edit", times, plan=plan, seats=seats, frequency="monthly")
        assert (answer.status, answer.path) == (303, "/billing/checkout"), answer.status
        with times.step(CHECKOUT):
            page = _fine(wire.ask("GET", "/billing/checkout"))
        self._fields = {"key": page.hidden("key"), "shown": page.hidden("shown")}
        return wire

    def press(self, wire: Wire, times: Times) -> str:
        """Place the order."""
        with times.step(PLACE):
            answer = self._post(wire, "/billing/checkout/place", times, **self._fields)
        assert answer.status != 409, (
            "too busy to measure: an order was left to the worker, and none runs here"
        )
        assert answer.status == 303, (answer.status, answer.body[:2000])
        assert answer.path.startswith("/billing/orders/"), answer.path
        return answer.path

    def look(self, wire: Wire, path: str, times: Times) -> None:
        """Read the order's page."""
        with times.step(ORDER):
            _fine(wire.ask("GET", path))

    def _post(self, wire: Wire, path: str, times: Times, **fields: str) -> Answer:
        """Send a form, and the same again as long as the answer is "not now"."""
        body = urlencode({**fields, "csrf_token": self.token}).encode()
        while (answer := wire.ask("POST", path, body)).status == 503:
            times.busy += 1
        return answer


@dataclass(slots=True)
class FloorBuyer:
    """Somebody at the floor, who only says which account is theirs."""

    account_id: int
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def fill(self, port: int, times: Times) -> Wire:
        """The same four requests."""
        number, mine = next(self._numbers), f"/{self.account_id}"
        one = minimal.first_subscription(self.account_id) + number % minimal.SUBSCRIPTIONS
        seats = SEATS + 1 + number // minimal.SUBSCRIPTIONS
        wire = Wire(port)
        with times.step(OVERVIEW):
            _fine(wire.ask("GET", f"{mine}/"))
        with times.step(SUMMARY):
            _fine(wire.ask("GET", f"{mine}/subscriptions/{one}/summary?seats={seats}"))
        with times.step(CART):
            wish = urlencode({"subscription": one, "seats": seats})
            answer = wire.ask("POST", f"{mine}/cart", wish.encode())
        assert answer.status == 303, answer.status
        with times.step(CHECKOUT):
            _fine(wire.ask("GET", f"{mine}/checkout"))
        return wire

    def press(self, wire: Wire, times: Times) -> str:
        """Place the order."""
        with times.step(PLACE):
            answer = wire.ask("POST", f"/{self.account_id}/place")
        assert answer.status == 303, answer.status
        return answer.path

    def look(self, wire: Wire, path: str, times: Times) -> None:
        """Read the order's page."""
        with times.step(ORDER):
            _fine(wire.ask("GET", path))


def journeys(buyers: Sequence[Buyer], ports: Sequence[int], clients: int, orders: int) -> Times:
    """Let so many clients buy at once until there are so many orders; gives what their answers took."""
    numbers = itertools.cycle(range(len(buyers) // clients))
    turns = [next(numbers) for _ in range(orders // clients)]

    def client(which: int) -> Times:
        times = Times()
        for place, turn in enumerate(turns):
            journey(buyers[which + clients * turn], ports[(which + place) % len(ports)], times)
        return times

    return _together(clients, client)


def presses(buyers: Sequence[Buyer], port: int, clients: int, measured: Callable[[], None]) -> Times:
    """Fill every buyer's cart; then call `measured`, and let the clients press all buttons, each its own buyers'."""

    def prepare(which: int) -> list[Wire]:
        return [one.fill(port, Times()) for one in buyers[which::clients]]

    with ThreadPoolExecutor(clients) as hands:
        wires = list(hands.map(prepare, range(clients)))
    measured()

    def client(which: int) -> Times:
        times = Times()
        for buyer, wire in zip(buyers[which::clients], wires[which], strict=True):
            wire.renew()  # the server lets a connection go that is not used for a while
            with wire:
                buyer.press(wire, times)
        return times

    return _together(clients, client)


def _together(clients: int, work: Callable[[int], Times]) -> Times:
    whole, start = Times(), threading.Barrier(clients)

    def begin(which: int) -> Times:
        start.wait()
        return work(which)

    with ThreadPoolExecutor(clients) as hands:
        for one in [hands.submit(begin, which) for which in range(clients)]:
            whole.add(one.result())
    return whole


def _fine(answer: Answer) -> Answer:
    assert answer.status == 200, (answer.status, answer.headers.get("location"))
    return answer
