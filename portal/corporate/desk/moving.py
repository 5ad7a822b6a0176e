"""Moving an account to the other portal: what it does, line by line; then it is done; for 30 days it can be undone."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeSerializer

from portal.corporate.desk import moving_words as words
from portal.corporate.desk.account_words import day_options
from portal.corporate.desk.staff import current_staff
from portal.corporate.links import open_url
from portal.shared.domain.moving import Agreed, Plan
from portal.shared.domain.wishes import LONGEST_NOTE
from portal.shared.services.accounts import account_view
from portal.shared.services.desk import Staff
from portal.shared.services.moving import moves
from portal.shared.services.moving.moves import LastMove, Outcome
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.requests.forms import too_long
from portal.shared.web.transactions import reading, writing


def show(account_id: int) -> ResponseReturnValue:
    """What moving the account would do, or undoing the last move."""
    staff = _mover(account_id)
    wish = _wish()
    return _page(staff, account_id, wish) if wish is not None else (_refused(staff, account_id), 422)


def move(account_id: int) -> ResponseReturnValue:
    """Move it, if it is as it was shown."""
    staff, wish, answer = _mover(account_id), _wish(), request.form.get("answer", "").strip()
    if wish is None:
        return _refused(staff, account_id), 422
    if len(answer) > LONGEST_NOTE:
        return _page(staff, account_id, wish, errors={"answer": too_long(LONGEST_NOTE)}), 422
    try:
        done = moves.move(
            writing(),
            staff,
            account_id,
            wish,
            _seen(),
            seller_taxes(),
            house().clock.now(),
            answer=answer,
        )
    except moves.NotTheirsError:
        abort(404)
    except moves.NotAgreeableError:
        return _refused(staff, account_id), 422
    return _settled(staff, account_id, wish, done)


def undo(account_id: int) -> ResponseReturnValue:
    """Undo the last move, if that does what was shown."""
    staff = _mover(account_id)
    try:
        done = moves.undo(writing(), staff, account_id, _seen(), seller_taxes(), house().clock.now())
    except moves.NotTheirsError:
        abort(404)
    return _settled(staff, account_id, Agreed(), done)


def _settled(staff: Staff, account_id: int, wish: Agreed, done: Outcome) -> ResponseReturnValue:
    match done:
        case moves.Hindered():
            sentence = gettext("Something stands in the way. Nothing was changed.")
            return _page(staff, account_id, wish, problem=sentence), 409
        case moves.Changed():
            sentence = gettext("The account has changed since this page was shown. Look at it again.")
            return _page(staff, account_id, wish, problem=sentence), 409
        case moves.Moved():
            flash(words.done(done.plan), "success")
    return redirect(url_for("corporate.desk_moving", account_id=account_id), 303)


def _mover(account_id: int) -> Staff:
    """Whoever may move the account, or has moved it lately; for everybody else it does not exist."""
    staff = current_staff()
    if not moves.may_look(reading(), staff, account_id, house().clock.now()):
        abort(404)
    return staff


def _wish() -> Agreed | None:
    """What is to be agreed with a corporate account; nothing, when the form says what its lists do not offer."""
    rep, days = request.values.get("rep", ""), request.values.get("days", "")
    if any(text and not (text.isascii() and text.isdigit() and len(text) < 19) for text in (rep, days)):
        return None
    return Agreed(int(rep) if rep else None, int(days) if days else None)


def _refused(staff: Staff, account_id: int) -> str:
    problem = gettext("Choose a representative and terms of payment of the lists.")
    return _page(staff, account_id, Agreed(), problem=problem)


def _page(
    staff: Staff,
    account_id: int,
    wish: Agreed,
    *,
    problem: str | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    session, now = reading(), house().clock.now()
    last = moves.last_move(session, account_id, seller_taxes(), now)
    theirs = moves.may_move(session, staff, account_id)
    undoing = last is not None and last.undo.possible
    try:
        plan = (
            moves.preview(session, account_id, wish, seller_taxes(), now) if theirs and not undoing else None
        )
    except moves.NotAgreeableError:
        problem = gettext("Choose a representative and terms of payment of the lists.")
        plan = moves.preview(session, account_id, Agreed(), seller_taxes(), now)
    people = {one.id: one.name for one in moves.representatives(session)}
    account = account_view(session, account_id, now)
    on_top = [{"field": None, "text": problem}] if problem else []
    return render_template(
        "corporate/desk/moving.html",
        customer=account,
        account_url=open_url("corporate.desk_account", account_id=account_id) if theirs else "",
        plan=words.told(plan, people) if plan else None,
        shown=_sealed().dumps(plan.digest) if plan else "",
        last=_last(last, people, account.time_zone, theirs=theirs) if last else None,
        reps=words.rep_options(people),
        days=day_options(None),
        typed={"rep": request.values.get("rep", ""), "days": request.values.get("days", "")},
        answer=request.form.get("answer", ""),
        asked=moves.asked_for(session, account_id) if theirs else [],
        errors=errors or {},
        problems=on_top + [{"field": name, "text": text} for name, text in (errors or {}).items()],
    )


def _last(last: LastMove, people: dict[int, str], zone: str, *, theirs: bool) -> dict[str, object]:
    told = words.last_move(last, zone, theirs=theirs)
    undo: Plan | None = last.undo if last.undo.possible else None
    return {
        **told,
        "undo": words.told(undo, people) if undo else None,
        "shown": _sealed().dumps(undo.digest) if undo else "",
    }


def _seen() -> str:
    """The digest of the plan that the page showed, unless somebody has changed it on the way."""
    try:
        return str(_sealed().loads(request.form.get("shown", "")))
    except BadData:
        return ""


def _sealed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="moving-shown")
