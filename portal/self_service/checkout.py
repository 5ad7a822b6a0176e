"""Checkout: review, pay if something is due, place the order; nothing is charged that was not shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service import cart, named
from portal.self_service import orders as order_page
from portal.shared.domain.changes import Audience, seats_from_text
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.summary import OrderSummary
from portal.shared.services import carts, seats
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import placement
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.payments import methods as payments
from portal.shared.web.approvals import asking
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.orders import pages as order_pages
from portal.shared.web.orders import shown as shown_orders
from portal.shared.web.orders.double_press import let_the_first_end
from portal.shared.web.payments.cards import as_choice, to_card_page
from portal.shared.web.tax_numbers import keep_vat_number
from portal.shared.web.transactions import database, reading
from portal.shared.web.words import vocabulary as words


def show() -> ResponseReturnValue:
    """The whole order, before anything happens."""
    return _page()


def apply_vat_number() -> ResponseReturnValue:
    """Keep a VAT number that was entered; the page then shows the tax that follows from it."""
    problem = keep_vat_number(request.form.get("vat_number", ""))
    if problem is not None:
        return _page(errors={"vat_number": problem}, status=422)
    return redirect(url_for("self_service.checkout"), 303)


def add_card() -> ResponseReturnValue:
    """Go to the card processor's own page; the card never passes through ours."""
    return to_card_page(url_for("self_service.checkout"))


def place() -> ResponseReturnValue:
    """Place the order that was shown, once."""
    return _confirmed(asks=False)


def ask() -> ResponseReturnValue:
    """Ask an approver to place the order that was shown."""
    return _confirmed(asks=True)


def _confirmed(*, asks: bool) -> ResponseReturnValue:
    here = at_hand()
    key = request.form.get("key", "")
    seen = shown_orders.opened(request.form.get("shown", ""))
    shown = seen[0] if seen else None
    if shown is not None and shown.account_id != here.account.id:
        flash(
            gettext(
                "You have switched to another account in the meantime. Nothing was ordered and nothing was "
                "charged. This is the cart of %(account)s.",
                account=here.account.name,
            ),
            "error",
        )
        return redirect(url_for("self_service.cart"), 303)
    if not shown_orders.is_key(key):
        return _page(
            errors={"place-order": gettext("This page is not complete. Check the order and try again.")},
            status=400,
        )
    people = named.sent(request.form)
    wish = placement.PlaceRequest(
        account_id=here.account.id,
        person_id=here.person.person_id,
        key=key,
        digest=shown.digest if shown else "",
        audience=Audience.CONTACT,
        return_path=order_pages.return_path("self_service.order"),
        payment_method_id=_chosen_method(),
        choices=seats.as_choices(people, notify="do_not_notify" not in request.form),
        asks=asks,
    )
    try:
        placed = placing.place(database(), house().processor, house().clock.now, seller_taxes(), wish)
    except seats.TooFewSeatsError as error:
        return _page(errors={"people": named.too_few(error)}, status=422)
    return _answer(placed, shown)


def _chosen_method() -> int | None:
    """The card that was chosen; nothing means the default one. What is no number is the number of no card."""
    typed = request.form.get("payment_method")
    return None if typed is None else seats_from_text(typed) or 0


def _answer(placed: placement.Placement, shown: OrderSummary | None) -> ResponseReturnValue:
    if isinstance(placed, placement.OfApproval):
        return _of_approval(placed)
    match placed:
        case placement.Accepted(state=OrderState.AWAITING_CONFIRMATION, confirmation_path=str(path)):
            return redirect(path, 303)
        case placement.Accepted(reference=reference, state=state):
            return _to_order(reference, state)
        case placement.Busy(is_payment=True):
            sentence = gettext(
                "A payment of this account is still on its way. Until it is settled, no order can be placed."
            )
            return _page(errors={"place-order": sentence}, status=409)
        case placement.Busy(reference=reference):
            flash(
                gettext("This order is still on its way. Until it is settled, no other one can be placed."),
                "info",
            )
            return _to_order(reference)
        case placement.NothingToOrder(last=last):
            return _nothing_left(last)
        case placement.MethodMissing():
            sentence = gettext("Choose a payment method, or add a card.")
            return _page(errors={"payment_method": sentence}, status=422)
        case placement.KeyReused():
            return _key_reused()
        case placement.Moved(now=priced):
            # Priced by the transaction that refused: what this request read before may be older.
            return _page(priced=priced, moved_from=shown, moved=True, status=409)


