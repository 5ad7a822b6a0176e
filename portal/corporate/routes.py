"""The Corporate Billing Portal and the desk, in the order people meet their pages."""

from __future__ import annotations

from flask import Blueprint

from portal.corporate import desk, frame, home

corporate = Blueprint("corporate", __name__, url_prefix="/corp-billing")
frame.install(corporate)

# The customer's side
corporate.add_url_rule("/", "home", home.show)

# The desk: representatives, managers, Customer Care
corporate.add_url_rule("/desk", "desk", desk.show)
corporate.add_url_rule("/desk/requests/<int:request_id>", "desk_request", desk.request_page)
corporate.add_url_rule(
    "/desk/requests/<int:request_id>/carry-out", "carry_out", desk.carry_out, methods=["POST"]
)
corporate.add_url_rule("/desk/requests/<int:request_id>/decline", "decline", desk.decline, methods=["POST"])

RESUME_PAGES = {
    "corporate.carry_out": "corporate.desk_request",
    "corporate.decline": "corporate.desk_request",
}
