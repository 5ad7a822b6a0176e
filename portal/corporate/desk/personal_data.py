"""For managers: the data of somebody who asked by mail, given to them or erased."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import current_staff
from portal.shared.services.desk import Staff
from portal.shared.services.privacy import asking, exporting, obstacles
from portal.shared.services.privacy.asking import Asker
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import privacy as words


def show() -> ResponseReturnValue:
    """Ask whose data it is about."""
    _manager()
    return _search()


def find() -> ResponseReturnValue:
    """Lead on to the person with this address of mail."""
    _manager()
    found = asking.with_address(reading(), request.form.get("whose_email", ""))
    if found is None:
        return _search(gettext("We know nobody with this email address.")), 422
    return redirect(url_for("corporate.desk_person", person_id=found.person_id), 303)


def one(person_id: int) -> ResponseReturnValue:
    """What can be done for this person, and what stands in the way."""
    _manager()
    return _person(_asker(person_id))


def mail_export(person_id: int) -> ResponseReturnValue:
    """Mail the person a link to a copy of their data."""
    manager, asker = _manager(), _asker(person_id)
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _person(asker, {"reason": gettext("Say how the person asked for it.")}), 422
    exporting.mail_export(
        writing(), person_id, manager.person_id, reason, house().clock.now(), house().machine_clock.now()
    )
    flash(gettext("The link to the copy is on its way to %(name)s.", name=asker.name), "success")
    return redirect(url_for("corporate.desk_person", person_id=person_id), 303)


def erase(person_id: int) -> ResponseReturnValue:
    """Begin the days of grace for somebody who wants to be forgotten."""
    manager, asker = _manager(), _asker(person_id)
    reason = request.form.get("why", "").strip()
    if not reason:
        return _person(asker, {"why": gettext("Say how the person asked for it.")}), 422
    if asking.ask_to_erase(writing(), person_id, manager.person_id, reason, house().clock.now()):
        return _person(asker, {"why": gettext("Something has to be settled first.")}), 422
    flash(gettext("%(name)s gets a mail, and can take it back for 7 days.", name=asker.name), "success")
    return redirect(url_for("corporate.desk_person", person_id=person_id), 303)


def keep(person_id: int) -> ResponseReturnValue:
    """Take the wish back for somebody who asks for that."""
    manager, asker = _manager(), _asker(person_id)
    if asking.take_back(writing(), person_id, manager.person_id, house().clock.now()):
        flash(gettext("Nothing is erased. %(name)s gets a mail.", name=asker.name), "success")
    return redirect(url_for("corporate.desk_person", person_id=person_id), 303)


def _manager() -> Staff:
    staff = current_staff()
    if staff.role != "manager":
        abort(404)
    return staff


def _asker(person_id: int) -> Asker:
    found = asking.asker(reading(), person_id)
    if found is None:
        abort(404)
    return found


def _search(problem: str | None = None) -> str:
    return render_template(
        "corporate/desk/personal_data.html",
        typed=request.form.get("whose_email", ""),
        problem=problem,
        problems=[{"field": "whose_email", "text": problem}] if problem else [],
    )


def _person(asker: Asker, errors: dict[str, str] | None = None) -> str:
    now, errors = house().clock.now(), errors or {}
    return render_template(
        "corporate/desk/personal_data_of_one.html",
        asker=asker,
        due=asking.due_at(reading(), asker.person_id),
        hindrances=[words.of_another(each) for each in obstacles.hindrances(reading(), asker.person_id, now)],
        errors=errors,
        typed=request.form,
        problems=[{"field": name, "text": text} for name, text in errors.items()],
    )
