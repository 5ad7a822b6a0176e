"""Posting to an address somebody else chose: looked up once, pinned, no redirect followed, all of it within a limit."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookedUpTooLong
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from portal.shared.domain.integrations.targets import BadTarget, Target, is_public, target_of

CONNECT_SECONDS, WHOLE_SECONDS = 5.0, 15.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it: the status of the answer, or in a word why there was none."""

    status: int | None
    error: str = ""

    @property
    def arrived(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class WebhookSender(Protocol):
    """Posts one body to one address."""

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> Told:
        """Send it once; never raises."""
        ...


class HttpSender:
    """The real one. `private` lets it reach private networks and plain HTTP: for tests and closed installations."""

    def __init__(self, *, private: bool = False) -> None:
        """Remember how far it may reach."""
        self._private = private

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> Told:
        """Send it once, within `WHOLE_SECONDS`; see `WebhookSender`."""
        target = target_of(url, private=self._private)
        if isinstance(target, BadTarget):
            return Told(None, str(target))
        try:
            address = self._looked_up(target)
            if address is None:
                return Told(None, str(BadTarget.PRIVATE))
            return self._sent(target, address, body, headers)
        except (TimeoutError, LookedUpTooLong):
            return Told(None, "timeout")
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            return Told(None, type(error).__name__)

    def _looked_up(self, target: Target) -> str | None:
        """The address the name has now; none if any of its addresses lies in a private network."""
        looking = _lookups().submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        found = [str(one[4][0]) for one in looking.result(timeout=CONNECT_SECONDS)]
        if not self._private and not all(map(is_public, found)):
            return None
        return found[0]

    def _sent(self, target: Target, address: str, body: str, headers: Mapping[str, str]) -> Told:
        raw = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
        # A receiver that answers a letter a second would hold the worker for ever.
        over = threading.Event()
        watch = threading.Timer(WHOLE_SECONDS, _cut, [raw, over])
        watch.daemon = True
        watch.start()
        try:
            way = (
                ssl.create_default_context().wrap_socket(raw, server_hostname=target.host)
                if target.https
                else raw
            )
            way.settimeout(WHOLE_SECONDS)
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = way
            connection.request("POST", target.path, body.encode(), {**headers, **_ALWAYS})
            return Told(connection.getresponse().status)
        except (OSError, http.client.HTTPException):
            if over.is_set():
                return Told(None, "timeout")
            raise
        finally:
            watch.cancel()
            raw.close()


_ALWAYS = {"content-type": "application/json", "user-agent": "Twodoor-Webhooks/1", "connection": "close"}


@cache
def _lookups() -> ThreadPoolExecutor:
    """The machine's own look-up knows no time limit, so it is waited for elsewhere."""
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="webhook look-ups")


def _cut(raw: socket.socket, over: threading.Event) -> None:
    over.set()
    with contextlib.suppress(OSError):
        raw.shutdown(socket.SHUT_RDWR)
