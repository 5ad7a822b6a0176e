"""What surrounds every page of the Corporate Billing Portal: its guard, its frame, and whom to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.routing.pages import CORPORATE_HOME, CORPORATE_PEOPLE
from portal.shared.services.accounts import Representative
from portal.shared.web import at_hand
from portal.shared.web.approvals import display
from portal.shared.web.display import money
from portal.shared.web.entrance import doors, identity
from portal.shared.web.frame import AccountShown, MenuItem
from portal.shared.web.house import house

# Whose desk the pages of the desk are; a page of nobody here is everybody's.
_SALES = frozenset({"rep", "manager"})
_AT_DESK = {
    "corporate.desk_quotes": _SALES,
    "corporate.desk_payments": _SALES,
    "corporate.desk_team": frozenset({"manager"}),
    "corporate.desk_personal_data": frozenset({"manager"}),
    "corporate.desk_help_answers": frozenset({"manager", "care"}),
}


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
    if identity.nobody_is_asked():
        return common | {"rep": None}
    if not at_hand.is_set():
        return common | {
            "nav": _desk_nav(),
            "seldom": _seldom_nav(),
            "home_url": url_for("corporate.desk"),
            "rep": None,
            "services": None,
        }
    account = at_hand.at_hand().account
    common |= {"people_url": open_url(CORPORATE_PEOPLE), "programs_url": open_url("corporate.integrations")}
    if not doors.is_open_here(CORPORATE_HOME):
        # An account admin gives out seats and manages people; being an admin gives no look at money.
        return common | {
            "nav": _customers_nav(),
            "home_url": url_for("front.home"),
            "account": AccountShown(account.name),
            "rep": _shown(account.rep) if account.rep else None,
        }
    return common | {
        "nav": _customers_nav(),
        "account": AccountShown(account.name, money(account.balance)),
        "rep": _shown(account.rep) if account.rep else None,
    }


def _customers_nav() -> tuple[MenuItem, ...]:
    return _nav(
        [
            ("corporate.home", gettext("Overview"), ()),
            ("corporate.seat_people", gettext("Seats"), ()),
            ("corporate.quotes", gettext("Quotes"), ()),
            *([("corporate.approvals", gettext("Approvals"), ())] if display.wanted_here() else []),
            ("corporate.invoices", gettext("Invoices"), ()),
            ("corporate.statement", gettext("Statement"), ()),
            ("corporate.purchase_orders", gettext("Purchase orders"), ()),
            ("corporate.account", gettext("Account"), ACCOUNT_PAGES),
        ]
    )


# What stands under Account, in the order of its cards.
ACCOUNT_PAGES = (
    CORPORATE_PEOPLE,
    "corporate.billing_details",
    "corporate.invoice_recipients",
    "corporate.payment_methods",
    "corporate.requests",
)


def _desk_nav() -> tuple[MenuItem, ...]:
    return _nav_at_desk(
        ("corporate.desk", gettext("Desk"), ()),
        ("corporate.desk_requests", gettext("Requests"), ()),
        ("corporate.desk_claims", gettext("Claims"), ()),
        ("corporate.desk_quotes", gettext("Quotes"), ()),
        ("corporate.desk_payments", gettext("Payments"), ()),
        ("corporate.desk_team", gettext("Team"), ()),
    )


def _seldom_nav() -> tuple[MenuItem, ...]:
    """What would crowd the header for something that nobody opens every day; it stands in the person's menu."""
    offered = (
        ("switch", "corporate.desk_arrivals", gettext("Arrivals")),
        ("help", "corporate.desk_help_answers", gettext("Help pages")),
        ("user", "corporate.desk_personal_data", gettext("Personal data")),
    )
    return tuple(
        replace(one, icon=icon)
        for icon, endpoint, label in offered
        for one in _nav_at_desk((endpoint, label, ()))
    )


def _nav_at_desk(*offered: tuple[str, str, Sequence[str]]) -> tuple[MenuItem, ...]:
    person = identity.current_person()
    role = person.staff_role if person else None
    return _nav(one for one in offered if one[0] not in _AT_DESK or role in _AT_DESK[one[0]])


def _nav(offered: Iterable[tuple[str, str, Sequence[str]]]) -> tuple[MenuItem, ...]:
    nav = []
    for endpoint, label, below in offered:
        url = open_url(endpoint)
        if url:
            nav.append(MenuItem(label, url, _current(endpoint, url, below)))
    return tuple(nav)


def _current(endpoint: str, url: str, below: Sequence[str]) -> str | None:
    """`page` on the page itself, `true` on the pages that belong to it."""
    if request.endpoint == endpoint:
        return "page"
    if endpoint in {"corporate.home", "corporate.desk"}:
        return None
    addresses = [url, *filter(None, map(open_url, below))]
    inside = any(request.path == one or request.path.startswith(f"{one}/") for one in addresses)
    return "true" if inside else None


def _shown(rep: Representative) -> dict[str, str]:
    return {"name": rep.name, "email": rep.email, "phone": rep.phone, "initials": initials(rep.name)}


def initials(name: str) -> str:
    """The first letters of the first and the last name."""
    words = name.split()
    return "".join(word[0] for word in words[:: max(1, len(words) - 1)]).upper()
