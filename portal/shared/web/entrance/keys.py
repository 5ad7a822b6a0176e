"""What pages that ask for passkeys and codes share: our own site, a question for a passkey, the demo's code."""

from __future__ import annotations

from flask import Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from portal.shared.services.sign_in import one_time_codes, passkeys
from portal.shared.services.sign_in.passkeys import Site
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing


def site() -> Site | None:
    """The site passkeys are made for: that of BASE_URL. A demo on localhost is a site of its own as well."""
    settings = house().settings
    base = settings.base_url
    if settings.demo and request.host.partition(":")[0] == "localhost":
        base = request.host_url
    return passkeys.site_of(base, settings.seller.name)


def question(person_id: int | None) -> ResponseReturnValue:
    """A question for a passkey (JSON): of one person, or of whoever has one."""
    found = site()
    if found is None:
        abort(404)
    return as_json(passkeys.question(writing(), found, person_id, house().machine_clock.now()))


def as_json(text: str) -> Response:
    """An answer for our own script."""
    return current_app.response_class(text, mimetype="application/json")


def demo_code(person_id: int) -> str | None:
    """The code that stands on the screen of a demo, for a person of its cast."""
    if not house().settings.demo:
        return None
    now = house().machine_clock.now()
    return one_time_codes.shown_in_demo(reading(), house().code_book, person_id, now)
