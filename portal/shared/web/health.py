"""For the engineer's watch: does it run, and can it work?"""

from __future__ import annotations

from flask import Response, jsonify

from portal.shared.services.equipment import DatabaseError
from portal.shared.services.readiness import migrations_are_current
from portal.shared.web.transactions import reading


def health() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


def ready() -> Response:
    """The database answers and every migration has run; 503 when not."""
    try:
        status = "ready" if migrations_are_current(reading()) else "migrations missing"
    except DatabaseError:
        status = "database not available"
    response = jsonify(status=status)
    response.status_code = 200 if status == "ready" else 503
    return response
