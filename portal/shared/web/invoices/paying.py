"""What both portals do when an invoice is paid, all of it or a part: a card on file, a card used once, a transfer.

Addresses are relative to the portal that the request came to; its pages have the same names in both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.changes import seats_from_text
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.services.equipment import ProcessorUnavailable
from portal.shared.services.invoice_payments import paying, typed_cards
from portal.shared.services.invoice_payments import reading as payments_read
from portal.shared.services.invoice_payments.paying import PayRequest
from portal.shared.services.invoice_payments.reading import Payable
from portal.shared.services.payments import methods as payments
from portal.shared.services.payments.methods import NotOfferedError
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language, money
from portal.shared.web.house import house
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.orders.double_press import let_the_first_end
from portal.shared.web.payments.cards import as_choice, not_offered
from portal.shared.web.transactions import database, reading
from portal.shared.web.typed.amounts import AmountProblem, amount_as_typed, amount_from_text, amount_sentence
from portal.shared.web.words.payments import remittance_facts

_ONCE = "once"
_CARD_PAGES = (
    "card_pages"  # which page of the processor each visit led to, so that its payment is found again
)
_MOST_VISITS = 8

Errors = dict[str, str]
PaymentPage = Callable[[str], str]


def show(name: str, template: str) -> ResponseReturnValue:
    """What is open, and the ways to pay it."""
    return _page(_found(name), template, {})


def pay(name: str, template: str, payment: PaymentPage) -> ResponseReturnValue:
    """Pay what was entered, once; `payment` is the portal's page of a payment."""
    invoice = _found(name)
    amount = amount_from_text(request.form.get("amount", ""), invoice.open.currency, language())
    if isinstance(amount, AmountProblem):
        return _page(invoice, template, {"amount": amount_sentence(amount, invoice.open.currency)}), 422
    key = request.form.get("key", "")
    if not shown_orders.is_key(key):
        sentence = gettext("This page is not complete. Check the payment and try again.")
        return _page(invoice, template, {"pay-invoice": sentence}), 400
    if request.form.get("method") == _ONCE:
        return _to_card_page(invoice, template, payment, amount, key)
    wish = _wish(invoice, amount, key, _payment_page())
    answer = paying.pay(database(), house().processor, house().clock.now, wish)
    return _answer(invoice, template, payment, answer)


def after_card(name: str, visit: str) -> ResponseReturnValue:
    """Back from the processor's page: to the payment it made, or here when no card was charged."""
    _found(name)
    card_page = session.get(_CARD_PAGES, {}).get(visit)
    made = typed_cards.payment_of(reading(), at_hand().account.id, card_page) if card_page else None
    if made is not None:
        return redirect(url_for(".payment", reference=made), 303)
    return redirect(url_for(".pay_invoice", name=name, not_charged="yes"), 303)


def _to_card_page(
    invoice: Payable, template: str, payment: PaymentPage, amount: Money, key: str
) -> ResponseReturnValue:
    here = at_hand()
    back = url_for(".after_card", name=invoice.name, visit=f"{key}-{amount.minor}")
    try:
        asked = typed_cards.ask_for_card(
            database(), house().processor, _wish(invoice, amount, key, back), language(), here.now
        )
    except NotOfferedError:
        flash(not_offered(here.account.currency), "error")
        return redirect(url_for(".pay_invoice", name=invoice.name), 303)
    except ProcessorUnavailable:
        flash(
            gettext("The card processor does not answer at the moment. Try again in a few minutes."), "error"
        )
        return redirect(url_for(".pay_invoice", name=invoice.name), 303)
    if not isinstance(asked, typed_cards.CardPage):
        return _answer(invoice, template, payment, asked)
    visits = {**session.get(_CARD_PAGES, {}), f"{key}-{amount.minor}": asked.reference}
    session[_CARD_PAGES] = dict(list(visits.items())[-_MOST_VISITS:])
    return redirect(asked.path, 303)


def _wish(invoice: Payable, amount: Money, key: str, return_path: str) -> PayRequest:
    here = at_hand()
    return PayRequest(
        account_id=here.account.id,
        person_id=here.person.person_id,
        key=key,
        invoice=invoice.name,
        amount=amount,
        return_path=return_path,
        payment_method_id=seats_from_text(request.form.get("method", "")),
    )


def _payment_page() -> str:
    path = url_for(".payment", reference="{reference}")
    return path.replace("%7B", "{").replace("%7D", "}")


def _answer(
    invoice: Payable, template: str, payment: PaymentPage, attempt: paying.Attempt
) -> ResponseReturnValue:
    match attempt:
        case paying.Tried(state=OrderState.AWAITING_CONFIRMATION, confirmation_path=str(path)):
            return redirect(path, 303)
        case paying.Tried(reference=reference, state=state):
            if not let_the_first_end(reference, state):
                return payment(reference), 409
            return redirect(url_for(".payment", reference=reference), 303)
        case paying.OnItsWay():
            return _page(invoice, template, {}), 409
        case paying.NothingOpen():
            return _page(_found(invoice.name), template, {}), 409
        case paying.AmountUnfit(open=open_):
            sentence = gettext("Enter an amount above zero, up to %(open)s.", open=money(open_))
            return _page(invoice, template, {"amount": sentence}), 422
        case paying.MethodMissing():
            return _page(invoice, template, {"method": gettext("Choose how you pay.")}), 422
        case paying.KeyReused():
            sentence = gettext("This page was used for another payment. Check it and pay again.")
            return _page(invoice, template, {"pay-invoice": sentence}), 422


def _found(name: str) -> Payable:
    invoice = payments_read.payable(reading(), at_hand().account.id, name)
    if invoice is None:
        abort(404)
    return invoice


def _page(invoice: Payable, template: str, errors: Errors) -> str:
    account = at_hand().account
    remittance = house().settings.seller.remittance.get(invoice.open.currency)
    if account.type != "corporate":
        remittance = None  # nobody looks for transfers of an account that pays by card
    methods = _methods()
    chosen = request.values.get("method", "")
    return render_template(
        template,
        invoice=invoice,
        paid=invoice.total - invoice.open,
        overdue=bool(invoice.open) and invoice.due_on < account.today,
        on_its_way=payments_read.on_its_way(reading(), account.id),
        not_charged="not_charged" in request.args,
        amount=request.values.get("amount", amount_as_typed(invoice.open, language())),
        currency=invoice.open.currency,
        methods=methods,
        chosen=chosen if chosen in {one["value"] for one in methods} else methods[0]["value"],
        transfer=remittance_facts(remittance, invoice.reference) if remittance else None,
        errors=errors,
        problems=[{"field": field, "text": text} for field, text in errors.items()],
        key=shown_orders.new_key(),
    )


def _methods() -> list[dict[str, Any]]:
    """What is on file, and a card that is used once."""
    on_file = [as_choice(one) for one in payments.methods(reading(), at_hand().account.id)]
    once = {
        "value": _ONCE,
        "name": gettext("A card used once"),
        "text": gettext(
            "You type it on the card processor's own page. It is charged as soon as you save it there, "
            "and it is not kept."
        ),
    }
    return [*on_file, once]
