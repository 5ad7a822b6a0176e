"""What stands beside the button of an order that is above somebody's limit, and what is answered when it is pressed."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from portal.shared.domain.approvals import needs_approval
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.approvals import limits
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.orders import placement
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import labelled, money
from portal.shared.web.transactions import reading
from portal.shared.web.words import approvals as words


def beside_the_button(summary: OrderSummary, quote_id: int | None = None) -> dict[str, Any] | None:
    """Why this order waits for an approver, and who that could be; nothing where it can be placed at once."""
    here = at_hand()
    limit = limits.limits(reading(), here.account.id, here.account.currency).get(here.person.person_id)
    if not needs_approval(limit, summary.total):
        return None
    assert limit is not None, "without a limit nothing is above it"
    names = approvals.approver_names(reading(), here.account.id, here.person.person_id)
    return {
        "limit": money(limit),
        "always": not limit,
        "total": money(summary.total),
        "approvers": ", ".join(names),
        "waits": approvals.waiting_for(reading(), here.account.id, quote_id, here.now),
    }


def sentence(answer: placement.OfApproval) -> str:
    """Why the press of a button ordered nothing and asked nobody."""
    match answer:
        case placement.AboveLimit(limit=limit):
            told = gettext("This order is above your limit. Nothing was ordered: ask an approver.")
            return labelled(told, words.limit_told(limit))
        case placement.NobodyApproves():
            return str(gettext("Nobody can approve it yet. Nothing was ordered."))
        case placement.NeedsNoApproval():
            return str(gettext("This order needs no approval any more. You can place it yourself."))
        case placement.NotApproved(why=why):
            return str(words.HINDRANCES[why])
    return ""
