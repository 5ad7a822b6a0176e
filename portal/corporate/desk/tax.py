"""The taxes of an account at the desk: its number and what registries said of it, and its exemptions."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.taxes import VatState
from portal.shared.services.accounts import account_view
from portal.shared.services.desk.tax_file import Consultation, tax_file
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.services.taxes.exemptions import (
    LONGEST_DOCUMENT,
    Exemption,
    ExemptionProblem,
    ExemptionState,
)
from portal.shared.web.display import format_short_date, language
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.dates import DateProblem, date_from_text

Errors = dict[str, str]

_PROBLEMS: dict[ExemptionProblem, tuple[str, LazyString]] = {
    ExemptionProblem.DOCUMENT_MISSING: (
        "document",
        lazy_gettext("Write the number of the document: it stands on the invoices."),
    ),
    ExemptionProblem.DOCUMENT_TOO_LONG: ("document", lazy_gettext("Write up to 100 characters.")),
    ExemptionProblem.ENDS_BEFORE_IT_STARTS: (
        "valid_to",
        lazy_gettext("The last day is before the first one."),
    ),
    ExemptionProblem.OVER_ALREADY: (
        "valid_to",
        lazy_gettext("This day is past, and invoices that are written stay as they are."),
    ),
    ExemptionProblem.OVERLAPS: (
        "valid_from",
        lazy_gettext(
            "Another exemption holds on some of these days. End that one first, or choose other days."
        ),
    ),
}

_STATES: dict[ExemptionState, tuple[LazyString, str]] = {
    ExemptionState.COMING: (lazy_gettext("Not yet valid"), "info"),
    ExemptionState.HOLDS: (lazy_gettext("Holds"), "good"),
    ExemptionState.OVER: (lazy_gettext("Over"), "neutral"),
    ExemptionState.ENDED: (lazy_gettext("Ended"), "neutral"),
}

_NUMBERS: dict[VatState, tuple[LazyString, str]] = {
    VatState.VALID: (lazy_gettext("Confirmed by the tax registry"), "good"),
    VatState.PENDING: (lazy_gettext("The registry has not answered yet"), "info"),
    VatState.INVALID: (lazy_gettext("The tax registry does not know it"), "bad"),
}

_ANSWERS: dict[str, tuple[LazyString, str]] = {
    "valid": (lazy_gettext("Confirmed"), "good"),
    "invalid": (lazy_gettext("Unknown"), "bad"),
    "no_answer": (lazy_gettext("No answer"), "neutral"),
}


def show(account_id: int) -> ResponseReturnValue:
    """Number, answers and exemptions."""
    account_of_staff(account_id)
    return _page(account_id)


def add(account_id: int) -> ResponseReturnValue:
    """Keep an exemption by a document that somebody has seen."""
    staff = account_of_staff(account_id)
    days, errors = _typed()
    if days is None:
        return _page(account_id, errors), 422
    document, now = request.form.get("document", ""), house().clock.now()
    problem = tax_exemptions.add(writing(), account_id, document, *days, staff.person_id, now)
    if problem is not None:
        field, sentence = _PROBLEMS[problem]
        return _page(account_id, {field: str(sentence)}), 422
    flash(gettext("The exemption is kept. Invoices of these days carry no tax."), "success")
    return redirect(url_for("corporate.desk_tax", account_id=account_id), 303)


def end(account_id: int, exemption_id: int) -> ResponseReturnValue:
    """End an exemption before its day."""
    staff = account_of_staff(account_id)
    now = house().clock.now()
    if tax_exemptions.end(writing(), account_id, exemption_id, staff.person_id, now):
        flash(gettext("The exemption is ended. Tax is charged from now on."), "success")
    elif exemption_id not in {one.id for one in tax_exemptions.of_account(reading(), account_id)}:
        abort(404)
    return redirect(url_for("corporate.desk_tax", account_id=account_id), 303)


def _typed() -> tuple[tuple[date, date] | None, Errors]:
    """First and last day as they were typed, or a sentence for each field that cannot be used."""
    errors: Errors = {}
    if not request.form.get("document", "").strip():
        errors["document"] = str(_PROBLEMS[ExemptionProblem.DOCUMENT_MISSING][1])
    found: list[date] = []
    for field in ("valid_from", "valid_to"):
        day = date_from_text(request.form.get(field, ""))
        if isinstance(day, DateProblem):
            errors[field] = day.sentence
        else:
            found.append(day)
    return ((found[0], found[1]), {}) if not errors else (None, errors)


def _page(account_id: int, errors: Errors | None = None) -> str:
    now, errors = house().clock.now(), errors or {}
    file, account = tax_file(reading(), account_id, now), account_view(reading(), account_id, now)
    return render_template(
        "corporate/desk/tax.html",
        customer=account,
        file=file,
        number_state=_NUMBERS.get(file.vat_state),
        consultations=[_consultation(one) for one in file.consultations],
        exemptions=[_exemption(one, file.today) for one in file.exemptions],
        typed={
            "document": request.form.get("document", ""),
            "valid_from": request.form.get("valid_from", file.today.isoformat()),
            "valid_to": request.form.get("valid_to", ""),
        },
        longest=LONGEST_DOCUMENT,
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
    )


def _consultation(one: Consultation) -> dict[str, Any]:
    word, tone = _ANSWERS[one.state]
    return {"number": one.number, "word": word, "tone": tone, "reference": one.reference, "at": one.at}


def _exemption(one: Exemption, today: date) -> dict[str, Any]:
    state = one.state_on(today)
    word, tone = _STATES[state]
    return {
        "id": one.id,
        "document": one.document,
        "by": gettext("checked by %(name)s", name=one.by),
        "days": gettext(
            "%(first)s to %(last)s",
            first=format_short_date(one.valid_from, language()),
            last=format_short_date(one.valid_to, language()),
        ),
        "word": word,
        "tone": tone,
        "can_end": state in {ExemptionState.COMING, ExemptionState.HOLDS},
    }
