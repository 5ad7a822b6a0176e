"""The hostile texts, typed into forms of a running server."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

import requests

from tests.security.hostile_texts import HOSTILE_TEXTS, RUNS
from tests.security.offered import TOKEN, Offer

_HOW: dict[str, Any] = {"allow_redirects": False, "timeout": 60}
_TYPED = {"Content-Type": "application/x-www-form-urlencoded"}


def typed_everywhere(
    url: str, offers: Iterable[Offer], cookie: str, token: str, seconds: float
) -> tuple[int, list[str]]:
    """Type every text into every field until the time is up; gives how many forms were sent, and what was wrong.

    The turn goes text by text, so that every field has met some when the time is up.
    """
    session = requests.Session()
    session.headers.update({"Cookie": cookie} if cookie else {})
    sent, until = 0, time.monotonic() + seconds
    wrong: list[str] = []
    places = [(offer, name) for offer in offers for name, one in offer.fields.items() if one.kind != "file"]
    for kind, text in HOSTILE_TEXTS.items():
        for offer, name in places:
            if time.monotonic() > until:
                return sent, wrong
            fields = {**offer.filled(), name: text, TOKEN: token}
            body = urlencode(fields, errors="surrogatepass")
            if offer.method == "post":
                answer = session.post(url + offer.path, data=body.encode(), headers=_TYPED, **_HOW)
            else:
                answer = session.get(f"{url}{offer.path}?{body}", **_HOW)
            sent += 1
            if answer.status_code >= 500:
                wrong.append(f"{offer.path} ({name}): {answer.status_code} after {kind}")
            if text in RUNS and text in answer.text:
                wrong.append(f"{offer.path} ({name}): markup as it was typed, {kind}")
    return sent, wrong
