"""Idempotency-Key: a change that is sent again is the same change, and the same key for another one is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import request

from portal.api.entering import Caller
from portal.api.problems import Problem
from portal.shared.services.integrations import repeating
from portal.shared.web.transactions import database, writing

HEADER = "Idempotency-Key"
# As the draft of the header wants it: quoted or bare, and long enough not to meet another one.
_KEY = re.compile(r'"?([A-Za-z0-9_.:-]{8,100})"?', re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """The key of this request, and what was sent with it."""

    caller: Caller
    text: str
    fingerprint: str

    @property
    def of_order(self) -> str:
        """The key under which an order is kept; pages have others."""
        return f"api:{self.text}"

    def claim(self) -> None:
        """Keep what the key stands for; the same again is fine.

        Raises:
            Problem: 422 when it stands for something else.
        """
        now = self.caller.now
        if not repeating.claim(database(), self.caller.account_id, self.text, self.fingerprint, now):
            raise Problem(422, "key_reused", f"The {HEADER} was used for something else.")

    def once(self, make: Callable[[], int]) -> int:
        """Make something in the request's transaction, or give the number of what this key made before.

        Raises:
            Problem: 422 when the key stands for something else.
        """
        session, account_id = writing(), self.caller.account_id
        before = repeating.made_before(session, account_id, self.text, self.fingerprint, self.caller.now)
        if not before.same:
            raise Problem(422, "key_reused", f"The {HEADER} was used for something else.")
        if before.thing is not None:
            return int(before.thing)
        number = make()
        repeating.keep(session, account_id, self.text, str(number))
        return number


def key_of_request(caller: Caller) -> Key:
    """The key that came with this request.

    Raises:
        Problem: 400 when there is none.
    """
    found = _KEY.fullmatch(request.headers.get(HEADER, "").strip())
    if found is None:
        detail = f"Send a {HEADER} of 8 to 100 letters, digits and -_.: that is new for every change."
        raise Problem(400, "key_missing", detail)
    said = f"{request.method} {request.path}\n".encode() + request.get_data()
    return Key(caller, found[1], hashlib.sha256(said).hexdigest())
