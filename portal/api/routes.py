"""The API, a third door: every operation on one page, each beside the pages of the portals that do the same."""

from __future__ import annotations

from flask import Blueprint, Flask
from flask.typing import ResponseReturnValue

from portal.api import account, entitlements, invoices, orders, quotes, requests, seats, shapes
from portal.api.entering import tell_pace
from portal.api.openapi import description
from portal.api.operations import Operation
from portal.api.problems import Problem, answer, of_status
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.services.integrations.pacing import Pace
from portal.shared.web.entrance import entry

PREFIX = "/api/v1"
_ONLINE, _CORPORATE = AccountType.ONLINE, AccountType.CORPORATE
_one, _quote = "/subscriptions/<int:subscription_id>", "/quotes/<int:number>"


def _both(page: str, there: str | None = None) -> dict[AccountType, str]:
    """A page that both portals have."""
    return {_ONLINE: f"self_service.{page}", _CORPORATE: f"corporate.{there or page}"}


OPERATIONS = (
    # What the product that is sold asks
    Operation(
        "person_entitlements",
        "GET",
        "/entitlements",
        entitlements.of_person,
        Scope.ENTITLEMENTS_READ,
        "Which seats somebody holds, and what each lets them do.",
        shapes.Entitlements,
        query=shapes.EntitlementQuestion,
    ),
    Operation(
        "product_entitlements",
        "GET",
        "/products/<product>/entitlements/<email>",
        entitlements.of_product,
        Scope.ENTITLEMENTS_READ,
        "Whether somebody is let into a product.",
        shapes.Entitlements,
    ),
    # What the account has
    Operation(
        "account",
        "GET",
        "/account",
        account.show,
        Scope.ACCOUNT_READ,
        "The account of the token.",
        shapes.Account,
        _both("subscriptions", "home"),
    ),
    Operation(
        "subscriptions",
        "GET",
        "/subscriptions",
        account.all_subscriptions,
        Scope.SUBSCRIPTIONS_READ,
        "The subscriptions of the account.",
        shapes.Subscriptions,
        _both("subscriptions", "home"),
    ),
    Operation(
        "subscription",
        "GET",
        _one,
        account.one_subscription,
        Scope.SUBSCRIPTIONS_READ,
        "One subscription.",
        shapes.Subscription,
        _both("subscriptions", "home"),
        refusals=(404,),
    ),
    # Changing it
    Operation(
        "summary",
        "POST",
        f"{_one}/summaries",
        orders.summarise,
        Scope.SUBSCRIPTIONS_READ,
        "What a change would do and cost now; nothing is kept.",
        shapes.Summary,
        {_ONLINE: "self_service.order_summary"},
        task=Task.CHANGE_PLAN,
        body=shapes.WantedTerms,
        refusals=(404, 422),
    ),
    Operation(
        "place_order",
        "POST",
        "/orders",
        orders.place,
        Scope.ORDERS_WRITE,
        "Order what was summarised: exactly that, or nothing.",
        shapes.Order,
        {_ONLINE: "self_service.place_order"},
        task=Task.CHANGE_PLAN,
        body=shapes.NewOrder,
        statuses=(201, 202),
        refusals=(402, 404, 409, 422),
    ),
    Operation(
        "order",
        "GET",
        "/orders/<reference>",
        orders.show,
        Scope.SUBSCRIPTIONS_READ,
        "One order, and how far it came.",
        shapes.Order,
        _both("order"),
        refusals=(404,),
    ),
    # Who uses it
    Operation(
        "seats",
        "GET",
        f"{_one}/seats",
        seats.listed,
        Scope.SEATS_READ,
        "Who holds a seat.",
        shapes.SeatPage,
        _both("seats"),
        query=shapes.FurtherPage,
        refusals=(404,),
    ),
    Operation(
        "assign_seats",
        "POST",
        f"{_one}/seats",
        seats.assign,
        Scope.SEATS_WRITE,
        "Give seats to people: all of them, or nobody.",
        shapes.SeatsGiven,
        _both("assign_seats"),
        body=shapes.NewSeats,
        refusals=(404, 409, 422),
    ),
    Operation(
        "take_seat_away",
        "DELETE",
        f"{_one}/seats/<int:seat_id>",
        seats.take_away,
        Scope.SEATS_WRITE,
        "Take a seat away.",
        None,
        _both("release_seats"),
        statuses=(204,),
        refusals=(404,),
    ),
    # What is proposed to it
    Operation(
        "quotes",
        "GET",
        "/quotes",
        quotes.listed,
        Scope.QUOTES_READ,
        "The quotes of the account.",
        shapes.QuotePage,
        {_CORPORATE: "corporate.quotes"},
        query=shapes.OlderPage,
    ),
    Operation(
        "quote",
        "GET",
        _quote,
        quotes.show,
        Scope.QUOTES_READ,
        "One quote, with what accepting it does now.",
        shapes.Quote,
        {_CORPORATE: "corporate.quote"},
        refusals=(404,),
    ),
    Operation(
        "accept_quote",
        "POST",
        f"{_quote}/accept",
        quotes.accept,
        Scope.QUOTES_WRITE,
        "Accept a quote as it was seen.",
        shapes.Order,
        {_CORPORATE: "corporate.place_service_order"},
        body=shapes.Acceptance,
        statuses=(201, 202),
        refusals=(402, 404, 409, 422),
    ),
    Operation(
        "reject_quote",
        "POST",
        f"{_quote}/reject",
        quotes.reject,
        Scope.QUOTES_WRITE,
        "Turn a quote down.",
        None,
        {_CORPORATE: "corporate.send_rejection"},
        body=shapes.Rejection,
        statuses=(204,),
        refusals=(404, 409, 422),
    ),
    # What it pays
    Operation(
        "invoices",
        "GET",
        "/invoices",
        invoices.listed,
        Scope.INVOICES_READ,
        "Invoices and credit notes.",
        shapes.InvoicePage,
        _both("invoices"),
        query=shapes.OlderPage,
    ),
    Operation(
        "invoice",
        "GET",
        "/invoices/<name>",
        invoices.show,
        Scope.INVOICES_READ,
        "One document.",
        shapes.Invoice,
        _both("invoice"),
        refusals=(404,),
    ),
    Operation(
        "invoice_pdf",
        "GET",
        "/invoices/<name>/pdf",
        invoices.as_pdf,
        Scope.INVOICES_READ,
        "One document as PDF.",
        "application/pdf",
        _both("invoice_pdf"),
        refusals=(404,),
    ),
    Operation(
        "invoice_xml",
        "GET",
        "/invoices/<name>/xml",
        invoices.as_xml,
        Scope.INVOICES_READ,
        "The e-invoice of a document.",
        "application/xml",
        _both("invoice_xml"),
        refusals=(404,),
    ),
    # What it asks for
    Operation(
        "requests",
        "GET",
        "/requests",
        requests.listed,
        Scope.REQUESTS_READ,
        "What the account asked for.",
        shapes.RequestPage,
        _both("requests"),
        query=shapes.OlderPage,
    ),
    Operation(
        "request",
        "GET",
        "/requests/<int:number>",
        requests.show,
        Scope.REQUESTS_READ,
        "One request.",
        shapes.Request,
        _both("request"),
        refusals=(404,),
    ),
    Operation(
        "make_request",
        "POST",
        "/requests",
        requests.make,
        Scope.REQUESTS_WRITE,
        "Ask for something that only the seller's people can do.",
        shapes.Request,
        _both("send_request"),
        body=shapes.NewRequest,
        statuses=(201,),
        refusals=(404, 409, 422),
    ),
)


def openapi() -> ResponseReturnValue:
    """The description of all of this; open to everybody, since it says nothing of anybody."""
    return description(PREFIX, OPERATIONS)


def api() -> Blueprint:
    """The room of the API, with this process's part of the requests that may be asked."""
    room, pace = Blueprint("api", __name__, url_prefix=PREFIX), Pace()
    for one in OPERATIONS:
        room.add_url_rule(one.path, one.name, one.view(pace), methods=[one.method])
    room.add_url_rule("/openapi.json", "openapi", openapi)
    room.register_error_handler(Problem, answer)
    room.after_request(tell_pace)
    return room


def install(app: Flask) -> None:
    """Open the third door: no cookies, so no tokens of forms; errors in a form that programs read."""
    room = api()
    app.register_blueprint(room)
    entry.without_forms(app, room)
    app.extensions["answers_to_programs"][f"{PREFIX}/"] = of_status
