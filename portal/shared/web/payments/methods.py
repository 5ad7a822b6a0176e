"""Choosing the card or bank account that is charged, and removing one: what both portals do, each in its own words."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.shared.services.charges import answers as charges
from portal.shared.services.payments import methods as payments
from portal.shared.services.payments.methods import CardInUseError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.transactions import database, writing


def make_default(method_id: int, page: str, said: str) -> ResponseReturnValue:
    """Charge this one from now on, and with it at once what is overdue; then say so on the page of this endpoint."""
    here = at_hand()
    known = charges.make_default(
        database(), house().processor, house().clock.now, here.account.id, method_id, here.person.person_id
    )
    if not known:
        abort(404)
    flash(said, "success")
    return redirect(url_for(page, tried="yes"), 303)


def remove(method_id: int, page: str, said: str, in_use: str) -> ResponseReturnValue:
    """Charge this one no more, unless it is in use at this very moment; then say so on the page of this endpoint."""
    here = at_hand()
    try:
        known = payments.remove(writing(), here.account.id, method_id, here.person.person_id, here.now)
    except CardInUseError:
        flash(in_use, "error")
        return redirect(url_for(page), 303)
    if not known:
        abort(404)
    flash(said, "success")
    return redirect(url_for(page), 303)
