"""Links that are only shown where they lead somewhere: to a page that is open to whoever is here."""

from __future__ import annotations

from typing import Any

from flask import url_for

from portal.shared.domain.routing import pages
from portal.shared.web import at_hand
from portal.shared.web.entrance import doors, identity


def open_url(endpoint: str, **values: Any) -> str:
    """The address of a page of this portal, or "" where it is closed to this person for the account at hand."""
    return url_for(endpoint, **values) if _is_open(endpoint) else ""


def _is_open(endpoint: str) -> bool:
    if not at_hand.is_set():
        person = identity.current_person()
        return person is not None and person.staff_role is not None and endpoint in pages.DESK_PAGES
    return doors.is_open_here(endpoint)
