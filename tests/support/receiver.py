"""A small server of somebody else's, in a thread: hears webhooks, checks their signatures, answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Heard:
    """One message, as it arrived."""

    headers: dict[str, str]
    body: str

    @property
    def said(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether it carries a signature made with this secret; written from the standard, not from our code."""
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.{self.body}".encode()
        key = base64.b64decode(secret.split("_", 1)[1])
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """What it heard, and how it answers: with this status, where it leads, or not at all."""

    url: str = ""
    status: int = 204
    leads_to: str = ""
    secret: str = ""
    heard: list[Heard] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    mine = Receiver()

    class Ears(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            mine.heard.append(Heard({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(mine.status)
            if mine.leads_to:
                self.send_header("Location", mine.leads_to)
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            """Be quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ears)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    mine.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    try:
        yield mine
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
