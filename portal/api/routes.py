"""The API, a third door: every operation there is, in the order in which a program meets them."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from portal.api import (
    account,
    adding_seats,
    entitlements,
    external_ids,
    invoices,
    orders,
    quotes,
    requests,
    seats,
)
from portal.api.entering import tell_pace
from portal.api.openapi import description
from portal.api.problems import Problem, answer, of_status
from portal.shared.services.integrations.pacing import Pace
from portal.shared.web.entrance import entry

PREFIX = "/api/v1"

OPERATIONS = (
    *entitlements.OPERATIONS,
    *external_ids.OPERATIONS,
    *account.OPERATIONS,
    *orders.OPERATIONS,
    *seats.OPERATIONS,
    *adding_seats.OPERATIONS,
    *quotes.OPERATIONS,
    *invoices.OPERATIONS,
    *requests.OPERATIONS,
)


def openapi() -> ResponseReturnValue:
    """The description of all of this; open to everybody, since it says nothing of anybody."""
    return description(PREFIX, OPERATIONS)


def api() -> Blueprint:
    """The room of the API, with this process's part of the requests that may be asked."""
    room, pace = Blueprint("api", __name__, url_prefix=PREFIX), Pace()
    for one in OPERATIONS:
        room.add_url_rule(one.path, one.name, one.view(pace), methods=[one.method])
    room.add_url_rule("/openapi.json", "openapi", openapi)
    room.register_error_handler(Problem, answer)
    room.after_request(tell_pace)
    return room


def install(app: Flask) -> None:
    """Open the third door: no cookies, so no tokens of forms; errors in a form that programs read."""
    room = api()
    app.register_blueprint(room)
    entry.without_forms(app, room)
    app.extensions["answers_to_programs"][f"{PREFIX}/"] = of_status
