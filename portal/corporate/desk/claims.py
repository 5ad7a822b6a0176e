"""Claims to accounts that have nobody left: the queue, one claim, and its decision after the waiting period."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import current_staff
from portal.corporate.links import open_url
from portal.shared.domain.people.claims import Evidence
from portal.shared.domain.wishes import LONGEST_NOTE
from portal.shared.services.claims import deciding
from portal.shared.services.claims import reading as service
from portal.shared.services.claims.deciding import CannotDecideError
from portal.shared.services.claims.reading import ClaimView
from portal.shared.web.house import house
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import claims as words


def queue() -> ResponseReturnValue:
    """The claims of one's own accounts: what can be decided first, then what waits."""
    staff = current_staff()
    ended = request.args.get("state") == "ended"
    return render_template(
        "corporate/desk/claims.html",
        rows=[_row(one) for one in service.queue(reading(), staff, ended=ended)],
        ended=ended,
        states=[
            {"label": gettext("Waiting"), "url": url_for("corporate.desk_claims"), "current": not ended},
            {
                "label": gettext("Ended"),
                "url": url_for("corporate.desk_claims", state="ended"),
                "current": ended,
            },
        ],
    )


def claim(claim_number: str) -> ResponseReturnValue:
    """One claim: what was told, what of it fits, and the decision when it may be made."""
    return _page(_found(claim_number))


def approve(claim_number: str) -> ResponseReturnValue:
    """Make the claimant a billing contact; what becomes of the others is chosen, never taken for granted."""
    others = request.form.get("others", "")
    if others not in ("stay", "go"):
        sentence = gettext("Choose whether those who are billing contacts now stay.")
        return _page(_found(claim_number), {"others": sentence}), 422
    return _decided(claim_number, others_stay=others == "stay")


def refuse(claim_number: str) -> ResponseReturnValue:
    """Answer with no, and say why."""
    return _decided(claim_number, others_stay=None)


def _decided(claim_number: str, *, others_stay: bool | None) -> ResponseReturnValue:
    staff, view, now = current_staff(), _found(claim_number), house().clock.now()
    answer = request.form.get("answer", "").strip()
    if not answer:
        return _page(view, {"answer": gettext("Write why, so that everybody understands it.")}), 422
    if len(answer) > LONGEST_NOTE:
        return _page(view, {"answer": request_forms.too_long(LONGEST_NOTE)}), 422
    try:
        if others_stay is None:
            deciding.refuse(writing(), claim_number, staff.person_id, answer, now)
        else:
            deciding.approve(writing(), claim_number, staff.person_id, answer, now, others_stay=others_stay)
    except CannotDecideError as closed:
        return _page(_found(claim_number), {"": str(words.CLOSED[closed.why])}), 409
    except LookupError:
        abort(404)
    flash(gettext("The claimant has your answer."), "success")
    return redirect(url_for("corporate.desk_claim", claim_number=claim_number), 303)


def _found(claim_number: str) -> ClaimView:
    view = service.at_the_desk(reading(), current_staff(), claim_number)
    if view is None:
        abort(404)
    return view


def _row(one: ClaimView) -> dict[str, Any]:
    decidable = service.closed_for(one, 0, house().clock.now()) is None
    word, tone = words.state(one.state, decidable=decidable)
    return {
        "number": one.number,
        "url": url_for("corporate.desk_claim", claim_number=one.number),
        "name": one.name,
        "email": one.email,
        "account": one.account or one.organisation,
        "known": one.account_id is not None,
        "fits": sum(one.evidence.values()),
        "of": len(one.evidence),
        "until": one.waits_until,
        "zone": one.time_zone,
        "word": word,
        "tone": tone,
    }


def _page(view: ClaimView, errors: dict[str, str] | None = None) -> str:
    closed = service.closed_for(view, current_staff().person_id, house().clock.now())
    word, tone = words.state(view.state, decidable=closed is None)
    errors = errors or {}
    account_url = ""
    if view.account_id is not None:
        account_url = open_url("corporate.desk_account", account_id=view.account_id)
    return render_template(
        "corporate/desk/claim.html",
        view=view,
        word=word,
        tone=tone,
        account_url=account_url,
        evidence=[
            {"name": name, "fits": view.evidence[kind]}
            for kind, name in ((str(one), words.EVIDENCE[one]) for one in Evidence)
            if kind in view.evidence
        ],
        closed=words.CLOSED[closed] if closed else None,
        others=[
            {
                "value": "stay",
                "name": gettext("They stay billing contacts"),
                "text": gettext("The claimant comes to them."),
            },
            {
                "value": "go",
                "name": gettext("They lose the role"),
                "text": gettext("The claimant is the only billing contact afterwards."),
            },
        ],
        typed={name: request.form.get(name, "") for name in ("answer", "others")},
        errors=errors,
        problems=[{"field": field or None, "text": text} for field, text in errors.items()],
    )
