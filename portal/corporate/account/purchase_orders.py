"""Purchase orders: the customer's own order numbers, how far they reach, and what each has paid for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.money import Money
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.services.purchase_orders import book
from portal.shared.services.purchase_orders import reading as service
from portal.shared.services.purchase_orders.book import Kept, Wish
from portal.shared.services.purchase_orders.reading import (
    ClosedError,
    PurchaseOrderView,
    UnknownPurchaseOrderError,
)
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.amounts import AmountProblem, amount_as_typed, amount_from_text, amount_sentence
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words import purchase_orders as words

Typed = Mapping[str, str]
_FIELDS = ("number", "valid_from", "valid_to", "authorised")


def overview() -> ResponseReturnValue:
    """Every purchase order with what is used of it, and the rule at the limit."""
    return _overview()


def set_rule() -> ResponseReturnValue:
    """Choose what happens at the limit."""
    here = at_hand()
    try:
        rule = LimitRule(request.form.get("rule", ""))
    except ValueError:
        return _overview(error=gettext("Choose one of the three.")), 422
    book.set_rule(writing(), here.account.id, rule, here.person.person_id, here.now)
    flash(gettext("This is what happens from now on: %(rule)s.", rule=str(words.RULES[rule][0])), "success")
    return redirect(url_for("corporate.purchase_orders"), 303)


def new() -> ResponseReturnValue:
    """An empty form for another purchase order."""
    return _form(dict.fromkeys(_FIELDS, "") | {"valid_from": at_hand().account.today.isoformat()}, {})


def add() -> ResponseReturnValue:
    """Keep another purchase order."""
    here = at_hand()
    typed = _typed()
    wish, errors = _read(typed)
    if wish is not None:
        kept = book.add(writing(), here.account.id, wish, here.person.person_id, here.now)
        if isinstance(kept, Kept):
            flash(gettext("The purchase order is kept. It can be used from its first day on."), "success")
            return redirect(url_for("corporate.purchase_order", purchase_order_id=kept.id), 303)
        errors = {words.FIELDS[one]: words.refused(one) for one in kept}
    return _form(typed, errors), 422


def show(purchase_order_id: int) -> ResponseReturnValue:
    """One purchase order: how far it reaches, what it paid for, and the form to correct it."""
    view = _view_or_404(purchase_order_id)
    return _page(view, _as_typed(view), {})


def change(purchase_order_id: int) -> ResponseReturnValue:
    """Correct a purchase order."""
    here = at_hand()
    view = _view_or_404(purchase_order_id)
    typed = _typed()
    wish, errors = _read(typed, view.id)
    if wish is None:
        return _page(view, typed, errors), 422
    try:
        kept = book.change(writing(), here.account.id, view.id, wish, here.person.person_id, here.now)
    except ClosedError:
        flash(gettext("This purchase order is closed. Reopen it to change it."), "error")
        return _to(view)
    if not isinstance(kept, Kept):
        return _page(view, typed, {words.FIELDS[one]: words.refused(one) for one in kept}), 422
    flash(gettext("The purchase order is kept."), "success")
    if kept.below_billed:
        flash(
            gettext("More was billed on it already than this amount: it is used up from now on."), "warning"
        )
    return _to(view)


def close(purchase_order_id: int) -> ResponseReturnValue:
    """Bill nothing more on it."""
    here = at_hand()
    view = _view_or_404(purchase_order_id)
    book.close(writing(), here.account.id, view.id, here.person.person_id, here.now)
    flash(gettext("The purchase order is closed. Nothing more is billed on it."), "success")
    return _to(view)


def reopen(purchase_order_id: int) -> ResponseReturnValue:
    """Let a closed one be used again."""
    here = at_hand()
    view = _view_or_404(purchase_order_id)
    book.reopen(writing(), here.account.id, view.id, here.person.person_id, here.now)
    flash(gettext("The purchase order is open again."), "success")
    return _to(view)


def _to(view: PurchaseOrderView) -> ResponseReturnValue:
    return redirect(url_for("corporate.purchase_order", purchase_order_id=view.id), 303)


def _view_or_404(purchase_order_id: int) -> PurchaseOrderView:
    here = at_hand()
    try:
        return service.one_of_account(reading(), here.account.id, purchase_order_id, here.now)
    except UnknownPurchaseOrderError:
        abort(404)


def _overview(error: str | None = None) -> str:
    here = at_hand()
    rule = service.rule_of(reading(), here.account.id)
    views = service.of_account(reading(), here.account.id, here.now)
    return render_template(
        "corporate/account/purchase_orders.html",
        rows=[_row(view) for view in views],
        rule=rule,
        rules=[{"value": one.value, "name": name, "text": text} for one, (name, text) in words.RULES.items()],
        error=error,
        most=words.share(80),
        all=words.share(100),
    )


def _row(view: PurchaseOrderView) -> dict[str, Any]:
    return {
        "url": url_for("corporate.purchase_order", purchase_order_id=view.id),
        "number": view.number,
        "days": words.days(view.valid_from, view.valid_to),
        "used": words.used(view),
        "states": words.states(view),
    }


def _form(typed: Typed, errors: dict[str, str]) -> str:
    return render_template(
        "corporate/account/new_purchase_order.html",
        typed=typed,
        errors=errors,
        problems=_problems(errors),
        currency=at_hand().account.currency,
    )


def _page(view: PurchaseOrderView, typed: Typed, errors: dict[str, str]) -> str:
    here = at_hand()
    documents = service.paid_for(reading(), here.account.id, view.id)
    return render_template(
        "corporate/account/purchase_order.html",
        view=view,
        row=_row(view),
        documents=[
            {
                "text": one.name,
                "url": open_url("corporate.invoice", name=one.name),
                "kind": one.kind,
                "issued_on": one.issued_on,
                "total": one.total,
            }
            for one in documents
        ],
        typed=typed,
        errors=errors,
        problems=_problems(errors),
        currency=here.account.currency,
    )


def _problems(errors: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"field": field, "text": errors[field]} for field in _FIELDS if field in errors]


def _typed() -> dict[str, str]:
    return {field: request.form.get(field, "").strip() for field in _FIELDS}


def _as_typed(view: PurchaseOrderView) -> dict[str, str]:
    return {
        "number": view.number,
        "valid_from": view.valid_from.isoformat(),
        "valid_to": view.valid_to.isoformat() if view.valid_to else "",
        "authorised": amount_as_typed(view.authorised, language()) if view.authorised else "",
    }


def _read(typed: Typed, purchase_order_id: int | None = None) -> tuple[Wish | None, dict[str, str]]:
    """What was typed as a wish, if it can be kept; and a sentence for every field that is wrong, all at once."""
    here = at_hand()
    currency = here.account.currency
    first = date_from_text(typed["valid_from"])
    last: date | DateProblem | None = date_from_text(typed["valid_to"]) if typed["valid_to"] else None
    amount: Money | AmountProblem | None = None
    if typed["authorised"]:
        amount = amount_from_text(typed["authorised"], currency, language())
    errors: dict[str, str] = {}
    if isinstance(first, DateProblem):
        errors["valid_from"], first = first.sentence, date.min
    if isinstance(last, DateProblem):
        errors["valid_to"], last = last.sentence, None
    if isinstance(amount, AmountProblem):
        errors["authorised"], amount = amount_sentence(amount, currency), None
    wish = Wish(typed["number"], first, last, amount)
    for refusal in book.refusals(reading(), here.account.id, wish, purchase_order_id):
        errors[words.FIELDS[refusal]] = words.refused(refusal)
    return (None if errors else wish), errors
