"""Beginning and ending to look at an account as its billing contact does."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk import account
from portal.corporate.desk.staff import account_of_staff, current_staff
from portal.shared.domain.viewing import LONGEST_REASON, SHORTEST_REASON, ReasonProblem
from portal.shared.services.desk import viewing
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing


def start(account_id: int) -> ResponseReturnValue:
    """Look at the account, for a reason that its people read."""
    staff = account_of_staff(account_id)
    typed = request.form.get("reason", "")
    token = identity.current_token() or ""
    problem = viewing.start(writing(), staff, account_id, typed, token, house().clock.now())
    if problem is not None:
        return account.show_again(staff, account_id, look_problem=_sentence(problem)), 422
    return redirect(url_for(account.customers_home(reading(), account_id)), 303)


def stop() -> ResponseReturnValue:
    """Look no more, and go back to the account."""
    staff = current_staff()
    account_id = viewing.stop(writing(), staff.person_id, house().clock.now())
    if account_id is None:
        return redirect(url_for("corporate.desk"), 303)
    flash(
        gettext("You no longer look at this account. Its people find what you did under Activity."), "success"
    )
    return redirect(url_for("corporate.desk_account", account_id=account_id), 303)


def _sentence(problem: ReasonProblem) -> str:
    if problem is ReasonProblem.TOO_LONG:
        return str(gettext("Say it in at most %(most)d characters.", most=LONGEST_REASON))
    told = gettext("Say why in at least %(least)d characters: the customer reads it.", least=SHORTEST_REASON)
    return str(told)
