"""Requests to the seller's people: listed, read, made."""

from __future__ import annotations

from portal.api import orders, shapes, telling
from portal.api.entering import Caller
from portal.api.keys import Key
from portal.api.problems import Problem
from portal.shared.domain.wishes import SomethingElse
from portal.shared.services import requests as service
from portal.shared.web.transactions import reading, writing


def listed(caller: Caller, query: shapes.OlderPage) -> shapes.RequestPage:
    """What the account asked for, the newest first."""
    found = service.of_account(reading(), caller.account_id)
    older = [one for one in found if query.before is None or one.number < query.before]
    shown = older[: shapes.A_PAGE]
    more = shown[-1].number if len(older) > shapes.A_PAGE else None
    return shapes.RequestPage(tuple(map(telling.request, shown)), more)


def show(caller: Caller, number: int) -> shapes.Request:
    """One of them."""
    view = service.one_of_account(reading(), caller.account_id, number)
    if view is None:
        raise Problem(404, "not_found")
    return telling.request(view)


def make(caller: Caller, key: Key, body: shapes.NewRequest) -> tuple[shapes.Request, int]:
    """Ask for something in words, or for a lower plan. The same wish again is the same request."""
    wish = SomethingElse() if body.lower_plan is None else orders.wanted(caller, body.lower_plan)
    key.claim()
    try:
        number = service.ask(writing(), caller.account_id, wish, body.note, caller.person_id, caller.now)
    except service.NotAskedHereError:
        raise Problem(422, "not_asked_here", "Accounts of this type do not ask for that.") from None
    except service.OnItsWayError:
        raise Problem(409, "on_its_way", "The request is being carried out at this moment.") from None
    return show(caller, number), 201
