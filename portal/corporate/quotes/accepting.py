"""Accepting a quote, step two: how it is paid, on which purchase order, and who looks after the products."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.corporate.quotes import choices as choosing
from portal.corporate.quotes import reading as quote_page
from portal.shared.domain.money import Money
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.services.quotes import answering
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.taxes import buyers
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language
from portal.shared.web.documents.parties import buyer_party
from portal.shared.web.payments.cards import kinds_here, to_card_page
from portal.shared.web.transactions import database, reading, writing


def step_names() -> list[str]:
    """The steps from a quote to its order."""
    return [gettext("Review"), gettext("Payment and billing"), gettext("Service order")]


def show(number: int) -> ResponseReturnValue:
    """The form, with what was chosen before."""
    view = quote_page.found(number)
    priced = quote_page.as_of_now(view) if quote_page.is_open(view) else None
    if priced is None or priced.refused or priced.summary is None:
        return redirect(url_for("corporate.quote", number=number), 302)  # it says why
    typed = choosing.as_form(view.choices, choosing.offered())
    typed |= {name: view.choices.typed[name] for name in choosing.FIELDS if name in view.choices.typed}
    typed |= {name: request.args[name] for name in choosing.FIELDS if name in request.args}
    return _page(view, typed, {}, priced.summary.total_due)


def choose(number: int) -> ResponseReturnValue:
    """Keep what was chosen, and go on to the service order."""
    here = at_hand()
    view = quote_page.found(number)
    priced = quote_page.as_of_now(view) if quote_page.is_open(view) else None
    if priced is None or priced.refused or priced.summary is None:
        return quote_page.page(view, status=409)
    typed = {name: request.form.get(name, "") for name in choosing.FIELDS}
    due = priced.summary.total_due
    chosen, errors = choosing.from_form(view, typed, choosing.offered(), due)
    if chosen is None:
        return _page(view, typed, errors, due), 422
    if not answering.choose(writing(), here.account.id, number, chosen, here.now):
        return quote_page.page(quote_page.found(number), status=409)
    return redirect(url_for("corporate.service_order", number=number), 303)


def add_card(number: int) -> ResponseReturnValue:
    """Go to the card processor's own page for whatever can be typed there, and come back to what was typed here."""
    quote_page.found(number)
    typed = {name: request.form.get(name, "") for name in choosing.FIELDS if name != "pay"}
    here = at_hand()
    answering.keep_typed(database(), here.account.id, number, typed, here.now)
    return to_card_page(url_for("corporate.accept_quote", number=number), kinds_here())


def _page(view: QuoteView, typed: Mapping[str, str], errors: Mapping[str, str], due: Money) -> str:
    here = at_hand()
    able = choosing.offered()
    priced = quote_page.as_of_now(view)
    assert priced.summary is not None, "whoever shows the form has asked"
    names = here.catalog.names
    products = [names.product(item.product, language()) for item in priced.summary.items]
    return render_template(
        "corporate/quotes/accepting.html",
        view=view,
        steps=step_names(),
        typed=typed,
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        due=due,
        ways=choosing.ways_to_pay(able),
        cards=bool(able.cards),
        debits=MethodKind.DIRECT_DEBIT in kinds_here(),
        purchase_orders=choosing.purchase_order_options(able) if able.purchase_orders else [],
        new_purchase_order_url=open_url("corporate.new_purchase_order"),
        buyer=buyer_party(buyers.buyer_of_id(reading(), here.account.id)),
        details_url=open_url("corporate.billing_details"),
        products=products,
        summary=quote_page.presented(priced.summary),
    )
