"""Rehearsing with a clone of an account: make it, move its clock to the renewal, read the invoice, throw it away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.money import Money
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.clones import living, making
from portal.shared.services.clones.living import Note, Refused, Rehearsals
from portal.shared.services.clones.making import NotHereError
from portal.shared.services.invoices import reading as invoices
from portal.shared.services.rehearsal import LONGEST_DAYS, morning_of
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.display import money
from portal.shared.web.house import house
from portal.shared.web.invoices import pages as invoice_pages
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.dates import DateProblem, date_from_text

_HERE = "corporate.desk_rehearsal"
_REFUSALS: dict[Refused, LazyString] = {
    Refused.BACKWARD: lazy_gettext("The clock only moves forward. Choose a later day."),
    Refused.TOO_FAR: lazy_gettext("That is too far ahead for one move."),
}


def show(account_id: int) -> ResponseReturnValue:
    """The clone with its clock and what it wrote, or the button that makes one."""
    account_of_staff(account_id)
    return _page(account_id)


def clone(account_id: int) -> ResponseReturnValue:
    """Clone the account as it stands now."""
    staff, rehearsals = account_of_staff(account_id), _shelf()
    making.make(writing(), rehearsals, account_id, staff.person_id, staff.name, house().clock.now())
    flash(gettext("The account is cloned. Whatever happens to the clone stays in the clone."), "success")
    return redirect(url_for(_HERE, account_id=account_id), 303)


def move(account_id: int) -> ResponseReturnValue:
    """Move the clone's clock to its renewal, or to a day, and show what came of it."""
    account_of_staff(account_id)
    rehearsals = _shelf()
    note = _note(rehearsals, account_id)
    until = _until(rehearsals, note)
    if isinstance(until, str):
        return _page(account_id, problem=until), 422
    moved = living.move(rehearsals, note, until, seller_taxes())
    if isinstance(moved, Refused):
        return _page(account_id, problem=str(_REFUSALS[moved])), 422
    return redirect(url_for(_HERE, account_id=account_id), 303)


def invoice(account_id: int, name: str) -> ResponseReturnValue:
    """A document that the clone wrote."""
    account_of_staff(account_id)
    rehearsals = _shelf()
    note = _note(rehearsals, account_id)
    with living.opened(rehearsals, account_id) as database, database.read() as session:
        view = invoices.invoice_of(session, account_id, name, note.now)
    if view is None:
        abort(404)
    return render_template(
        "corporate/desk/rehearsal_invoice.html",
        customer=account_view(reading(), account_id, house().clock.now()),
        invoice=invoice_pages.shown(view, catalog.names(reading())),
    )


def throw_away(account_id: int) -> ResponseReturnValue:
    """Remove the clone with everything in it."""
    account_of_staff(account_id)
    _shelf().throw_away(account_id)
    flash(gettext("The clone is gone, and everything in it."), "success")
    return redirect(url_for(_HERE, account_id=account_id), 303)


def is_possible() -> bool:
    """Whether this installation rehearses."""
    return house().settings.rehearses


def _shelf() -> Rehearsals:
    settings = house().settings
    try:
        return making.shelf(settings.data_dir, allowed=settings.rehearses)
    except NotHereError:
        abort(404)


def _note(rehearsals: Rehearsals, account_id: int) -> Note:
    note = rehearsals.note(account_id)
    if note is None:
        abort(404)
    return note


def _until(rehearsals: Rehearsals, note: Note) -> datetime | str:
    """Where the clock is wanted, or what is wrong with what was typed."""
    scene = living.scene(rehearsals, note)
    if "date" not in request.form:
        return scene.renewal_at or str(gettext("The clone has no renewal ahead."))
    day = date_from_text(request.form["date"])
    return day.sentence if isinstance(day, DateProblem) else morning_of(day, scene.time_zone)


def _page(account_id: int, *, problem: str | None = None) -> str:
    rehearsals = _shelf()
    note = rehearsals.note(account_id)
    scene = living.scene(rehearsals, note) if note else None
    documents: list[dict[str, Any]] = [
        {
            "name": one.name,
            "url": url_for("corporate.desk_rehearsal_invoice", account_id=account_id, name=one.name),
            "on": one.issued_on,
            "total": money(Money(one.total_minor, one.currency)),
        }
        for one in (scene.documents if scene else ())
    ]
    field = "date" if "date" in request.form else "renewal"
    return render_template(
        "corporate/desk/rehearsal.html",
        customer=account_view(reading(), account_id, house().clock.now()),
        note=note,
        made_at=datetime.fromisoformat(note.made_at) if note else None,
        scene=scene,
        documents=documents,
        longest=LONGEST_DAYS,
        typed=request.form.get("date", ""),
        errors={field: problem} if problem else {},
        problems=[{"field": field, "text": problem}] if problem else [],
    )
