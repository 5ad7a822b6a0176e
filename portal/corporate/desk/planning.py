"""Planning a change of a contract for one of its renewals, with the invoice it leads to; taking it off again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.changes import Refusal, seats_from_text
from portal.shared.domain.planned_changes import Planned
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.ahead import Pending, PendingKind, pending_of, planning
from portal.shared.services.ahead.next_invoice import next_invoice
from portal.shared.services.ahead.planning import PlanProblem, Wish
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.subscriptions import standing
from portal.shared.services.subscriptions.standing import SubscriptionCard, UnknownSubscriptionError
from portal.shared.web.ahead import telling
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.display import format_long_date, language
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.typed.dates import DateProblem, date_from_text
from portal.shared.web.words import vocabulary as words

_PROBLEMS: dict[PlanProblem, LazyString] = {
    PlanProblem.NOT_CORPORATE: lazy_gettext("Changes are planned for corporate accounts only."),
    PlanProblem.NOT_RUNNING: lazy_gettext("Nothing runs here that a change could be planned for."),
    PlanProblem.DAY_PAST: lazy_gettext("This day is past. Choose today or a later day."),
    PlanProblem.DAY_TOO_FAR: lazy_gettext("This day is too far ahead. Choose a nearer renewal."),
}
_OF_SEATS = {Refusal.SEATS_TOO_FEW, Refusal.SEATS_TOO_MANY, Refusal.SEATS_NOT_A_NUMBER}


@dataclass(slots=True)
class _Typed:
    """What a form or an address says: a wish, or a sentence for each field that cannot be used."""

    wish: Wish | None = None
    errors: dict[str, str] = field(default_factory=dict)


def show(account_id: int, subscription_id: int) -> ResponseReturnValue:
    """The form; with what was chosen, the next invoice as it would be then."""
    _, account, card = _found(account_id, subscription_id)
    if "seats" not in request.args:
        return _page(account, card)
    typed = _typed(request.args)
    planned = _checked(account, card, typed) if typed.wish else None
    if planned is None:
        return _page(account, card, errors=typed.errors), 422
    return _page(account, card, imagined=planned)


def plan(account_id: int, subscription_id: int) -> ResponseReturnValue:
    """Plan it; billing contacts are told by mail."""
    staff_id, account, card = _found(account_id, subscription_id)
    typed = _typed(request.form)
    if typed.wish is None or _checked(account, card, typed) is None:
        return _page(account, card, errors=typed.errors), 422
    planned = planning.plan(writing(), account_id, subscription_id, typed.wish, staff_id, house().clock.now())
    if not isinstance(planned, Planned):
        _tell(typed, planned)
        return _page(account, card, errors=typed.errors), 422
    day = format_long_date(planned.from_day, language())
    flash(gettext("The change is planned for %(day)s. The billing contacts get a mail.", day=day), "success")
    return redirect(url_for("corporate.desk_account", account_id=account_id, _anchor="ahead"), 303)


def take_off(account_id: int, subscription_id: int) -> ResponseReturnValue:
    """Take a planned change off; billing contacts are told by mail."""
    staff = account_of_staff(account_id)
    now = house().clock.now()
    try:
        gone = planning.take_off(writing(), account_id, subscription_id, staff.person_id, now, tell=True)
    except UnknownSubscriptionError:
        abort(404)
    if gone:
        flash(gettext("The planned change is taken off. The billing contacts get a mail."), "success")
    return redirect(url_for("corporate.desk_account", account_id=account_id, _anchor="ahead"), 303)


def time_line(view: AccountView) -> list[dict[str, Any]]:
    """What is pending for an account, with what the desk may do about it."""

    def action(one: Pending) -> dict[str, Any] | None:
        about: dict[str, Any] = {"account_id": view.id, "subscription_id": one.subscription_id}
        if one.kind is PendingKind.CHANGE:
            url = url_for("corporate.desk_take_change_off", **about)
            return {"url": url, "label": gettext("Take the change off"), "post": True}
        if one.kind is PendingKind.RENEWAL and view.type == "corporate":
            return {"url": url_for("corporate.desk_plan_change", **about), "label": gettext("Plan a change")}
        return None

    return telling.time_line(pending_of(reading(), view.id), catalog.names(reading()), action)


def coming_invoice(account_id: int) -> dict[str, Any] | None:
    """The next invoice of an account with everything that is pending."""
    found = next_invoice(reading(), account_id, seller_taxes())
    if found is None:
        return None
    return {**telling.invoice_summary(found, catalog.names(reading())), "on": found.on}


def _found(account_id: int, subscription_id: int) -> tuple[int, AccountView, SubscriptionCard]:
    staff, now = account_of_staff(account_id), house().clock.now()
    account = account_view(reading(), account_id, now)
    if account.type != "corporate":
        abort(404)
    try:
        card = standing.card(reading(), account_id, subscription_id, now, seller_taxes())
    except UnknownSubscriptionError:
        abort(404)
    return staff.person_id, account, card


def _typed(given: Any) -> _Typed:
    typed = _Typed()
    plan_id, seats = given.get("plan", ""), seats_from_text(given.get("seats", ""))
    day = date_from_text(given.get("from", ""))
    if seats is None:
        typed.errors["seats"] = words.refused(Refusal.SEATS_NOT_A_NUMBER)
    if isinstance(day, DateProblem):
        typed.errors["from"] = day.sentence
    if not (plan_id.isascii() and plan_id.isdigit() and len(plan_id) < 10):
        typed.errors["plan"] = words.refused(Refusal.UNKNOWN_PLAN)
    if not typed.errors and not isinstance(day, DateProblem):
        typed.wish = Wish(int(plan_id), seats, day)
    return typed


def _checked(account: AccountView, card: SubscriptionCard, typed: _Typed) -> Planned | None:
    assert typed.wish is not None, "only what could be read is checked"
    found = planning.checked(reading(), account.id, card.id, typed.wish, house().clock.now())
    if isinstance(found, Planned):
        return found
    _tell(typed, found)
    return None


def _tell(typed: _Typed, problem: Refusal | PlanProblem) -> None:
    if isinstance(problem, PlanProblem):
        typed.errors["from"] = str(_PROBLEMS[problem])
    elif problem is Refusal.NOTHING_CHANGES:
        typed.errors["seats"] = gettext("These are the current terms. Change the plan or the seats.")
    else:
        typed.errors["seats" if problem in _OF_SEATS else "plan"] = words.refused(problem)


def _page(
    account: AccountView,
    card: SubscriptionCard,
    *,
    errors: dict[str, str] | None = None,
    imagined: Planned | None = None,
) -> str:
    errors, names = errors or {}, catalog.names(reading())
    offer = catalog.catalog(reading(), account.currency, account.today).offers[card.product]
    before = next_invoice(reading(), account.id, seller_taxes())
    after = before
    if imagined is not None:
        after = next_invoice(reading(), account.id, seller_taxes(), {card.id: imagined})
    told = telling.invoice_summary(after, names) if after else None
    if told and before and after and before.summary.total_due != after.summary.total_due:
        told["was_total"] = telling.invoice_summary(before, names)["total"]
    given = request.values
    return render_template(
        "corporate/desk/plan_change.html",
        customer=account,
        card=card,
        name=names.product(card.product, language()),
        running=card.terms is not None and card.active and card.period is not None,
        terms=telling.terms(card.terms, names) if card.terms else "",
        plans=[
            {"value": one.id, "label": names.plan(one.id, language())}
            for one in offer.plans
            if card.terms and offer.price(one.id, card.terms.frequency) is not None
        ],
        typed={
            "plan": given.get("plan", str(card.plan_id)),
            "seats": given.get("seats", str(card.seats)),
            "from": given.get("from", card.period.end.isoformat() if card.period else ""),
        },
        day=imagined.from_day if imagined else None,
        later=bool(imagined and after and imagined.from_day > after.on),
        summary=told,
        on=after.on if after else None,
        errors=errors,
        problems=[{"field": name, "text": text} for name, text in errors.items()],
    )
