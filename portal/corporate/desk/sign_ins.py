"""Where a customer's person or a colleague is signed in, and ending all of it: for managers and Customer Care."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.corporate.desk.staff import current_staff
from portal.shared.services.desk import sign_ins
from portal.shared.services.desk.sign_ins import SignIns
from portal.shared.services.equipment import Session
from portal.shared.services.sign_in.ending import LONGEST_REASON
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.profile.person import zone_of
from portal.shared.web.transactions import reading, writing


def of_account(account_id: int, person_id: int) -> ResponseReturnValue:
    """How often somebody of an account is signed in."""
    return _page(_of_account(reading(), account_id, person_id), account_id)


def end_of_account(account_id: int, person_id: int) -> ResponseReturnValue:
    """End all sign-ins of somebody of an account."""
    return _end(_of_account(writing(), account_id, person_id), account_id)


def of_colleague(person_id: int) -> ResponseReturnValue:
    """How often somebody of the manager's team is signed in."""
    return _page(_of_colleague(reading(), person_id))


def end_of_colleague(person_id: int) -> ResponseReturnValue:
    """End all sign-ins of somebody of the manager's team."""
    return _end(_of_colleague(writing(), person_id))


def _of_account(session: Session, account_id: int, person_id: int) -> SignIns:
    found = sign_ins.of_account(session, current_staff(), account_id, person_id, house().machine_clock.now())
    return found or abort(404)


def _of_colleague(session: Session, person_id: int) -> SignIns:
    found = sign_ins.of_colleague(session, current_staff(), person_id, house().machine_clock.now())
    return found or abort(404)


def _end(whose: SignIns, account_id: int | None = None) -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _page(whose, account_id, gettext("Say why; the person reads it.")), 422
    if len(reason) > LONGEST_REASON:
        sentence = ngettext(
            "Use at most %(num)d character.", "Use at most %(num)d characters.", LONGEST_REASON
        )
        return _page(whose, account_id, sentence), 422
    ended = sign_ins.end(writing(), current_staff(), whose, reason, house().machine_clock.now())
    if ended:
        flash(
            ngettext(
                "%(name)s is signed out of %(num)d device and gets a mail.",
                "%(name)s is signed out of %(num)d devices and gets a mail.",
                ended,
                name=whose.name,
            ),
            "success",
        )
    else:
        flash(gettext("%(name)s was not signed in anywhere.", name=whose.name), "info")
    return redirect(_here("", whose, account_id), 303)


def _here(kind: str, whose: SignIns, account_id: int | None) -> str:
    if account_id is None:
        return url_for(f"corporate.{kind or 'desk_'}sign_ins_of_colleague", person_id=whose.person_id)
    return url_for(f"corporate.{kind or 'desk_'}sign_ins", account_id=account_id, person_id=whose.person_id)


def _zone() -> str:
    person = identity.current_person()
    return zone_of(person) if person is not None else "UTC"


def _page(whose: SignIns, account_id: int | None = None, problem: str | None = None) -> str:
    back = url_for("corporate.desk_team")
    if account_id is not None:
        back = url_for("corporate.desk_account", account_id=account_id)
    return render_template(
        "corporate/desk/sign_ins.html",
        whose=whose,
        back=back,
        of_team=account_id is None,
        send_to=_here("end_", whose, account_id),
        typed=request.form.get("reason", ""),
        zone=_zone(),
        longest=LONGEST_REASON,
        problem=problem,
        problems=[{"field": "reason", "text": problem}] if problem else [],
    )
