"""Billing details: the address and tax number that stand on invoices. Name and country are staff's to change."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.corporate.links import open_url
from portal.shared.services import billing_details as service
from portal.shared.services.billing_details import LONGEST, Details, Problem
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.web.at_hand import at_hand
from portal.shared.web.countries import country_name
from portal.shared.web.tax_numbers import keep_vat_number
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import taxes as tax_words

_PROBLEMS: dict[tuple[str, Problem], LazyString] = {
    ("street", Problem.MISSING): lazy_gettext("Write street and number: invoices need an address."),
    ("city", Problem.MISSING): lazy_gettext("Write the city: invoices need an address."),
    ("postal_code", Problem.NO_POSTAL_CODE): lazy_gettext("A postal code has plain letters and digits only."),
    ("phone", Problem.NO_PHONE): lazy_gettext(
        "Write the telephone number in the digits 0 to 9, for example +55 11 5555 0100."
    ),
}


def show() -> ResponseReturnValue:
    """The details as they stand."""
    return _page()


def change() -> ResponseReturnValue:
    """Keep address and telephone."""
    here = at_hand()
    typed = Details(*(request.form.get(field.name, "") for field in fields(Details)))
    problems = service.change(writing(), here.account.id, typed, here.person.person_id, here.now)
    if problems:
        return _page(typed, {name: _sentence(name, problem) for name, problem in problems.items()}), 422
    flash(gettext("The billing details are kept. They stand on your next invoice."), "success")
    return redirect(url_for("corporate.billing_details"), 303)


def set_vat_number() -> ResponseReturnValue:
    """Keep the tax number; the tax of the next order follows from it."""
    problem = keep_vat_number(request.form.get("vat_number", ""))
    if problem is not None:
        return _page(errors={"vat_number": problem}), 422
    return redirect(url_for("corporate.billing_details"), 303)


def _page(typed: Details | None = None, errors: dict[str, str] | None = None) -> str:
    account = at_hand().account
    errors = errors or {}
    values: dict[str, Any] = asdict(typed or service.details_of(reading(), account.id))
    return render_template(
        "corporate/account/billing_details.html",
        typed=values | {"vat_number": request.form.get("vat_number", account.vat_number)},
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        name=account.name,
        country=country_name(account.country),
        vat_state=account.vat_state,
        exemption=tax_words.exempt_until(tax_exemptions.of_today(reading(), account.id, account.today)),
        ask_for_country=open_url("corporate.new_request", kind="country"),
        ask_for_name=open_url("corporate.new_request", kind="other"),
    )


def _sentence(name: str, problem: Problem) -> str:
    if problem is Problem.TOO_LONG:
        return str(gettext("Write up to %(most)d characters.", most=LONGEST[name]))
    if problem is Problem.UNREADABLE:
        return str(gettext("This holds characters that cannot be seen. Type it instead of pasting it."))
    return str(_PROBLEMS[name, problem])
