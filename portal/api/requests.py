"""Requests to the seller's people: listed, read, made."""

from __future__ import annotations

from portal.api import orders, shapes, telling
from portal.api.entering import Caller
from portal.api.keys import Key
from portal.api.operations import Operation, both
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.wishes import SomethingElse
from portal.shared.services import requests as service
from portal.shared.web.transactions import reading, writing


def listed(caller: Caller, query: shapes.OlderPage) -> shapes.RequestPage:
    """What the account asked for, the newest first."""
    found, older = service.page_of_account(reading(), caller.account_id, query.before, shapes.A_PAGE)
    return shapes.RequestPage(tuple(map(telling.request, found)), older)


def show(caller: Caller, number: int) -> shapes.Request:
    """One of them."""
    view = service.one_of_account(reading(), caller.account_id, number)
    if view is None:
        raise Problem(404, "not_found")
    return telling.request(view)


def make(caller: Caller, key: Key, body: shapes.NewRequest) -> tuple[shapes.Request, int]:
    """Ask for something in words, or for a lower plan. The same wish again is the same request."""
    wish = SomethingElse() if body.lower_plan is None else orders.wanted(caller, body.lower_plan)

    def ask() -> int:
        return service.ask(writing(), caller.account_id, wish, body.note, caller.person_id, caller.now)

    try:
        number = key.once(ask)
    except service.NotAskedHereError:
        raise Problem(422, "not_asked_here", "Accounts of this type do not ask for that.") from None
    except service.OnItsWayError:
        raise Problem(409, "on_its_way", "The request is being carried out at this moment.") from None
    return show(caller, number), 201


OPERATIONS = (
    Operation(
        "requests",
        "GET",
        "/requests",
        listed,
        Scope.REQUESTS_READ,
        "What the account asked for.",
        shapes.RequestPage,
        both("requests"),
        query=shapes.OlderPage,
    ),
    Operation(
        "request",
        "GET",
        "/requests/<int:number>",
        show,
        Scope.REQUESTS_READ,
        "One request.",
        shapes.Request,
        both("request"),
        refusals=(404,),
    ),
    Operation(
        "make_request",
        "POST",
        "/requests",
        make,
        Scope.REQUESTS_WRITE,
        "Ask for something that only the seller's people can do.",
        shapes.Request,
        both("send_request"),
        body=shapes.NewRequest,
        statuses=(201,),
        refusals=(404, 409, 422),
    ),
)
