"""Somebody who buys through the pages, over the network, and who tries again when a page does not come."""

from __future__ import annotations

import random
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import requests
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.faults.application import SECRET
from tests.support.html import Form, forms_of, read_html
from tests.support.visitor import filled

# A page that is not there yet is asked for again, for so long.
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 0.1
# No answer may take longer (trust: every request is answered in time).
LONGEST_SECONDS = 8.0


class GaveUp(AssertionError):
    """The application did not answer for so long that a person would have gone."""


@dataclass
class Answer:
    """What came back."""

    status: int
    path: str
    html: str
    retry_after: str = ""

    def form(self, ending: str) -> Form | None:
        """The form that is sent to an address with this ending, if the page has one."""
        found = [one for one in forms_of(read_html(self.html)) if (one.action or self.path).endswith(ending)]
        return found[0] if found else None


@dataclass
class Buyer:
    """A billing contact with a browser; counts how long answers took."""

    url: str
    subscription_id: int
    token: str
    chance: random.Random
    doubled: float = 0.0  # how often the button is pressed twice
    slowest: float = 0.0  # seconds that an answer took; a connection that broke is none
    slowest_number: str = ""  # the request's number, by which the log knows it
    asked: int = 0  # requests so far, answered or not
    failures: int = 0  # answers of the kind "not now", and connections that broke
    session: requests.Session = field(default_factory=requests.Session)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.session.cookies.set("session", signed_cookie(self.token), domain="127.0.0.1", path="/")
        self.session.headers.update(
            {"Origin": self.url, "Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
        )

    def order(self, seats: int) -> str | None:
        """Buy so many seats; gives the address of the order, or None when nothing could be ordered just now."""
        edit = f"/billing/subscriptions/{self.subscription_id}/edit"
        form = self.get(edit).form("/edit")
        if form is None:
            return None  # an order is on its way
        self.post(edit, filled(form, {"seats": str(seats)}))
        place = self.get("/billing/checkout").form("/place")
        if place is None:
            return None
        times = 2 if self.chance.random() < self.doubled else 1
        with ThreadPoolExecutor(times) as hands:
            pressed = [hands.submit(self.post, place.action, place.fields) for _ in range(times)]
            answers = [one.result() for one in pressed]
        for answer in answers:
            if "/billing/orders/" in answer.path:
                return answer.path
            if answer.status == 409 and (shown := re.search(r"/billing/orders/[0-9A-Z]{10}", answer.html)):
                return shown[0]  # the first press still runs, or was cut off
        return None

    def get(self, path: str) -> Answer:
        """Ask for a page until it comes."""
        return self._until_answered("GET", path, None)

    def post(self, path: str, fields: list[tuple[str, str]]) -> Answer:
        """Send a form until it is answered; what is sent stays the same."""
        return self._until_answered("POST", path, fields)

    def once(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> Answer:
        """Ask once.

        Raises:
            requests.RequestException: the connection broke.
        """
        with self._lock:
            self.asked += 1
        began = time.perf_counter()
        answer = self.session.request(
            method, self.url + path, data=fields, allow_redirects=False, timeout=4 * LONGEST_SECONDS
        )
        seconds = time.perf_counter() - began
        with self._lock:
            if seconds > self.slowest:
                self.slowest, self.slowest_number = seconds, answer.headers.get("X-Request-Number", "")
        return Answer(
            answer.status_code,
            answer.headers.get("Location", path),
            answer.text,
            answer.headers.get("Retry-After", ""),
        )

    def _until_answered(self, method: str, path: str, fields: list[tuple[str, str]] | None) -> Answer:
        enough = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < enough:
            try:
                answer = self.once(method, path, fields)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status < 500:
                return answer
            with self._lock:
                self.failures += 1
            time.sleep(PAUSE_SECONDS)
        raise GaveUp(f"{method} {path}")


def signed_cookie(token: str) -> str:
    """The cookie of a browser in which the session with this secret is open."""
    app = Flask(__name__)
    app.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps({"_user_id": token, "_fresh": True}))
