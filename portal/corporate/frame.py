"""What surrounds every page of the Corporate Billing Portal: its guard, its frame, and whom to ask."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from portal.shared.services.accounts import Representative
from portal.shared.web import at_hand, doors
from portal.shared.web.house import house
from portal.shared.web.order_display import money


def install(portal: Blueprint) -> None:
    """Deny by default, and give every page its frame."""
    portal.before_request(doors.guard)
    portal.context_processor(_frame)


def _frame() -> dict[str, Any]:
    seller = house().settings.seller
    common = {
        "portal_name": gettext("Corporate Billing Portal"),
        "home_url": url_for("corporate.home"),
        "services": {
            "email": seller.corporate_email or seller.email,
            "phone": seller.corporate_phone or seller.phone,
        },
    }
    if not at_hand.is_set():
        desk = {"label": gettext("Desk"), "url": url_for("corporate.desk"), "current": True}
        return common | {"nav": [desk], "home_url": desk["url"], "rep": None, "services": None}
    account = at_hand.at_hand().account
    overview = {
        "label": gettext("Overview"),
        "url": url_for("corporate.home"),
        "current": request.endpoint == "corporate.home",
    }
    return common | {
        "nav": [overview],
        "account": {"name": account.name, "balance": money(account.balance)},
        "rep": _shown(account.rep) if account.rep else None,
    }


def _shown(rep: Representative) -> dict[str, str]:
    initials = "".join(word[0] for word in rep.name.split()[:: max(1, len(rep.name.split()) - 1)])
    return {"name": rep.name, "email": rep.email, "phone": rep.phone, "initials": initials.upper()}
