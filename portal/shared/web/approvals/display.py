"""One request for approval, in the words and figures of its page, of the list, and of what waits for somebody."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext

from portal.shared.domain.approvals import ApprovalState
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.approvals.reading import ApprovalView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.orders.lines import plan_and_seats
from portal.shared.web.transactions import reading
from portal.shared.web.words import approvals as words
from portal.shared.web.words.methods import method_words


def in_short(view: ApprovalView) -> str:
    """What is to be ordered, in one line."""
    names = at_hand().catalog.names
    return " · ".join(
        f"{names.product(item.product, language())}: {plan_and_seats(item.after.plan_id, item.after.seats, names)}"
        for item in view.summary.items
    )


def row(view: ApprovalView) -> dict[str, Any]:
    """A request in the list."""
    word, tone = words.STATES[view.state]
    return {
        "number": view.number,
        "url": url_for(".approval", number=view.number),
        "what": in_short(view),
        "total": money(view.summary.total_due),
        "asked_by": view.asked_by,
        "asked_at": view.asked_at,
        "good_until": view.good_until,
        "decided_by": view.decided_by,
        "word": word,
        "tone": tone,
        "waiting": view.waiting,
    }


def facts(view: ApprovalView) -> list[dict[str, str]]:
    """Who asked for what, above which limit, and how it is to be paid and billed."""
    told: list[dict[str, str]] = [
        {"label": gettext("Asked by"), "value": view.asked_by, "detail": words.limit_told(view.limit)}
    ]
    if view.decided_by and view.state in {ApprovalState.APPROVED, ApprovalState.REFUSED}:
        approved = view.state is ApprovalState.APPROVED
        label = gettext("Approved by") if approved else gettext("Refused by")
        told.append({"label": label, "value": view.decided_by})
    told.append({"label": gettext("What is ordered"), "value": in_short(view)})
    if view.quote is not None:
        told.append({"label": gettext("Quote"), "value": str(view.quote)})
    told.append({"label": gettext("Order total with tax"), "value": money(view.summary.total)})
    if view.on_invoice and view.summary.total_due:
        told.append({"label": gettext("Payment"), "value": gettext("On invoice")})
    elif view.card and view.summary.total_due:
        told.append({"label": gettext("Payment"), "value": method_words(view.card)})
    if view.purchase_order:
        told.append({"label": gettext("Purchase order"), "value": view.purchase_order})
    if view.people:
        told.append({"label": gettext("Gets a seat"), "value": ", ".join(view.people)})
    if view.admin:
        told.append({"label": gettext("Account admin"), "value": view.admin})
    if view.waiting:
        day = format_long_date(view.good_until, language())
        told.append({"label": gettext("Can be approved until"), "value": day})
    return told


def outcome(view: ApprovalView) -> str:
    """What became of it, in a sentence; nothing while it waits."""
    if view.order_state is not None:
        return str(words.ORDERS[view.order_state])
    if view.ended_for is not None:
        return words.nothing_ordered(view.ended_for)
    if view.state is ApprovalState.EXPIRED:
        return str(gettext("Nobody answered in time. Nothing was ordered: it can be asked for again."))
    if view.state is ApprovalState.REFUSED:
        return str(gettext("Nothing was ordered."))
    return ""


def wanted_here() -> bool:
    """Whether the account at hand has anything to do with approvals: a limit, an approver, or a request."""
    return approvals.is_used(reading(), at_hand().account.id)


def to_do() -> list[dict[str, Any]]:
    """What of the account at hand waits for an answer of this person, for the list on the front page."""
    here = at_hand()
    return [
        {
            "text": gettext("%(name)s asks for your approval", name=view.asked_by),
            "detail": f"{in_short(view)} · {money(view.summary.total_due)}",
            "tone": "info",
            "url": url_for(f"{request.blueprint}.approval", number=view.number),
            "action": gettext("See the request"),
        }
        for view in approvals.to_answer_here(reading(), here.account.id, here.person.person_id, here.now)
    ]
