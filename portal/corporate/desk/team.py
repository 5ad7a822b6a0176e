"""The manager's page of the team, and giving an account to somebody else of it."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import account_of_staff, current_staff
from portal.shared.services.desk import Staff, team
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing


def show() -> ResponseReturnValue:
    """Everybody of the team with their accounts, and what waits there."""
    return _page(_manager(current_staff()))


def move_account(account_id: int) -> ResponseReturnValue:
    """Give an account to somebody else of the team."""
    manager = _manager(account_of_staff(account_id))
    rep = request.form.get("rep", "")
    number = int(rep) if rep.isascii() and rep.isdigit() and len(rep) < 10 else 0
    try:
        there = team.move_account(writing(), manager, account_id, number, house().clock.now())
    except team.NotInTheTeamError:
        sentence = gettext("Choose somebody of your team.")
        return _page(manager, problem=sentence), 422
    if there is not None:
        flash(
            gettext(
                "%(name)s looks after the account now. Its billing contacts get a mail.", name=there.name
            ),
            "success",
        )
    return redirect(url_for("corporate.desk_account", account_id=account_id), 303)


def _manager(staff: Staff) -> Staff:
    if staff.role != "manager":
        abort(404)
    return staff


def _page(manager: Staff, *, problem: str | None = None) -> str:
    desks = team.team(reading(), manager, house().clock.now())
    people = [desk.colleague for desk in desks if desk.colleague and desk.colleague.works_here]
    return render_template(
        "corporate/desk/team.html",
        manager=manager,
        desks=desks,
        people=people,
        problems=[{"field": None, "text": problem}] if problem else [],
    )
