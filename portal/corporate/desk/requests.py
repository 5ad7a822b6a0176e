"""Requests of customers at the desk: the queue, one request, and everything short of carrying it out."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.request_page import (
    answer,
    answer_problem,
    found,
    page,
    seen,
    settled,
)
from portal.corporate.desk.staff import current_staff
from portal.shared.domain.requests import RequestKind, RequestState, may_be_asked
from portal.shared.services import requests as service
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk import Staff
from portal.shared.services.requests import RequestView
from portal.shared.web.house import house
from portal.shared.web.requests import display as request_display
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import requests as request_words

# What the queue can be asked for; nothing means what waits.
_STATES = (RequestState.DONE, RequestState.DECLINED, RequestState.WITHDRAWN)


def queue() -> ResponseReturnValue:
    """The requests of one's own accounts: what waits, one's own first, then the oldest."""
    staff = current_staff()
    kind = next((one for one in RequestKind if one == request.args.get("kind")), None)
    state = next((one for one in _STATES if one == request.args.get("state")), None)
    names = catalog.names(reading())
    rows = [_row(staff, view, names) for view in service.queue(reading(), staff, kind=kind, state=state)]
    waiting = {"label": gettext("Waiting"), "url": _address(kind, None), "current": state is None}
    return render_template(
        "corporate/desk/requests.html",
        rows=rows,
        kind=kind or "",
        state=state or "",
        states=[
            waiting,
            *(
                {
                    "label": request_words.AT_THE_DESK[one][0],
                    "url": _address(kind, one),
                    "current": one is state,
                }
                for one in _STATES
            ),
        ],
        kinds=[
            {"value": "", "label": gettext("All kinds")},
            *({"value": one, "label": request_words.KINDS[one]} for one in _kinds_of(staff)),
        ],
    )


def request_page(request_id: int) -> ResponseReturnValue:
    """One request, and what carrying it out would do today."""
    staff, view = found(request_id)
    return page(staff, view)


def take(request_id: int) -> ResponseReturnValue:
    """Become the owner of a request."""
    staff, view = found(request_id)
    return settled(
        view,
        lambda: service.take(writing(), view.id, staff.person_id, house().clock.now(), seen=seen()),
        gettext("It is yours, and the customer knows your name."),
        stay=True,
    )


def hand_back(request_id: int) -> ResponseReturnValue:
    """Give a request back to the desk."""
    staff, view = found(request_id)
    return settled(
        view,
        lambda: service.hand_back(writing(), view.id, staff.person_id, house().clock.now(), seen=seen()),
        gettext("It waits at the desk again."),
        stay=True,
    )


def note(request_id: int) -> ResponseReturnValue:
    """Write to the customer; the request stays open."""
    staff, view = found(request_id)
    wrong = answer_problem(needed=gettext("Write what the customer should know."))
    if wrong:
        return page(staff, view, errors={"answer": wrong}), 422
    return settled(
        view,
        lambda: service.note(writing(), view.id, staff.person_id, answer(), house().clock.now(), seen=seen()),
        gettext("The customer has your note."),
        stay=True,
    )


def decline(request_id: int) -> ResponseReturnValue:
    """Answer with no, and say why."""
    staff, view = found(request_id)
    wrong = answer_problem(needed=gettext("Write why, so that the customer understands the answer."))
    if wrong:
        return page(staff, view, errors={"answer": wrong}), 422
    return settled(
        view,
        lambda: service.decline(
            writing(), view.id, staff.person_id, answer(), house().clock.now(), seen=seen()
        ),
        gettext("The customer has your answer."),
    )


def _kinds_of(staff: Staff) -> list[RequestKind]:
    account_type = "online" if staff.role == "care" else "corporate"
    return [kind for kind in RequestKind if may_be_asked(kind, account_type)]


def _address(kind: RequestKind | None, state: RequestState | None) -> str:
    return url_for("corporate.desk_requests", kind=kind, state=state)


def _row(staff: Staff, view: RequestView, names: Names) -> dict[str, Any]:
    word, tone = request_words.AT_THE_DESK[view.state]
    return {
        "name": f"{view.account_name} #{view.number}",
        "url": url_for("corporate.desk_request", request_id=view.id),
        "asked_by": view.asked_by,
        "matter": request_display.matter(view, names),
        "wanted": request_display.wanted(view, names),
        "asked_at": view.asked_at,
        "owner": gettext("you") if view.owner_id == staff.person_id else view.owner,
        "word": word,
        "tone": tone,
    }
