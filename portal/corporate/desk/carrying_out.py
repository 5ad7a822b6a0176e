"""Carrying a request out: a lower plan through the order service, a contact with its evidence, the rest in writing."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData

from portal.corporate.desk.request_page import (
    again,
    answer,
    answer_problem,
    credit_url,
    ended_sentence,
    found,
    hindrance,
    move_url,
    page,
    sealed,
    seen,
    settled,
    to_queue,
    to_request,
)
from portal.shared.domain.changes import Audience
from portal.shared.domain.contact_change import Lack
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.requests import RequestKind
from portal.shared.domain.wishes import Dispute
from portal.shared.services import requests as service
from portal.shared.services.desk import Staff
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import placement
from portal.shared.services.requests import Evidence, Obstacle, RequestView
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.orders.double_press import let_the_first_end
from portal.shared.web.transactions import database, writing
from portal.shared.web.words import requests as request_words


def carry_out(request_id: int) -> ResponseReturnValue:
    """Do what was asked, through the same services as everybody, and answer."""
    staff, view = found(request_id)
    if not view.is_unanswered:
        flash(ended_sentence(view.state), "info")
        return to_request(view)
    if view.kind is RequestKind.LOWER_PLAN:
        return _ordered(staff, view)
    if view.kind is RequestKind.BILLING_CONTACT:
        return _contact_changed(staff, view)
    if isinstance(view.wish, Dispute):
        return redirect(credit_url(view), 303)
    if view.kind is RequestKind.ACCOUNT_TYPE:
        url = move_url(staff, view)
        return redirect(url, 303) if url else again(view, gettext("Ask your manager to move the account."))
    return _written(staff, view)


def _written(staff: Staff, view: RequestView) -> ResponseReturnValue:
    wrong = answer_problem(needed=gettext("Write what was done, so that the customer can read it."))
    if wrong:
        return page(staff, view, errors={"answer": wrong}), 422
    now = house().clock.now()
    return settled(
        view,
        lambda: service.carry_out(writing(), view.id, staff.person_id, answer(), now, seen=seen()),
        gettext("The customer has your answer."),
    )


# --- another contact ------------------------------------------------------------------------------------------------


def _contact_changed(staff: Staff, view: RequestView) -> ResponseReturnValue:
    needed = gettext("Write why you change the contact.") if view.account_type == "corporate" else ""
    wrong = answer_problem(needed=needed)
    if wrong:
        return page(staff, view, errors={"answer": wrong}), 422
    missing: list[Lack | Obstacle] = []

    def change() -> None:
        evidence = Evidence(
            request.form.get("last_digits", "").strip(), request.form.get("name_on_card") == "yes"
        )
        missing.extend(
            service.change_contact(
                writing(),
                view.id,
                staff.person_id,
                answer(),
                evidence,
                _old_contact(),
                house().clock.now(),
                seen=seen(),
            )
        )

    hindered = hindrance(view, change)
    if hindered is not None:
        return hindered
    if missing:
        return _refused(view, missing), 422
    flash(gettext("The contact is changed, and everybody concerned has a mail."), "success")
    return to_queue()


def _old_contact() -> int | None:
    """Who loses the role; something that is no number of ours is nobody's, and the service says so."""
    text = request.form.get("old_contact", "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _refused(view: RequestView, missing: Sequence[Lack | Obstacle]) -> str:
    beside = {
        request_words.FIELDS[one]: str(request_words.MISSING[one])
        for one in missing
        if one in request_words.FIELDS
    }
    alone = [str(request_words.MISSING[one]) for one in missing if one not in request_words.FIELDS]
    staff, fresh = found(view.id)
    return page(staff, fresh, problem=" ".join(alone) or None, errors=beside)


# --- a lower plan ---------------------------------------------------------------------------------------------------


def _ordered(staff: Staff, view: RequestView) -> ResponseReturnValue:
    """Place the order of a request, which answers it."""
    wrong = answer_problem()
    if wrong:
        return page(staff, view, errors={"answer": wrong}), 422
    if not shown_orders.is_key(request.form.get("key", "")):
        sentence = gettext("This page is not complete. Check the order and try again.")
        return page(staff, view, problem=sentence), 400
    placements: list[placement.Placement] = []
    hindered = hindrance(view, lambda: placements.append(_placed(staff, view)))
    if hindered is not None:
        return hindered
    return _told(staff, view, placements[0])


def _told(staff: Staff, view: RequestView, placed: placement.Placement) -> ResponseReturnValue:
    match placed:
        case placement.Accepted(reference=reference, state=OrderState.PLACED):
            flash(
                gettext(
                    "Order %(reference)s was placed and the customer has your answer.", reference=reference
                ),
                "success",
            )
            return to_queue()
        case placement.Accepted(state=OrderState.DECLINED | OrderState.CANCELLED):
            sentence = gettext(
                "The account's card was declined. Nothing was charged and nothing has changed."
            )
            return page(staff, view, problem=sentence), 422
        case placement.Accepted(state=OrderState.STARTED, reference=reference) if not let_the_first_end(
            reference
        ):
            return page(staff, view, problem=gettext("This order is still on its way.")), 409
        case placement.Accepted():
            sentence = gettext("The bank has not answered yet. The request is done as soon as it approves.")
            return page(staff, view, problem=sentence), 202
        case placement.Moved(now=priced):
            # Priced by the transaction that refused: what this request read before may be older.
            return page(staff, view, problem=_figures_moved(), priced=priced), 409
        case placement.Busy():
            return page(staff, view, problem=gettext("Another order is still on its way.")), 409
        case placement.MethodMissing():
            sentence = gettext("Something is due and the account has no payment method.")
            return page(staff, view, problem=sentence), 422
    return page(staff, view, problem=_figures_moved()), 409


def _placed(staff: Staff, view: RequestView) -> placement.Placement:
    """The order of a request.

    Raises:
        AlreadyAnsweredError: somebody else was faster, or the customer withdrew.
        TakenByColleagueError: it is somebody else's.
    """
    try:
        digest = str(sealed().loads(request.form.get("shown", "")))
    except BadData:
        digest = ""
    return placing.place(
        database(),
        house().processor,
        house().clock.now,
        seller_taxes(),
        placement.PlaceRequest(
            account_id=view.account_id,
            person_id=staff.person_id,
            key=f"request-{view.id}-{request.form['key']}",
            digest=digest,
            audience=Audience.CARE,
            return_path=url_for("corporate.desk_request", request_id=view.id),
            wanted=(view.wanted,),
            request_id=view.id,
            answer=answer(),
        ),
    )


def _figures_moved() -> str:
    return str(gettext("The figures have changed since this page was shown. Check them and try again."))
