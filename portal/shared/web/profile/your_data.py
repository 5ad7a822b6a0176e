"""Your data: what is held about a person, a copy of it, and being forgotten."""

from __future__ import annotations

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.privacy import asking, exporting, obstacles
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.display import format_long_date, language
from portal.shared.web.entrance import identity
from portal.shared.web.house import house
from portal.shared.web.profile import copies
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import privacy as words


def your_data() -> ResponseReturnValue:
    """Say what is held and why, offer a copy, and say what stands in the way of being forgotten."""
    person = identity.current_person()
    return _page(person) if person else identity.to_sign_in()


def ask_for_data() -> ResponseReturnValue:
    """Make a link to a copy: good once, for this person, for a quarter of an hour."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    token = exporting.ask_for_export(writing(), person.person_id, house().machine_clock.now())
    return redirect(url_for("front.data_export", token=token), 303)


def data_export(token: str) -> ResponseReturnValue:
    """Show that a copy is ready, and until when; another person's link looks like one that is not there."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    link = exporting.link(reading(), person.person_id, token, house().machine_clock.now())
    if link is None:
        abort(404)
    return render_template("profile/data_export.html", link=link, token=token)


def take_data_export(token: str) -> ResponseReturnValue:
    """Give the copy, once."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    now = house().machine_clock.now()
    copy = exporting.take_export(writing(), person.person_id, token, now)
    if copy is None:
        if exporting.link(reading(), person.person_id, token, now) is None:
            abort(404)
        flash(gettext("This link was used already. Ask for a new copy."), "info")
        return redirect(url_for("front.your_data"), 303)
    packed = copies.packed(copy, person.name, house().clock.now())
    name = f"my-data-{now:%Y-%m-%d}.zip"
    answer = make_response(packed)
    answer.mimetype = "application/zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def ask_to_be_forgotten() -> ResponseReturnValue:
    """Keep the wish to be forgotten, or say what must be settled first."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    if request.form.get("sure") != "yes":
        return _page(person, problem=gettext("Tick the box, so that this does not happen by mistake.")), 422
    now = house().clock.now()
    in_the_way = asking.ask_to_erase(writing(), person.person_id, person.person_id, "", now)
    if in_the_way:
        return _page(person, problem=gettext("Something has to be settled first.")), 422
    due = asking.due_at(reading(), person.person_id)
    assert due is not None, "it was just asked for"
    day = format_long_date(due.date(), language())
    flash(gettext("You will be forgotten on %(day)s. Until then you can take it back.", day=day), "success")
    return redirect(url_for("front.your_data"), 303)


def stay_known() -> ResponseReturnValue:
    """Take the wish back."""
    person = identity.current_person()
    if person is None:
        return identity.to_sign_in()
    if asking.take_back(writing(), person.person_id, person.person_id, house().clock.now()):
        flash(gettext("Nothing is erased. It is good to have you here."), "success")
    return redirect(url_for("front.your_data"), 303)


def _page(person: SignedIn, *, problem: str | None = None) -> str:
    now = house().clock.now()
    return render_template(
        "profile/your_data.html",
        held=list(words.REASONS.values()),
        due=asking.due_at(reading(), person.person_id),
        hindrances=[words.hindrance(one) for one in obstacles.hindrances(reading(), person.person_id, now)],
        problem=problem,
        problems=[{"field": "sure", "text": problem}] if problem else [],
    )
