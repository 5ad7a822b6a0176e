"""The requests for approval of the account at hand: the list, one of them, and what is answered to it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.approvals import ApprovalState, Ended, Hindrance
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.approvals import ending
from portal.shared.services.approvals import reading as approvals
from portal.shared.services.approvals.ending import HinderedError, UnknownApprovalError
from portal.shared.services.approvals.reading import ApprovalView
from portal.shared.services.orders import approving, placement
from portal.shared.services.orders import reading as orders
from portal.shared.web.approvals import display
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.entrance import doors
from portal.shared.web.frame import layout
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.transactions import database, reading, writing
from portal.shared.web.words import approvals as words


def overview() -> str:
    """What waits for an approver, and what became of the rest."""
    here = at_hand()
    views = approvals.of_account(reading(), here.account.id, here.now)
    rows = [display.row(view) for view in views]
    return _page(
        "list",
        waiting=[row for row in rows if row["waiting"]],
        past=[row for row in rows if not row["waiting"]],
        zone=here.account.time_zone,
    )


def show(number: int) -> str:
    """One request, with the very figures that were shown to whoever asked."""
    return _one(_found(number))


def approve(number: int) -> ResponseReturnValue:
    """Approve it: the order is placed as it was shown, once, or the request ends."""
    here = at_hand()
    _found(number)
    back = url_for(".approval", number=number)
    answer = approving.approve(
        database(),
        house().processor,
        house().clock.now,
        seller_taxes(),
        here.account.id,
        number,
        here.person.person_id,
        back,
    )
    match answer:
        case placement.Accepted(state=OrderState.PLACED):
            flash(gettext("You have approved it."), "success")  # how far the order came stands on its page
        case placement.Accepted(state=OrderState.DECLINED | OrderState.CANCELLED):
            flash(
                gettext("You have approved it, but the payment was declined. Nothing was charged."), "error"
            )
        case placement.Accepted():
            flash(gettext("You have approved it. The bank has the last word."), "info")
        case placement.Busy():
            sentence = gettext(
                "Another order or payment of this account is still on its way. Approve it when that has ended."
            )
            return _one(_found(number, anew=True), problem=sentence), 409
        case placement.NotApproved(why=why):
            return _one(_found(number, anew=True), problem=str(words.HINDRANCES[why])), 409
        case Ended():
            return _one(_found(number, anew=True), problem=words.nothing_ordered(answer)), 409
    return redirect(back, 303)


def refuse(number: int) -> ResponseReturnValue:
    """Say no, with a reason; whoever asked reads it."""
    here = at_hand()
    view = _found(number)
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _one(view, errors={"reason": gettext("Write why you refuse it.")}), 422
    if len(reason) > ending.LONGEST_REASON:
        most = ending.LONGEST_REASON
        return _one(view, errors={"reason": gettext("Write up to %(most)d characters.", most=most)}), 422
    try:
        ending.refuse(writing(), here.account.id, number, here.person.person_id, reason, here.now)
    except HinderedError as error:
        return _one(_found(number, anew=True), problem=str(words.HINDRANCES[error.why])), 409
    flash(
        gettext("The request is refused. Nothing was ordered, and whoever asked reads your reason."),
        "success",
    )
    return redirect(url_for(".approvals"), 303)


def withdraw(number: int) -> ResponseReturnValue:
    """Take one's own request back."""
    here = at_hand()
    _found(number)
    try:
        done = ending.withdraw(writing(), here.account.id, number, here.person.person_id, here.now)
    except UnknownApprovalError:
        abort(404)
    if done:
        flash(gettext("The request is withdrawn. Nothing was ordered."), "success")
    else:
        flash(gettext("This request has ended already."), "info")
    return redirect(url_for(".approval", number=number), 303)


def _found(number: int, *, anew: bool = False) -> ApprovalView:
    here = at_hand()
    try:
        if anew:  # another transaction has written since this request began to read
            with database().read() as session:
                return approvals.one_of_account(session, here.account.id, number, here.now)
        return approvals.one_of_account(reading(), here.account.id, number, here.now)
    except UnknownApprovalError:
        abort(404)


def _one(view: ApprovalView, *, problem: str = "", errors: dict[str, str] | None = None) -> str:
    here = at_hand()
    mine = view.asked_by_id == here.person.person_id
    hindered = approvals.why_not(reading(), here.account.id, view.number, here.person.person_id, here.now)
    moved = None
    if view.waiting:
        moved = _moved(view)
    names = here.catalog.names
    problems = [{"field": field, "text": text} for field, text in (errors or {}).items()]
    if problem:
        problems.append({"field": "", "text": problem})
    word, tone = words.STATES[view.state]
    return _page(
        "one",
        view=view,
        word=word,
        tone=tone,
        mine=mine and view.waiting,
        answers=view.waiting and hindered is None,
        not_yours=str(words.HINDRANCES[hindered])
        if view.waiting and hindered is Hindrance.NO_APPROVER
        else "",
        facts=display.facts(view),
        told=display.outcome(view),
        moved=moved,
        order_url=_order_url(view),
        refused=view.answer if view.state is ApprovalState.REFUSED else "",
        summary=order_display.present(
            view.summary, names, orders.invoice_names(reading(), view.summary), dated=True
        ),
        typed=request.form.get("reason", ""),
        errors=errors or {},
        problems=problems,
    )


def _moved(view: ApprovalView) -> dict[str, Any] | None:
    """What has changed since it was shown, as far as it can be told before somebody presses the button."""
    here = at_hand()
    why = approving.why_it_ends(reading(), here.account.id, view.number, seller_taxes(), here.now)
    if why is None:
        return None
    found = approving.as_of_now(reading(), here.account.id, view.number, seller_taxes(), here.now)
    now: OrderSummary | None = None if isinstance(found, Ended) else found.summary
    changes = None
    if why is Ended.CHANGED and now is not None:
        changes = order_display.changed_lines(view.summary, now, here.catalog.names)
    return {"sentence": str(words.ENDED[why]), "changes": changes}


def _order_url(view: ApprovalView) -> str:
    endpoint = f"{request.blueprint}.order"
    return url_for(endpoint, reference=view.order) if view.order and doors.is_open_here(endpoint) else ""


def _page(template: str, **values: Any) -> str:
    """The same in both portals but for what is around it."""
    return render_template(f"approvals/{template}.html", layout=layout(), **values)
