"""Requests of customers at the desk: looked at, carried out, declined."""

from __future__ import annotations

import secrets
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData, URLSafeSerializer

from portal.corporate.desk.staff import account_of_staff, current_staff
from portal.shared.domain.changes import Audience
from portal.shared.domain.order_states import OrderState
from portal.shared.services import requests as requests_service
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog import Names, catalog
from portal.shared.services.desk import Staff
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.requests import AlreadyAnsweredError, OnItsWayError, RequestView
from portal.shared.web import order_display
from portal.shared.web import vocabulary as words
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.order_display import language
from portal.shared.web.transactions import database, reading, writing


def request_page(request_id: int) -> ResponseReturnValue:
    """One request, and what carrying it out would do today."""
    return _page(_found(request_id))


def carry_out(request_id: int) -> ResponseReturnValue:
    """Do what was asked, through the same order service as everybody, and answer."""
    staff, view = current_staff(), _found(request_id)
    if view.state == "open":
        try:
            return _carried_out(staff, view)
        except AlreadyAnsweredError:
            pass  # by a colleague, or by the first of two clicks, since this request looked
    flash(gettext("This request was answered already."), "info")
    return redirect(url_for("corporate.desk_request", request_id=request_id), 303)


def _carried_out(staff: Staff, view: RequestView) -> ResponseReturnValue:
    """Place the order of a request and answer it.

    Raises:
        AlreadyAnsweredError: somebody else was faster.
    """
    answer = request.form.get("answer", "").strip()
    try:
        digest = str(_sealed().loads(request.form.get("shown", "")))
    except BadData:
        digest = ""
    placement = placing.place(
        database(),
        house().processor,
        house().clock.now,
        seller_taxes(),
        placing.PlaceRequest(
            account_id=view.account_id,
            person_id=staff.person_id,
            key=f"request-{view.id}-{request.form.get('key', '')[:40]}",
            digest=digest,
            audience=Audience.CARE,
            return_path=url_for("corporate.desk_request", request_id=view.id),
            wanted=(view.wanted,),
            request_id=view.id,
            answer=answer,
        ),
    )
    match placement:
        case placing.Accepted(reference=reference, state=OrderState.PLACED):
            flash(
                gettext(
                    "Order %(reference)s was placed and the customer has your answer.", reference=reference
                ),
                "success",
            )
        case placing.Accepted(state=OrderState.DECLINED | OrderState.CANCELLED):
            sentence = gettext(
                "The account's card was declined. Nothing was charged and nothing has changed."
            )
            return _page(view, problem=sentence), 422
        case placing.Accepted():
            sentence = gettext("The bank has not answered yet. The request is done as soon as it approves.")
            return _page(view, problem=sentence), 202
        case placing.Moved(now=priced):
            # Priced by the transaction that refused: what this request read before may be older.
            return _page(view, problem=_figures_moved(), priced=priced), 409
        case placing.KeyReused() | placing.NothingToOrder():
            return _page(view, problem=_figures_moved()), 409
        case placing.Busy():
            return _page(view, problem=gettext("Another order is still on its way.")), 409
        case placing.MethodMissing():
            sentence = gettext("Something is due and the account has no payment method.")
            return _page(view, problem=sentence), 422
    return redirect(url_for("corporate.desk"), 303)


def decline(request_id: int) -> ResponseReturnValue:
    """Answer with no, and say why."""
    staff, view = current_staff(), _found(request_id)
    answer = request.form.get("answer", "").strip()
    if not answer:
        sentence = gettext("Write why, so that the customer understands the answer.")
        return _page(view, answer_problem=sentence), 422
    try:
        requests_service.decline(writing(), request_id, staff.person_id, answer, house().clock.now())
    except AlreadyAnsweredError:
        flash(gettext("This request was answered already."), "info")
    except OnItsWayError:
        sentence = gettext("Its order waits for the customer's bank, and what the bank says is the answer.")
        return _page(view, problem=sentence), 409
    else:
        flash(gettext("The customer has your answer."), "success")
    return redirect(url_for("corporate.desk"), 303)


def _found(request_id: int) -> RequestView:
    view = requests_service.one(reading(), request_id)
    if view is None:
        abort(404)
    account_of_staff(view.account_id)
    return view


def _figures_moved() -> str:
    return str(gettext("The figures have changed since this page was shown. Check them and try again."))


def _page(
    view: RequestView,
    *,
    problem: str | None = None,
    answer_problem: str | None = None,
    priced: Priced | None = None,
) -> str:
    now = house().clock.now()
    account = account_view(reading(), view.account_id, now)
    names = catalog(reading(), account.currency, account.today).names
    summary = refused = None
    seal = ""
    if view.state == "open":
        priced = priced or orders.price_for_page(
            reading(), view.account_id, [view.wanted], Audience.CARE, seller_taxes(), now
        )
        if priced.summary is not None:
            invoices = orders.invoice_names(reading(), priced.summary)
            summary = order_display.present(priced.summary, names, invoices)
            seal = str(_sealed().dumps(priced.summary.digest))
        reason = priced.refused.get(view.wanted.subscription_id)
        refused = words.refused(reason) if reason else None
    return render_template(
        "corporate/desk/request.html",
        view=view,
        account_at_desk=account,
        **shown(view, names),
        summary=summary,
        refused=refused,
        shown=seal,
        key=secrets.token_urlsafe(16),
        typed=request.values.get("answer", ""),
        answer_problem=answer_problem,
        problems=[{"field": None, "text": problem}] if problem else [],
    )


def shown(view: RequestView, names: Names | None = None) -> dict[str, Any]:
    """A request as the desk lists it; with the names of the catalogue, also what is wanted."""
    word, tone = words.REQUEST_STATES[view.state]
    wanted = ""
    if names is not None:
        terms = view.wanted.terms
        frequency = str(words.FREQUENCIES[terms.frequency]).lower()
        wanted = f"{order_display.plan_and_seats(terms.plan_id, terms.seats, names)}, {frequency}"
    return {
        "request_id": view.id,
        "number": view.number,
        "account_name": view.account_name,
        "asked_by": view.asked_by,
        "asked_at": view.asked_at,
        "product": names.product(view.product, language()) if names else view.product,
        "wanted": wanted,
        "word": word,
        "tone": tone,
    }


def _sealed() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="request-digest-shown")
