"""Summaries and orders: the very services of the pages, with the digest as the promise between the two."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from portal.api import shapes, telling
from portal.api.account import found as found_subscription
from portal.api.entering import Caller
from portal.api.keys import Key
from portal.api.operations import ONE_SUBSCRIPTION, ONLINE, Operation, both
from portal.api.problems import Problem
from portal.shared.domain.changes import Audience, Wanted
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.terms import WantedTerms
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import placement
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading

_STATUS = {OrderState.PLACED: 201, OrderState.AWAITING_CONFIRMATION: 202, OrderState.CHECKING: 202}


def summarise(caller: Caller, subscription_id: int, body: shapes.WantedTerms) -> shapes.Summary:
    """What a change would do now; nothing is kept."""
    change = shapes.WantedChange(subscription_id, body.plan, body.seats, body.frequency, body.release)
    priced = orders.price_for_page(
        reading(), caller.account_id, [wanted(caller, change)], Audience.CONTACT, seller_taxes(), caller.now
    )
    if priced.summary is None:
        raise refused(priced)
    return telling.summary(caller, priced.summary)


def place(caller: Caller, key: Key, body: shapes.NewOrder) -> tuple[shapes.Order, int]:
    """Place an order once: what is charged is what the digest stands for."""
    changes = tuple(wanted(caller, change) for change in body.changes)
    if len({one.subscription_id for one in changes}) != len(changes):
        raise Problem(422, "one_change_each", "Name each subscription once.")
    key.claim()
    placed = placing.place(
        database(),
        house().processor,
        house().clock.now,
        seller_taxes(),
        placement.PlaceRequest(
            account_id=caller.account_id,
            person_id=caller.person_id,
            key=key.of_order,
            digest=body.digest,
            audience=Audience.CONTACT,
            return_path=return_path("self_service.order"),
            payment_method_id=body.payment_method,
            wanted=changes,
        ),
    )
    return answered(caller, placed)


def show(caller: Caller, reference: str) -> shapes.Order:
    """An order of the account."""
    view = orders.order(reading(), caller.account_id, reference)
    if view is None:
        raise Problem(404, "not_found")
    return telling.order(caller, view)


def answered(caller: Caller, placed: placement.Acceptance) -> tuple[shapes.Order, int]:
    """The order.

    Raises:
        Problem: it was not placed, and why.
    """
    if not isinstance(placed, placement.Accepted):
        raise _kept_back(caller, placed)
    if placed.state is OrderState.STARTED:
        raise Problem(409, "on_its_way", "This very order is being placed now. Ask again in a moment.")
    with database().read() as session:  # what has just been written
        view = orders.order(session, caller.account_id, placed.reference)
    if view is None:
        raise Problem(404, "not_found")
    if placed.state not in _STATUS:
        told = telling.order(caller, view)
        raise Problem(402, str(placed.state), "Nothing was charged and nothing has changed.", order=told)
    return telling.order(caller, view), _STATUS[placed.state]


def _kept_back(caller: Caller, placed: placement.Acceptance) -> Problem:
    """What stands in the way of an order."""
    match placed:
        case placement.Moved(now=priced) if priced.summary is not None:
            detail = "Something changed since the summary. Nothing was ordered. This is the summary now."
            return Problem(409, "moved", detail, summary=telling.summary(caller, priced.summary))
        case placement.Moved(now=priced):
            return refused(priced)
        case placement.Busy(reference=reference, is_payment=is_payment):
            what = "payment" if is_payment else "order"
            return Problem(409, "busy", f"Another {what} of the account is on its way.", busy_with=reference)
        case placement.AboveLimit(limit=limit):
            detail = (
                "Above the limit of the token's owner: order it in the portal, where an approver is asked."
            )
            return Problem(409, "above_limit", detail, limit=limit.minor, currency=limit.currency)
        case placement.MethodMissing():
            return Problem(422, "method_missing", "Something is due, and no such payment method is on file.")
        case placement.KeyReused():
            return Problem(422, "key_reused", "The Idempotency-Key was used for something else.")
        case placement.QuoteClosed(state=state):
            return Problem(409, "quote_closed", f"The quote is {state}.")
        case placement.QuoteUnfit(refused=why):
            return refused(Priced(None, why))
        case placement.Held():
            return Problem(
                409, "purchase_order", "The purchase order does not cover it. Nothing was ordered."
            )
    return Problem(409, "nothing_to_order", "There is nothing to order.")


def wanted(caller: Caller, change: shapes.WantedChange) -> Wanted:
    """A change as the services take it; the plan is named by its code, within the product of the subscription.

    Raises:
        Problem: 404 for a subscription, 422 for a plan that there is not.
    """
    card = found_subscription(caller, change.subscription)
    plans = telling.catalogue(caller).offers[card.product].plans
    plan = next((one.id for one in plans if one.code == change.plan), None)
    if plan is None:
        raise Problem(422, "unknown_plan", f"{card.product} has no such plan.")
    terms = WantedTerms(plan, change.seats, change.frequency)
    return Wanted(change.subscription, terms, frozenset(change.release))


def refused(priced: Priced) -> Problem:
    """Why nothing can be ordered: the policy's own word, for each subscription."""
    reasons: Iterable[str] = sorted({str(why) for why in priced.refused.values()})
    code = next(iter(reasons), "nothing_to_order")
    return Problem(
        422,
        code,
        "The policy does not allow this change.",
        refused=[
            {"subscription": number, "code": str(why)} for number, why in sorted(priced.refused.items())
        ],
    )


def return_path(endpoint: str) -> str:
    """Where the bank's page leads a person back to: the order in their portal."""
    return url_for(endpoint, reference="{reference}").replace("%7B", "{").replace("%7D", "}")


OPERATIONS = (
    Operation(
        "summary",
        "POST",
        f"{ONE_SUBSCRIPTION}/summaries",
        summarise,
        Scope.SUBSCRIPTIONS_READ,
        "What a change would do and cost now; nothing is kept.",
        shapes.Summary,
        {ONLINE: "self_service.order_summary"},
        task=Task.CHANGE_PLAN,
        body=shapes.WantedTerms,
        refusals=(404, 422),
    ),
    Operation(
        "place_order",
        "POST",
        "/orders",
        place,
        Scope.ORDERS_WRITE,
        "Order what was summarised: exactly that, or nothing.",
        shapes.Order,
        {ONLINE: "self_service.place_order"},
        task=Task.CHANGE_PLAN,
        body=shapes.NewOrder,
        statuses=(201, 202),
        refusals=(402, 404, 409, 422),
    ),
    Operation(
        "order",
        "GET",
        "/orders/<reference>",
        show,
        Scope.SUBSCRIPTIONS_READ,
        "One order, and how far it came.",
        shapes.Order,
        both("order"),
        refusals=(404,),
    ),
)
