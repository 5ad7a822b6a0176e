"""Writing off what is open of an invoice: a manager says so, once, with a reason."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.correcting.words import WRITE_OFF
from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.money import Money
from portal.shared.services.accounts import account_view
from portal.shared.services.corrections import write_offs
from portal.shared.services.corrections.pressing import KeyReused, Press, Repeated
from portal.shared.services.corrections.write_offs import Trouble
from portal.shared.services.desk import Staff
from portal.shared.services.invoice_payments.reading import Payable, payable
from portal.shared.web.display import money
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.transactions import reading, writing


def show(account_id: int, name: str) -> ResponseReturnValue:
    """What is open, and what writing it off means."""
    _manager(account_id)
    return _page(account_id, _found(account_id, name))


def write_off(account_id: int, name: str) -> ResponseReturnValue:
    """Write off what the page showed, once."""
    staff, invoice = _manager(account_id), _found(account_id, name)
    key = request.form.get("key", "")
    if not shown_orders.is_key(key):
        sentence = gettext("This page is not complete. Check it and try again.")
        return _page(account_id, invoice, {"reason": sentence}), 400
    shown = request.form.get("open", "")
    seen = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else 0
    done = write_offs.write_off(
        writing(),
        staff,
        account_id,
        name,
        Money(seen, invoice.total.currency),
        request.form.get("reason", ""),
        house().clock.now(),
        Press(key, shown_orders.said()),
    )
    if isinstance(done, KeyReused):
        sentence = gettext("This page was used for something else. Check it and try again.")
        return _page(account_id, _found(account_id, name), {"reason": sentence}), 422
    if isinstance(done, Repeated):
        flash(gettext("This is written off. It was not written off again."), "info")
        return redirect(url_for("corporate.desk_account", account_id=account_id), 303)
    if isinstance(done, Trouble):
        field, sentence = WRITE_OFF[done]
        return _page(account_id, _found(account_id, name), {field: str(sentence)}), 422
    told = gettext("%(amount)s of invoice %(name)s is written off.", amount=money(done.amount), name=name)
    flash(told, "success")
    return redirect(url_for("corporate.desk_account", account_id=account_id), 303)


def _manager(account_id: int) -> Staff:
    staff = account_of_staff(account_id)
    if staff.role != "manager":
        abort(404)
    return staff


def _found(account_id: int, name: str) -> Payable:
    invoice = payable(reading(), account_id, name)
    if invoice is None:
        abort(404)
    return invoice


def _page(account_id: int, invoice: Payable, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "corporate/desk/write_off.html",
        customer=account_view(reading(), account_id, house().clock.now()),
        invoice=invoice,
        reason=request.form.get("reason", ""),
        key=shown_orders.new_key(),
        errors=errors or {},
        problems=[{"field": field, "text": text} for field, text in (errors or {}).items()],
    )
