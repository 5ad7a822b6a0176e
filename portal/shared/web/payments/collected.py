"""What collecting by itself came to, for the pages of payment methods of both portals."""

from __future__ import annotations

from typing import Any

from flask import request

from portal.shared.services.renewals import trying_again
from portal.shared.services.renewals.trying_again import CollectionView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.transactions import reading
from portal.shared.web.words.collections import why_not


def collected_here() -> dict[str, list[dict[str, Any]]]:
    """For `components/collected.html`: what the payment method did just now, or what one could settle.

    Whoever comes back from adding one, or from making one the default, has `tried` in the address.
    """
    here = at_hand()
    collected: list[dict[str, Any]] = []
    if "tried" in request.args:
        since = trying_again.lately(here.now)
        collected = [_told(one) for one in trying_again.changed_since(reading(), here.account.id, since)]
    waiting = [] if collected else trying_again.overdue(reading(), here.account.id)
    return {"collected": collected, "overdue": [_told(one) for one in waiting]}


def _told(one: CollectionView) -> dict[str, Any]:
    """An invoice that is collected by itself, as the page tells of it."""
    return {
        "name": one.invoice,
        "paid": one.state == "paid",
        "open": one.open,
        "due_on": one.due_on,
        "why": why_not(one.reason) if one.reason else "",
        "next_try_on": one.next_try_on,
        "confirms": one.reason == "needs_confirmation",
    }
