"""For the engineer's watch: does it run, and can it work?"""

from __future__ import annotations

from flask import Response, jsonify

from portal.shared.services.background.sweeps import SWEEPS
from portal.shared.services.equipment import DatabaseError
from portal.shared.services.readiness import migrations_are_current
from portal.shared.services.watching import background
from portal.shared.web.house import house
from portal.shared.web.transactions import reading

_SWEEPS = [one.name for one in SWEEPS]


def health() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


def ready() -> Response:
    """The database answers and every migration has run; 503 when not.

    Whether background work is done is told and never refuses: taking web servers out of use would help nobody.
    """
    told: dict[str, str] = {}
    try:
        if migrations_are_current(reading()):
            told = {"status": "ready", "background": str(background(reading(), _SWEEPS, house().clock.now()))}
        else:
            told = {"status": "migrations missing"}
    except DatabaseError:
        told = {"status": "database not available"}
    response = jsonify(told)
    response.status_code = 200 if told["status"] == "ready" else 503
    return response
