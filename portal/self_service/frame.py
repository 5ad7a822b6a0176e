"""What surrounds every page of the Billing Center: its guard and its frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext, lazy_gettext

from portal.shared.domain.routing.pages import PEOPLE
from portal.shared.domain.routing.tasks import Task
from portal.shared.services import carts
from portal.shared.web import at_hand
from portal.shared.web.approvals import display
from portal.shared.web.display import money
from portal.shared.web.entrance import doors
from portal.shared.web.frame import AccountShown, CartLink, MenuItem
from portal.shared.web.transactions import reading

_APPROVALS = "self_service.approvals"
NAV = {
    "self_service.subscriptions": lazy_gettext("Subscriptions"),
    "self_service.seat_people": lazy_gettext("Seats"),
    "self_service.invoices": lazy_gettext("Invoices"),
    "self_service.statement": lazy_gettext("Statement"),
    "self_service.payment_method": lazy_gettext("Payment method"),
    "self_service.requests": lazy_gettext("Requests"),
    _APPROVALS: lazy_gettext("Approvals"),
}


def install(portal: Blueprint) -> None:
    """Deny by default, and give every page its frame."""
    portal.before_request(doors.guard)
    portal.context_processor(_frame)


def _frame() -> dict[str, Any]:
    common = {"portal_name": gettext("Billing Center"), "home_url": url_for("self_service.subscriptions")}
    if not at_hand.is_set():
        return common
    here = at_hand.at_hand()
    common |= {"people_url": _open_url(PEOPLE), "programs_url": _open_url("self_service.integrations")}
    nav = [one for one in NAV if one != _APPROVALS or display.wanted_here()]
    if not doors.may_here(Task.SUBSCRIPTIONS):
        # Who reads sees what they may read; an account admin gives out seats and has no look at money.
        common |= {"nav": _nav(one for one in nav if doors.is_open_here(one))}
        if doors.is_open_here("self_service.subscriptions"):
            return common | {"account": AccountShown(here.account.name, money(here.account.balance))}
        return common | {"home_url": url_for("front.home"), "account": AccountShown(here.account.name)}
    return common | {
        "nav": _nav(nav),
        "cart": CartLink(url_for("self_service.cart"), carts.count(reading(), here.account.id)),
        "account": AccountShown(here.account.name, money(here.account.balance)),
    }


def _open_url(endpoint: str) -> str | None:
    return url_for(endpoint) if doors.is_open_here(endpoint) else None


def _nav(offered: Iterable[str]) -> tuple[MenuItem, ...]:
    return tuple(MenuItem(str(NAV[one]), url_for(one), one == request.endpoint) for one in offered)
