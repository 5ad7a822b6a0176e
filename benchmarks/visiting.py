"""A visitor without a network: requests straight into the WSGI application, with real cookies and real forms."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from benchmarks.measuring import Meter

_FIELD = r'name="{}" value="([^"]*)"'


class Application(Protocol):
    """A WSGI application."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Where a redirect leads."""
        return urlsplit(self.headers["location"]).path

    def hidden(self, name: str) -> str:
        """The value of a form's hidden field."""
        found = re.search(_FIELD.format(name), self.body.decode())
        assert found is not None, f"the page has no field {name}"
        return unescape(found[1])


@dataclass(slots=True)
class Visitor:
    """One browser. Only the application's own work is measured: neither building a request nor reading its answer."""

    application: Application
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def get(self, path: str, meter: Meter | None = None) -> Answer:
        """Ask for a page."""
        return self._send("GET", path, b"", meter)

    def post(self, path: str, fields: Mapping[str, str], meter: Meter | None = None) -> Answer:
        """Send a form with the session's CSRF token."""
        body = urlencode({**fields, "csrf_token": self.token}).encode()
        return self._send("POST", path, body, meter)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page, and keep the token that the session's forms carry."""
        self.token = self.get("/sign-in").hidden("csrf_token")
        answer = self.post("/sign-in", {"email": email, "password": password})
        assert answer.status == 303, answer.status
        page = self.get("/billing/")
        assert page.status == 200, page.status
        self.token = page.hidden("csrf_token")

    def on(self, application: Application) -> Visitor:
        """The same browser at another application that knows its session."""
        return Visitor(application, dict(self.cookies), self.token)

    def _send(self, method: str, path: str, body: bytes, meter: Meter | None) -> Answer:
        environ = self._environ(method, path, body)
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], trouble: object = None) -> None:
            began.append((status, headers))

        if meter is None:
            sent = _exhaust(self.application(environ, start_response))
        else:
            with meter.measure():
                sent = _exhaust(self.application(environ, start_response))
        status, headers = began[-1]
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
        return Answer(int(status[:3]), {name.lower(): value for name, value in headers}, sent)

    def _environ(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        parts = urlsplit(path)
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "localhost",
            "HTTP_ORIGIN": "http://localhost",
            "HTTP_SEC_FETCH_SITE": "same-origin",
            "HTTP_ACCEPT_LANGUAGE": "en",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded" if body else "",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


def _exhaust(chunks: Iterable[bytes]) -> bytes:
    try:
        return b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
