"""A credit note for an invoice: which lines, how much, why; then what happens; then done, with the dispute if any."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.correcting.words import CREDIT
from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.wishes import LONGEST_NOTE, Dispute
from portal.shared.services import requests as asked
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.catalog.reading import Names, names
from portal.shared.services.corrections import credit_notes, pressing
from portal.shared.services.corrections.credit_notes import (
    Creditable,
    CreditWish,
    DisputeAnswer,
    Moved,
    Plan,
    Trouble,
    Written,
)
from portal.shared.services.corrections.pressing import KeyReused, Press, Repeated
from portal.shared.services.desk import Staff
from portal.shared.services.requests import RequestView
from portal.shared.web.at_hand import credit_limits
from portal.shared.web.display import labelled, language, money
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.orders.display import line_rows, plan_and_seats, tax_rows
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.transactions import abandon, reading, writing
from portal.shared.web.typed.amounts import AmountProblem, amount_as_typed, amount_from_text, amount_sentence

Errors = dict[str, str]


class _Here:
    """The invoice, the account, who works on it, and the dispute that is about it."""

    def __init__(self, account_id: int, name: str) -> None:
        self.staff: Staff = account_of_staff(account_id)
        self.account: AccountView = account_view(reading(), account_id, house().clock.now())
        found = credit_notes.creditable(reading(), self.staff, account_id, name, credit_limits())
        if found is None:
            abort(404)
        self.invoice: Creditable = found
        self.dispute: RequestView | None = _dispute(account_id, name)


def show(account_id: int, name: str) -> ResponseReturnValue:
    """The form; once it is filled in and checked, what the credit note does."""
    here = _Here(account_id, name)
    if "check" not in request.args:
        return _page(here)
    wish, errors = _typed(here)
    if wish is None:
        return _page(here, errors=errors), 422
    planned = credit_notes.plan(reading(), here.staff, account_id, wish, credit_limits(), house().clock.now())
    if isinstance(planned, Trouble):
        return _page(here, errors=_told(planned)), 422
    return _page(here, plan=planned)


def write(account_id: int, name: str) -> ResponseReturnValue:
    """Write it as it was shown, once."""
    here, press = _Here(account_id, name), Press(request.form.get("key", ""), shown_orders.said())
    if not shown_orders.is_key(press.key):
        sentence = gettext("This page is not complete. Check the credit note and try again.")
        return _page(here, errors={"amounts": sentence}), 400
    known = pressing.seen_before(reading(), account_id, press)
    if known is not None:  # what it lowered may have nothing left that could be typed
        return _pressed_before(here, known)
    wish, errors = _typed(here)
    if wish is None:
        return _page(here, errors=errors), 422
    try:
        done = credit_notes.write(
            writing(),
            here.staff,
            account_id,
            replace(wish, press=press),
            credit_limits(),
            request.form.get("shown", ""),
            house().clock.now(),
            _answer(here),
        )
    except (asked.AlreadyAnsweredError, asked.TakenByColleagueError, asked.ChangedMeanwhileError):
        abandon()
        sentence = gettext("Something has happened to the dispute since. Read it and try again.")
        return _page(here, errors={"answer": sentence}), 409
    match done:
        case Written(name=note):
            flash(gettext("Credit note %(name)s is written.", name=note), "success")
            return redirect(url_for("corporate.desk_account", account_id=account_id), 303)
        case Repeated() | KeyReused():
            return _pressed_before(here, done)
        case Moved(now=planned):
            return _page(here, plan=planned, moved=True), 409
        case Trouble() as trouble:
            return _page(here, errors=_told(trouble)), 422


def _pressed_before(here: _Here, known: Repeated | KeyReused) -> ResponseReturnValue:
    if isinstance(known, KeyReused):
        sentence = gettext("This page was used for another credit note. Check it and try again.")
        return _page(here, errors={"amounts": sentence}), 422
    flash(gettext("This credit note is written. It was not written again."), "info")
    return redirect(url_for("corporate.desk_account", account_id=here.account.id), 303)


def _dispute(account_id: int, name: str) -> RequestView | None:
    """The open dispute of this invoice, if there is one: a credit note answers it."""
    for one in asked.of_account(reading(), account_id):
        if one.is_unanswered and isinstance(one.wish, Dispute) and one.wish.invoice == name:
            return one
    return None


def _answer(here: _Here) -> DisputeAnswer | None:
    """The answer to the dispute that the page showed; a dispute that is newer than the page is left alone."""
    if here.dispute is None or request.form.get("dispute") != str(here.dispute.id):
        return None
    seen = request.form.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else -1
    return DisputeAnswer(here.dispute.id, request.form.get("answer", "").strip(), number)


def _told(trouble: Trouble) -> Errors:
    field, sentence = CREDIT[trouble]
    return {field: str(sentence)}


def _typed(here: _Here) -> tuple[CreditWish | None, Errors]:
    errors: Errors = {}
    amounts = {}
    for one in here.invoice.lines:
        field = f"line-{one.line.line.id}"
        text = request.values.get(field, "")
        if not text.strip():
            continue
        amount = amount_from_text(text, here.account.currency, language())
        if isinstance(amount, AmountProblem):
            errors[field] = amount_sentence(amount, here.account.currency)
        elif one.rest < amount:
            errors[field] = gettext("No more than %(rest)s is left of this line.", rest=money(one.rest))
        elif amount:
            amounts[one.line.line.id] = amount
    answer = request.values.get("answer", "").strip()
    if here.dispute is not None and not answer:
        errors["answer"] = gettext("Write the answer to the dispute.")
    elif len(answer) > LONGEST_NOTE:
        errors["answer"] = request_forms.too_long(LONGEST_NOTE)
    if errors:
        return None, errors
    return CreditWish(here.invoice.name, amounts, request.values.get("reason", "")), {}


def _page(here: _Here, *, plan: Plan | None = None, errors: Errors | None = None, moved: bool = False) -> str:
    words = names(reading())
    fields = [f"line-{one.line.line.id}" for one in here.invoice.lines]
    kept = {field: request.values.get(field, "") for field in (*fields, "reason", "answer")}
    about = {"dispute": here.dispute.id, "seen": here.dispute.seen} if here.dispute else {}
    manager = here.staff.role == "manager"
    return render_template(
        "corporate/desk/credit_note.html",
        customer=here.account,
        invoice=here.invoice,
        dispute=here.dispute,
        lines=[_line(one, words) for one in here.invoice.lines],
        typed=kept,
        hidden={**kept, **about, "shown": plan.digest if plan else "", "key": shown_orders.new_key()},
        plan=_plan(plan, words) if plan else None,
        moved=moved,
        errors=errors or {},
        problems=[
            {"field": None if field == "amounts" else field, "text": text}
            for field, text in (errors or {}).items()
        ],
        write_off_url=(
            url_for("corporate.desk_write_off", account_id=here.account.id, name=here.invoice.name)
            if manager and here.invoice.open
            else ""
        ),
    )


def _line(one: credit_notes.CreditableLine, words: Names) -> dict[str, Any]:
    line = one.line.line
    return {
        "field": f"line-{line.id}",
        "label": labelled(
            words.product(line.product, language()), plan_and_seats(line.plan_id, line.seats, words)
        ),
        "start": line.service_start,
        "end": line.service_end,
        "amount": one.amount,
        "rest": one.rest,
        "all": amount_as_typed(one.rest, language()),
    }


def _plan(plan: Plan, words: Names) -> dict[str, Any]:
    rows = [*line_rows(plan.summary.lines, words), *tax_rows(plan.summary.lines)]
    return {
        "summary": {
            "rows": rows,
            "total_label": gettext("Total"),
            "total": money(plan.summary.total),
            "notes": [],
        },
        "total": -plan.summary.total,
        "lowers": plan.lowers,
        "kept": plan.kept,
    }