def _key_reused() -> ResponseReturnValue:
    sentence = gettext("This page was used for another order. Check the order and place it again.")
    if carts.count(reading(), at_hand().account.id):
        return _page(errors={"place-order": sentence}, status=422)
    flash(sentence, "error")
    return cart.show(), 422


def _nothing_left(last: str | None) -> ResponseReturnValue:
    if last is None:
        return redirect(url_for("self_service.cart"), 303)
    flash(gettext("Your cart is empty: it was ordered already. This is your last order."), "info")
    return _to_order(last)


def _of_approval(placed: placement.OfApproval) -> ResponseReturnValue:
    if isinstance(placed, placement.Asked):
        flash(
            gettext("Your approvers have got a mail. Nothing is ordered before one of them approves it."),
            "success",
        )
        return redirect(url_for("self_service.approval", number=placed.number), 303)
    return _page(errors={"place-order": asking.sentence(placed)}, status=409)


def _to_order(reference: str, state: OrderState = OrderState.STARTED) -> ResponseReturnValue:
    if not let_the_first_end(reference, state):
        return order_page.show(reference), 409
    return redirect(url_for("self_service.order", reference=reference), 303)


def _page(
    *,
    priced: Priced | None = None,
    errors: dict[str, str] | None = None,
    moved: bool = False,
    moved_from: OrderSummary | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    here = at_hand()
    wanted = carts.wanted(reading(), here.account.id)
    priced = priced or cart.priced_cart(wanted)
    summary = priced.summary
    if summary is None:
        return redirect(url_for("self_service.cart"), 303)
    names = here.catalog.names
    changes = None
    if moved_from is not None and moved_from != summary:
        changes = order_display.changed_lines(moved_from, summary, names, promised=True)
    methods = payments.methods(reading(), here.account.id)
    people = named.shown(summary)
    page = render_template(
        "self_service/checkout.html",
        items=_items(summary, people),
        people=list(people.values()),
        quiet="do_not_notify" in request.form,
        skipped=[item for item in cart.items(wanted, priced) if item["skipped"]],
        summary=order_display.present(summary, names, orders.invoice_names(reading(), summary)),
        total_due=summary.total_due,
        asks=summary.price_rises
        or (bool(summary.total_due) and not methods)
        or "payment_method" in (errors or {}),
        asks_vat=summary.price_rises,
        methods=[as_choice(method) for method in methods],
        chosen=_ticked(methods),
        vat_number=request.values.get("vat_number", here.account.vat_number),
        vat_state=here.account.vat_state,
        errors=errors or {},
        problems=[{"field": field, "text": text} for field, text in (errors or {}).items()],
        approval=asking.beside_the_button(summary),
        people_url=url_for("self_service.people"),
        moved=moved,
        changes=changes,
        key=shown_orders.new_key(),
        shown=shown_orders.sealed(summary),
    )
    return page, status


def _ticked(methods: Sequence[payments.MethodView]) -> str | None:
    """The card that was chosen before, here or before signing in again, else the default one."""
    typed = request.values.get("payment_method")
    ids = [str(method.id) for method in methods]
    return typed if typed in ids else next(iter(ids), None)


def _items(summary: OrderSummary, people: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    names = at_hand().catalog.names
    rows = []
    for item in summary.items:
        after = item.after
        price = f"{money(after.unit)} {words.per_seat(after.frequency)}"
        rows.append(
            {
                "name": names.product(item.product, language()),
                "plan": names.plan(after.plan_id, language()),
                "edit_url": url_for("self_service.edit_subscription", subscription_id=item.subscription_id),
                "facts": [
                    {
                        "label": gettext("Billing period"),
                        "value": gettext(
                            "%(first)s to %(last)s",
                            first=format_long_date(item.period.start, language()),
                            last=format_long_date(item.period.last_day, language()),
                        ),
                        "detail": gettext("begins today"),
                    },
                    {"label": gettext("Billing frequency"), "value": words.FREQUENCIES[after.frequency]},
                    {"label": gettext("Seat count"), "value": str(after.seats), "detail": _seat_change(item)},
                    *_named(people.get(item.subscription_id)),
                    {"label": gettext("Plan price"), "value": money(after.period_price), "detail": price},
                ],
            }
        )
    return rows


def _named(people: dict[str, Any] | None) -> list[dict[str, str]]:
    return [{"label": gettext("Gets a seat"), "value": people["names"]}] if people else []


def _seat_change(item: Any) -> str | None:
    if item.before is None or item.before.seats == item.after.seats:
        return None
    return str(gettext("until now %(seats)s", seats=words.seat_count(item.before.seats)))
