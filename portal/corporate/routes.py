"""The Corporate Billing Portal and the desk, in the order people meet their pages."""

from __future__ import annotations

from flask import Blueprint

from portal.corporate import frame, home
from portal.corporate.account import overview as account_overview
from portal.corporate.desk import portfolio
from portal.corporate.desk import requests as desk_requests

corporate = Blueprint("corporate", __name__, url_prefix="/corp-billing")
frame.install(corporate)

# The customer's side
corporate.add_url_rule("/", "home", home.show)
corporate.add_url_rule("/account", "account", account_overview.show)

# The desk: representatives, managers, Customer Care
corporate.add_url_rule("/desk", "desk", portfolio.show)
corporate.add_url_rule("/desk/requests/<int:request_id>", "desk_request", desk_requests.request_page)
corporate.add_url_rule(
    "/desk/requests/<int:request_id>/carry-out", "carry_out", desk_requests.carry_out, methods=["POST"]
)
corporate.add_url_rule(
    "/desk/requests/<int:request_id>/decline", "decline", desk_requests.decline, methods=["POST"]
)

RESUME_PAGES = {
    "corporate.carry_out": "corporate.desk_request",
    "corporate.decline": "corporate.desk_request",
}
