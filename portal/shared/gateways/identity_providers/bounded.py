"""Asking a server that may be slow, endless or misled: bounded time, bounded size, no redirects."""

from __future__ import annotations

import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from portal.shared.gateways.identity_providers.providers import ProviderTrouble, Trouble

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 4.0
LARGEST = 256 * 1024


class TooLarge(requests.RequestException):
    """More came than any honest answer holds."""


class BoundedAdapter(HTTPAdapter):
    """Reads an answer up to a size and a time, as it comes over the line."""

    def send(self, request: requests.PreparedRequest, *arguments: Any, **named: Any) -> requests.Response:
        """Send, and read the answer here; whatever time and size the caller would allow."""
        named.update(stream=True, timeout=(CONNECT_SECONDS, ANSWER_SECONDS))
        ends = time.monotonic() + CONNECT_SECONDS + ANSWER_SECONDS
        response = super().send(request, *arguments, **named)
        body = bytearray()
        try:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise requests.exceptions.ContentDecodingError("packed, although nobody asked for that")
            for part in response.raw.stream(16 * 1024, decode_content=False):
                body += part
                if len(body) > LARGEST:
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


def bound(session: requests.Session) -> None:
    """Let a session ask only within these bounds."""
    session.mount("https://", BoundedAdapter())
    session.mount("http://", BoundedAdapter())
    session.max_redirects = 0
    session.headers["Accept-Encoding"] = "identity"


def trouble_of(error: Exception) -> ProviderTrouble:
    """What an error on the line says of the provider."""
    if isinstance(error, requests.Timeout):
        return ProviderTrouble(Trouble.TOO_SLOW)
    if isinstance(error, requests.TooManyRedirects):
        return ProviderTrouble(Trouble.REDIRECTS)
    if isinstance(error, TooLarge):
        return ProviderTrouble(Trouble.TOO_LARGE)
    if isinstance(error, requests.HTTPError):
        return ProviderTrouble(Trouble.STATUS)
    if isinstance(error, (requests.ConnectionError, requests.exceptions.SSLError)):
        return ProviderTrouble(Trouble.UNREACHABLE)
    return ProviderTrouble(Trouble.NOT_READABLE)


def ask(address: str, *, token: str = "") -> dict[str, Any]:
    """The JSON object at an address.

    Raises:
        ProviderTrouble: there is none within the bounds.
    """
    with requests.Session() as session:
        bound(session)
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            # A function as `auth`, so that no password from a .netrc file goes along.
            answer = session.get(address, headers=headers, auth=lambda request: request)
            answer.raise_for_status()
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise trouble_of(error) from error
    if not isinstance(told, dict):
        raise ProviderTrouble(Trouble.NOT_READABLE)
    return told
