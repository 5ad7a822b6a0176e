"""Through whose eyes our own people see a page of a portal, while they look at an account.

Whoever looks keeps their own sign-in: only the pages of the two portals are shown through the customer's eyes, while
the desk and the front pages stay their own.
"""

from __future__ import annotations

from flask import g, request

from portal.shared.domain.routing.pages import PAGES
from portal.shared.domain.routing.visitor import Visitor
from portal.shared.services.desk import Staff, viewing
from portal.shared.services.desk.viewing import Look
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading

_LOOK = "_look"


def current() -> Look | None:
    """The look of this request's visitor, asked once; only our own people have one."""
    if _LOOK not in g:
        setattr(g, _LOOK, _find())
    found: Look | None = getattr(g, _LOOK)
    return found


def visitor() -> Visitor | None:
    """Through whose eyes a page of a portal is shown; none for everybody who does not look at an account."""
    if request.endpoint not in PAGES:
        return None
    look = current()
    return viewing.visitor_for(reading(), look, house().clock.now(), reading) if look else None


def count() -> None:
    """Keep that a page of the customer's was looked at."""
    look = current()
    if look is not None and request.method == "GET" and not request.headers.get("HX-Request"):
        viewing.count_page(database(), look)


def _find() -> Look | None:
    person, token = identity.current_person(), identity.current_token()
    if person is None or person.staff_role is None or token is None:
        return None
    staff = Staff(person.person_id, person.name, person.staff_role)
    return viewing.running(reading(), staff, token, house().clock.now())
