"""Giving money back to the card it came from: how much of which payment, why; then what happens; then done."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.correcting.words import REFUND
from portal.corporate.desk.staff import account_of_staff
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.corrections import refunds
from portal.shared.services.corrections.refunds import Asked, RefundState, RefundWish, Trouble
from portal.shared.web.at_hand import credit_limits
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.transactions import database, reading
from portal.shared.web.typed.amounts import AmountProblem, amount_from_text, amount_sentence
from portal.shared.web.words.payments import KINDS

Errors = dict[str, str]


def show(account_id: int) -> ResponseReturnValue:
    """The form; once it is filled in and checked, what giving it back does."""
    staff, account = account_of_staff(account_id), _account(account_id)
    if "check" not in request.args:
        return _page(account)
    wish, errors = _typed(account, shown_orders.new_key())
    if wish is None:
        return _page(account, errors=errors), 422
    trouble = refunds.check(reading(), staff, account_id, wish, credit_limits())
    if trouble is not None:
        return _page(account, errors=_told(trouble)), 422
    return _page(account, planned=wish)


def give_back(account_id: int) -> ResponseReturnValue:
    """Ask the card processor, and bring its answer into the books."""
    staff, account = account_of_staff(account_id), _account(account_id)
    key = request.form.get("key", "")
    wish, errors = _typed(account, key)
    if wish is None:
        return _page(account, errors=errors), 422
    if not shown_orders.is_key(key):
        sentence = gettext("This page is not complete. Check the refund and try again.")
        return _page(account, errors={"amount": sentence}), 400
    done = refunds.give_back(
        database(), house().processor, house().clock.now, staff, account_id, wish, credit_limits()
    )
    match done:
        case Asked(state=RefundState.REFUSED):
            sentence = gettext("The card processor refused. The amount is back on the balance.")
            return _page(_account(account_id), errors={"amount": sentence}), 422
        case Asked(state=RefundState.STARTED):
            flash(
                gettext("The card processor has not answered yet. It is asked again in a few minutes."),
                "info",
            )
        case Asked():
            flash(gettext("%(amount)s goes back to the card.", amount=money(wish.amount)), "success")
        case Trouble() as trouble:
            return _page(account, errors=_told(trouble)), 422
    return redirect(url_for("corporate.desk_account", account_id=account_id), 303)


def _told(trouble: Trouble) -> Errors:
    field, sentence = REFUND[trouble]
    return {field: str(sentence)}


def _typed(account: AccountView, key: str) -> tuple[RefundWish | None, Errors]:
    errors: Errors = {}
    payment = request.values.get("payment", "")
    if not (payment.isascii() and payment.isdigit() and len(payment) < 19):
        errors["payment"] = gettext("Choose one of the payments of the list.")
    amount = amount_from_text(request.values.get("amount", ""), account.currency, language())
    if isinstance(amount, AmountProblem):
        errors["amount"] = amount_sentence(amount, account.currency)
    if errors or isinstance(amount, AmountProblem):
        return None, errors
    return RefundWish(int(payment), amount, request.values.get("reason", ""), key), {}


def _account(account_id: int) -> AccountView:
    return account_view(reading(), account_id, house().clock.now())


def _page(account: AccountView, *, planned: RefundWish | None = None, errors: Errors | None = None) -> str:
    found = refunds.refundable(reading(), account.id)
    typed = request.values
    chosen = typed.get("payment", str(found[0].id) if found else "")
    return render_template(
        "corporate/desk/refund.html",
        customer=account,
        payments=[
            {
                "value": str(one.id),
                "label": gettext(
                    "%(amount)s on %(day)s",
                    amount=money(one.amount),
                    day=format_long_date(one.at, language(), account.time_zone),
                )
                + (f" · {one.card}" if one.card else ""),
            }
            for one in found
        ],
        outside=[
            gettext(
                "%(kind)s, %(amount)s on %(day)s",
                kind=str(KINDS[one.kind]),
                amount=money(one.amount),
                day=format_long_date(one.at, language(), account.time_zone),
            )
            + (f" · {one.reference}" if one.reference else "")
            for one in refunds.outside(reading(), account.id)
        ],
        payment=chosen,
        card=next((one.card for one in found if str(one.id) == chosen), ""),
        amount=typed.get("amount", ""),
        reason=typed.get("reason", ""),
        planned=planned,
        after=account.balance - planned.amount if planned else None,
        errors=errors or {},
        problems=[{"field": field, "text": text} for field, text in (errors or {}).items()],
    )
