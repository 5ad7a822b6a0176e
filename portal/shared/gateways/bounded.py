"""Asking over HTTP a server that may be slow or endless: an answer is read up to a size and a time."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

LARGEST = 256 * 1024


class TooLarge(requests.RequestException):
    """More came than any honest answer holds."""


class BoundedAdapter(HTTPAdapter):
    """Reads an answer up to a size in bytes and a time in seconds, as it comes over the line."""

    def __init__(self, connect_seconds: float, answer_seconds: float, largest: int = LARGEST) -> None:
        self._times = connect_seconds, answer_seconds
        self._largest = largest
        super().__init__()

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        """Send, and read the answer here; whatever time and size the caller would allow."""
        named.update(stream=True, timeout=self._times)
        ends = time.monotonic() + sum(self._times)
        response = super().send(request, *arguments, **named)
        body = bytearray()
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise requests.exceptions.ContentDecodingError("packed, although nobody asked for that")
            for part in response.raw.stream(16 * 1024, decode_content=False):
                body += part
                if len(body) > self._largest:
                    raise TooLarge
                if time.monotonic() > ends:
                    raise requests.ReadTimeout
        except HTTPError as error:
            raise requests.ConnectionError(error) from error
        finally:
            response.close()
        response._content = bytes(body)  # noqa: SLF001  # what `content` gives from now on
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response


def bound(
    session: requests.Session, connect_seconds: float, answer_seconds: float, largest: int = LARGEST
) -> None:
    """Let a session ask only within these bounds, and follow nobody elsewhere."""
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter(connect_seconds, answer_seconds, largest))
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"
