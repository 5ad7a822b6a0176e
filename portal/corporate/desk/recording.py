"""Recording a transfer or a cheque: first what each invoice gets is shown, then it is saved."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.staff import account_of_staff
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments import matching, recording
from portal.shared.services.invoice_payments.recording import Kind, Moved, Plan, Received, Recorded, Trouble
from portal.shared.web.display import language, money
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.amounts import AmountProblem, amount_from_text, amount_sentence
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words.payments import KINDS, TROUBLES

Errors = dict[str, str]


def show(account_id: int) -> ResponseReturnValue:
    """The form; once it is filled in and checked, what recording would do."""
    staff, account = account_of_staff(account_id), _account(account_id)
    if "check" not in request.args:
        return _page(account)
    received, errors = _typed(account)
    if received is None:
        return _page(account, errors=errors), 422
    planned = recording.plan(reading(), staff, account_id, received, house().clock.now())
    if isinstance(planned, Trouble):
        return _page(account, errors=_trouble(planned)), 422
    return _page(account, plan=planned)


def record(account_id: int) -> ResponseReturnValue:
    """Save it as it was shown, once."""
    staff, account = account_of_staff(account_id), _account(account_id)
    received, errors = _typed(account)
    if received is None:
        return _page(account, errors=errors), 422
    if not shown_orders.is_key(request.form.get("key", "")):
        sentence = gettext("This page is not complete. Check the payment and try again.")
        return _page(account, errors={"record-payment": sentence}), 400
    return _recorded(staff, account, received)


def _recorded(staff: Staff, account: AccountView, received: Received) -> ResponseReturnValue:
    answer = recording.record_payment(
        writing(),
        staff,
        account.id,
        received,
        request.form.get("shown", ""),
        request.form["key"],
        house().clock.now(),
    )
    match answer:
        case Recorded():
            sentence = gettext(
                "%(amount)s is recorded. The billing contacts of %(account)s get a mail.",
                amount=money(received.amount),
                account=account.name,
            )
            flash(sentence, "success")
            return redirect(url_for("corporate.desk_account", account_id=account.id), 303)
        case Moved(now=planned):
            return _page(account, plan=planned, moved=True), 409
        case Trouble() as trouble:
            return _page(account, errors=_trouble(trouble)), 422


def _trouble(trouble: Trouble) -> Errors:
    field, sentence = TROUBLES[trouble]
    return {field: str(sentence)}


def _typed(account: AccountView) -> tuple[Received | None, Errors]:
    """What was typed, or a sentence for each field that cannot be used."""
    errors: Errors = {}
    kind = request.values.get("kind", "")
    if kind not in set(Kind):
        errors["kind"] = gettext("Choose bank transfer or cheque.")
    amount = amount_from_text(request.values.get("amount", ""), account.currency, language())
    if isinstance(amount, AmountProblem):
        errors["amount"] = amount_sentence(amount, account.currency)
    day = date_from_text(request.values.get("received_on", ""))
    if isinstance(day, DateProblem):
        errors["received_on"] = day.sentence
    if errors or isinstance(amount, AmountProblem) or isinstance(day, DateProblem):
        return None, errors
    reference = " ".join(request.values.get("reference", "").split())
    return Received(Kind(kind), reference, day, amount, tuple(request.values.getlist("invoice")) or None), {}


def _account(account_id: int) -> AccountView:
    return account_view(reading(), account_id, house().clock.now())


def _page(
    account: AccountView, *, plan: Plan | None = None, errors: Errors | None = None, moved: bool = False
) -> str:
    open_ = matching.open_of(reading(), account.id, house().clock.now())
    typed = request.values
    return render_template(
        "corporate/desk/record_payment.html",
        customer=account,
        kinds=[{"value": str(kind), "label": KINDS[kind]} for kind in Kind],
        kind=typed.get("kind", str(Kind.TRANSFER)),
        amount=typed.get("amount", ""),
        received_on=typed.get("received_on", account.today.isoformat()),
        reference=typed.get("reference", ""),
        invoices=[_choice(due) for due in open_],
        chosen=typed.getlist("invoice"),
        plan=plan,
        moved=moved,
        errors=errors or {},
        problems=[{"field": field, "text": text} for field, text in (errors or {}).items()],
        key=shown_orders.new_key(),
    )


def _choice(due: matching.Due) -> dict[str, Any]:
    return {"value": due.name, "label": due.name, "due": due}
