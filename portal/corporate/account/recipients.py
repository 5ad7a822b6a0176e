"""Invoice recipients: people who get the account's invoices by mail and nothing else."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.services.invoices import recipients as service
from portal.shared.services.invoices.recipients import Added
from portal.shared.web.at_hand import at_hand
from portal.shared.web.mailing.material import LONGEST_NAME, one_line
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.people import is_address


def show() -> ResponseReturnValue:
    """Who is on the list, and an empty line for somebody else."""
    return _page({"name": "", "email": ""}, {})


def add() -> ResponseReturnValue:
    """Put somebody on the list."""
    here = at_hand()
    typed = {field: request.form.get(field, "").strip() for field in ("name", "email")}
    errors = _problems(typed)
    if not errors:
        name, email = one_line(typed["name"]), typed["email"]
        added = service.add(writing(), here.account.id, name, email, here.person.person_id, here.now)
        if added is Added.ADDED:
            flash(gettext("%(email)s gets your invoices from now on.", email=email), "success")
            return redirect(url_for("corporate.invoice_recipients"), 303)
        errors = {"email": _refused(added)}
    return _page(typed, errors), 422


def remove(recipient_id: int) -> ResponseReturnValue:
    """Take somebody off the list."""
    here = at_hand()
    if not service.remove(writing(), here.account.id, recipient_id, here.person.person_id, here.now):
        abort(404)
    flash(gettext("This address gets no more invoices."), "success")
    return redirect(url_for("corporate.invoice_recipients"), 303)


def _problems(typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    if len(typed["name"]) > LONGEST_NAME:
        errors["name"] = gettext("Write a name of up to %(most)d characters.", most=LONGEST_NAME)
    if not typed["email"]:
        errors["email"] = gettext("Write an email address.")
    elif not is_address(typed["email"]):
        errors["email"] = gettext("Write one email address, for example accounts@example.com.")
    return errors


def _refused(added: Added) -> str:
    if added is Added.KNOWN:
        return str(gettext("This address is on the list already."))
    return str(
        gettext(
            "There are %(most)d invoice recipients, and that is the most. Take somebody off first.",
            most=service.MOST,
        )
    )


def _page(typed: dict[str, str], errors: dict[str, str]) -> str:
    return render_template(
        "corporate/account/recipients.html",
        recipients=service.recipients(reading(), at_hand().account.id),
        most=service.MOST,
        typed=typed,
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )
