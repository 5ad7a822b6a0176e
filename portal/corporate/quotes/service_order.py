"""Accepting a quote, step three: the whole service order once more, and the button that places it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.corporate.quotes import order_terms
from portal.corporate.quotes import orders as order_page
from portal.corporate.quotes import reading as quote_page
from portal.corporate.quotes.accepting import step_names
from portal.shared.domain.changes import Audience
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import placement
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.purchase_orders.reading import UnknownPurchaseOrderError
from portal.shared.services.quotes import answering
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web import quote_display
from portal.shared.web.approvals import asking
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.orders import pages as order_pages
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.orders.double_press import let_the_first_end
from portal.shared.web.transactions import database


def show(number: int) -> ResponseReturnValue:
    """Everything that pressing the button does."""
    view = quote_page.found(number)
    if not quote_page.is_open(view):
        return redirect(url_for("corporate.quote", number=number), 302)  # it says why
    return _page(view)


def place(number: int) -> ResponseReturnValue:
    """Place the service order that was shown, once."""
    return _confirmed(number, asks=False)


def ask(number: int) -> ResponseReturnValue:
    """Ask an approver to place the service order that was shown."""
    return _confirmed(number, asks=True)


def _confirmed(number: int, *, asks: bool) -> ResponseReturnValue:
    here = at_hand()
    view = quote_page.found(number)
    key = request.form.get("key", "")
    seen = shown_orders.opened(request.form.get("shown", ""))
    if not shown_orders.is_key(key):
        sentence = gettext("This page is not complete. Check the service order and place it again.")
        return _page(view, problem=sentence, status=400)
    chosen = view.choices
    if quote_page.is_open(view) and seen is not None and seen[1] != _beside(view):
        sentence = gettext(
            "Somebody has changed how this quote is paid or billed since this page was shown. Nothing was ordered. "
            "Check the service order and place it again."
        )
        return _page(view, problem=sentence, status=409)
    try:
        answer = placing.accept(
            database(),
            house().processor,
            house().clock.now,
            seller_taxes(),
            placement.PlaceRequest(
                account_id=here.account.id,
                person_id=here.person.person_id,
                key=key,
                digest=seen[0].digest if seen else "",
                audience=Audience.REP,
                return_path=order_pages.return_path("corporate.order"),
                payment_method_id=chosen.payment_method_id or 0,
                quote_id=view.id,
                purchase_order_id=chosen.purchase_order_id,
                on_invoice=chosen.on_invoice,
                choices=answering.as_plain(chosen),
                asks=asks,
            ),
        )
    except UnknownPurchaseOrderError:
        return _choose_again(number)
    return _answer(view, answer, seen[0] if seen else None)


def _answer(view: QuoteView, answer: placement.Acceptance, shown: OrderSummary | None) -> ResponseReturnValue:
    if isinstance(answer, placement.OfApproval):
        return _of_approval(view, answer)
    match answer:
        case placement.Accepted(state=OrderState.AWAITING_CONFIRMATION, confirmation_path=str(path)):
            return redirect(path, 303)
        case placement.Accepted(reference=reference, state=state):
            return _to_order(reference, state)
        case placement.Busy(reference=reference, is_payment=True):
            sentence = gettext(
                "A payment of this account is still on its way. Until it is settled, no order can be placed."
            )
            link = {
                "url": open_url("corporate.payment", reference=reference),
                "label": gettext("See the payment"),
            }
            return _page(view, problem=sentence, link=link, status=409)
        case placement.Busy(reference=reference):
            flash(
                gettext("This order is still on its way. Until it is settled, no other one can be placed."),
                "info",
            )
            return _to_order(reference)
        case placement.MethodMissing():
            return _page(view, problem=gettext("Choose how to pay, or add a card."), status=422)
        case placement.KeyReused():
            sentence = gettext("This page was used for another order. Check the order and place it again.")
            return _page(view, problem=sentence, status=422)
        case placement.Moved(now=priced):
            # Priced by the transaction that refused: what this request read before may be older.
            return _page(view, priced=priced, moved_from=shown, moved=True, status=409)
        case placement.Held():
            sentence = gettext("The purchase order does not cover this order. Nothing was ordered.")
            return _page(view, problem=sentence, status=409)
        case _:  # closed, or no longer fitting: the page of the quote says why
            return quote_page.page(quote_page.found(view.number), status=409)


def _of_approval(view: QuoteView, answer: placement.OfApproval) -> ResponseReturnValue:
    if isinstance(answer, placement.Asked):
        flash(
            gettext("Your approvers have got a mail. Nothing is ordered before one of them approves it."),
            "success",
        )
        return redirect(url_for("corporate.approval", number=answer.number), 303)
    return _page(view, problem=asking.sentence(answer), status=409)


def _to_order(reference: str, state: OrderState = OrderState.STARTED) -> ResponseReturnValue:
    if not let_the_first_end(reference, state):
        return order_page.show(reference), 409
    return redirect(url_for("corporate.order", reference=reference), 303)


def _choose_again(number: int) -> ResponseReturnValue:
    flash(
        gettext("The purchase order is not open any more. Nothing was ordered: choose another one, or none."),
        "error",
    )
    return redirect(url_for("corporate.accept_quote", number=number), 303)


def _beside(view: QuoteView) -> dict[str, Any]:
    """What was on the page beside the figures: how this quote is paid and billed."""
    return {"quote": view.number, **answering.as_plain(view.choices)}


def _page(
    view: QuoteView,
    *,
    priced: Priced | None = None,
    problem: str = "",
    link: dict[str, str] | None = None,
    moved: bool = False,
    moved_from: OrderSummary | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    here = at_hand()
    priced = priced or (quote_page.as_of_now(view) if quote_page.is_open(view) else None)
    if priced is None or priced.refused or priced.summary is None:
        if problem:
            flash(problem, "error")
        return quote_page.page(view, status=status if problem else 409)
    summary = priced.summary
    how = order_terms.how_it_is_paid(view, summary)
    if how is None:
        if request.method == "GET" or status == 422:
            flash(gettext("Choose how to pay, or add a card."), "info")
        return redirect(url_for("corporate.accept_quote", number=view.number), 303)
    try:
        covered = order_terms.covered_by(view, summary)
    except UnknownPurchaseOrderError:
        return _choose_again(view.number)
    changes = None
    if moved_from is not None and moved_from != summary:
        changes = order_display.changed_lines(moved_from, summary, here.catalog.names)
    days = here.account.invoice_terms_days
    on_terms = view.choices.on_invoice and days is not None
    page = render_template(
        "corporate/quotes/service_order.html",
        view=view,
        steps=step_names(),
        facts=order_terms.facts(view, how, covered),
        products=quote_display.products(view, here.catalog.names, summary),
        summary=quote_page.presented(
            summary,
            due_on=here.account.today + timedelta(days=days) if on_terms and days is not None else None,
        ),
        covered=covered,
        approval=asking.beside_the_button(summary, view.id),
        people_url=open_url("corporate.people"),
        moved=moved,
        changes=changes,
        link=link if link and link["url"] else None,
        problems=[{"field": None, "text": problem}] if problem else [],
        key=shown_orders.new_key(),
        shown=shown_orders.sealed(summary, _beside(view)),
    )
    return page, status
