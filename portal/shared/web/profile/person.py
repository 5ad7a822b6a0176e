"""The person a page of the profile is about."""

from __future__ import annotations

from typing import NamedTuple

from portal.shared.services import rehearsal
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.entrance import identity
from portal.shared.web.transactions import reading


class Here(NamedTuple):
    """Who is signed in, and the secret of the session."""

    person: SignedIn
    token: str


def here() -> Here | None:
    """Who is at the page; nobody for a stranger."""
    person, token = identity.current_person(), identity.current_token()
    return Here(person, token) if person is not None and token is not None else None


def zone_of(person: SignedIn) -> str:
    """By which clock a person is told times: that of their account."""
    return rehearsal.zone_of(reading(), person)
