"""Quotes of a corporate account: listed, read with what accepting would do now, turned down, accepted."""

from __future__ import annotations

from portal.api import orders, shapes, telling
from portal.api.entering import Caller
from portal.api.keys import Key
from portal.api.operations import CORPORATE, ONE_QUOTE, Operation
from portal.api.problems import Problem
from portal.shared.domain.changes import Audience
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.quotes import IllegalQuoteMoveError, QuoteState
from portal.shared.services.orders import place as placing
from portal.shared.services.orders import placement
from portal.shared.services.purchase_orders.reading import UnknownPurchaseOrderError
from portal.shared.services.quotes import answering
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.moves import OnItsWayError, UnknownQuoteError
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading, writing


def listed(caller: Caller, query: shapes.OlderPage) -> shapes.QuotePage:
    """The quotes that were sent to the account, the newest first."""
    found, older = quotes.page_of_account(
        reading(), caller.account_id, caller.now, query.before, shapes.A_PAGE
    )
    return shapes.QuotePage(tuple(_told(caller, one, None) for one in found), older)


def show(caller: Caller, number: int) -> shapes.Quote:
    """One of them, with what accepting it would do now."""
    view = _found(caller, number)
    summary = None
    if view.state is QuoteState.SENT:
        found = quotes.as_of_now(reading(), view, seller_taxes(), caller.now).summary
        summary = telling.summary(caller, found) if found else None
    return _told(caller, view, summary)


def reject(caller: Caller, number: int, body: shapes.Rejection) -> None:
    """Turn it down, and say why."""
    try:
        answering.reject(writing(), caller.account_id, number, caller.person_id, body.reason, caller.now)
    except UnknownQuoteError:
        raise Problem(404, "not_found") from None
    except IllegalQuoteMoveError:
        raise Problem(409, "quote_closed", "The quote was answered, or is over.") from None
    except OnItsWayError:
        raise Problem(409, "on_its_way", "The quote is being ordered at this moment.") from None


def accept(caller: Caller, number: int, key: Key, body: shapes.Acceptance) -> tuple[shapes.Order, int]:
    """Accept it as it was seen: one order, whoever accepts it how often."""
    view = _found(caller, number)
    chosen = answering.Choices(body.on_invoice, body.payment_method, body.purchase_order)
    key.claim()
    try:
        placed = placing.accept(
            database(),
            house().processor,
            house().clock.now,
            seller_taxes(),
            placement.PlaceRequest(
                account_id=caller.account_id,
                person_id=caller.person_id,
                key=key.of_order,
                digest=body.digest,
                audience=Audience.REP,
                return_path=orders.return_path("corporate.order"),
                payment_method_id=body.payment_method or 0,
                quote_id=view.id,
                purchase_order_id=body.purchase_order,
                on_invoice=body.on_invoice,
                choices=answering.as_plain(chosen),
            ),
        )
    except UnknownPurchaseOrderError:
        raise Problem(422, "unknown_purchase_order", "There is no such open purchase order.") from None
    return orders.answered(caller, placed)


def _found(caller: Caller, number: int) -> QuoteView:
    view = quotes.one_of_account(reading(), caller.account_id, number, caller.now)
    if view is None:
        raise Problem(404, "not_found")
    return view


def _told(caller: Caller, view: QuoteView, summary: shapes.Summary | None) -> shapes.Quote:
    return shapes.Quote(
        number=view.number,
        state=view.state,
        sent_at=view.sent_at,
        valid_until=view.valid_until,
        term_months=view.term_months,
        note=view.note,
        order=view.order,
        summary=summary,
    )


OPERATIONS = (
    Operation(
        "quotes",
        "GET",
        "/quotes",
        listed,
        Scope.QUOTES_READ,
        "The quotes of the account.",
        shapes.QuotePage,
        {CORPORATE: "corporate.quotes"},
        query=shapes.OlderPage,
    ),
    Operation(
        "quote",
        "GET",
        ONE_QUOTE,
        show,
        Scope.QUOTES_READ,
        "One quote, with what accepting it does now.",
        shapes.Quote,
        {CORPORATE: "corporate.quote"},
        refusals=(404,),
    ),
    Operation(
        "accept_quote",
        "POST",
        f"{ONE_QUOTE}/accept",
        accept,
        Scope.QUOTES_WRITE,
        "Accept a quote as it was seen.",
        shapes.Order,
        {CORPORATE: "corporate.place_service_order"},
        body=shapes.Acceptance,
        statuses=(201, 202),
        refusals=(402, 404, 409, 422),
    ),
    Operation(
        "reject_quote",
        "POST",
        f"{ONE_QUOTE}/reject",
        reject,
        Scope.QUOTES_WRITE,
        "Turn a quote down.",
        None,
        {CORPORATE: "corporate.send_rejection"},
        body=shapes.Rejection,
        statuses=(204,),
        refusals=(404, 409, 422),
    ),
)
