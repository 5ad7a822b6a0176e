"""Asking a provider that may be slow, endless or misled: bounded time, bounded size, no redirects."""

from __future__ import annotations

from typing import Any

import requests

from portal.shared.gateways import bounded
from portal.shared.gateways.identity_providers.providers import ProviderTrouble, Trouble

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 4.0


def bound(session: requests.Session) -> None:
    """Let a session ask only within these bounds."""
    bounded.bound(session, CONNECT_SECONDS, ANSWER_SECONDS)


def trouble_of(error: Exception) -> ProviderTrouble:
    """What an error on the line says of the provider."""
    if isinstance(error, requests.Timeout):
        return ProviderTrouble(Trouble.TOO_SLOW)
    if isinstance(error, requests.TooManyRedirects):
        return ProviderTrouble(Trouble.REDIRECTS)
    if isinstance(error, bounded.TooLarge):
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
