"""One operation of the API: what it takes, what it gives, who may; and how a request becomes one."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from portal.api import shapes
from portal.api.entering import caller_of, known_bearer
from portal.api.keys import key_of_request
from portal.api.problems import Problem
from portal.api.typed import UnfitError, plain, read, read_words
from portal.shared.domain.integrations.scopes import TASKS, Scope
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.services.integrations.pacing import Pace

ONLINE, CORPORATE = AccountType.ONLINE, AccountType.CORPORATE
ONE_SUBSCRIPTION, ONE_QUOTE = "/subscriptions/<int:subscription_id>", "/quotes/<int:number>"


def both(page: str, there: str | None = None) -> dict[AccountType, str]:
    """A page that both portals have."""
    return {ONLINE: f"self_service.{page}", CORPORATE: f"corporate.{there or page}"}


@dataclass(frozen=True, slots=True)
class Operation:
    """An address and a method. `pages` are the portals' pages that do the same: where they open, this does.

    The function is handed what it names: caller or bearer, the numbers and names of the address, query, body and key.
    """

    name: str
    method: str
    path: str
    does: Callable[..., Any]
    scope: Scope
    summary: str
    gives: type[Any] | str | None
    pages: Mapping[AccountType, str] | None = None
    task: Task | None = None  # where a portal has no such page: what its account type is told about
    query: type[Any] = shapes.NoQuestion
    body: type[Any] | None = None
    statuses: tuple[int, ...] = (200,)
    refusals: tuple[int, ...] = ()

    @property
    def needs_key(self) -> bool:
        """Whether it must come with an Idempotency-Key."""
        return "key" in inspect.signature(self.does).parameters

    @property
    def has_etag(self) -> bool:
        """Whether it is asked so often that an answer that has not changed is not sent again."""
        return self.pages is None and self.method == "GET"

    def view(self, pace: Pace) -> Callable[..., ResponseReturnValue]:
        """The function that Flask calls."""

        def serve(**named: Any) -> ResponseReturnValue:
            return _answered(self, self.does(**_handed(self, pace, named)))

        serve.__name__ = self.name
        return serve


def _handed(operation: Operation, pace: Pace, named: dict[str, Any]) -> dict[str, Any]:
    """Everything the function names, in the order in which it is found out: who asks, then what for."""
    wanted = inspect.signature(operation.does).parameters
    bearer = known_bearer(pace, operation.scope)
    handed: dict[str, Any] = dict(named)
    if "bearer" in wanted:
        handed["bearer"] = bearer
    if operation.pages is not None:
        task = operation.task or TASKS[operation.scope]
        handed["caller"] = caller_of(bearer, task, operation.pages)
    found = _query(operation.query)
    if "query" in wanted:
        handed["query"] = found
    if operation.body is not None:
        handed["body"] = _body(operation.body)
    if operation.needs_key:
        handed["key"] = key_of_request(handed["caller"])
    return handed


def _query(kind: type[Any]) -> Any:
    if any(len(request.args.getlist(name)) > 1 for name in request.args):
        raise Problem(400, "unreadable", "A parameter of the address is there twice.")
    try:
        return read_words(kind, request.args.to_dict())
    except UnfitError as error:
        raise Problem(
            400, "unreadable", "The address asks for something unknown.", wrong=tuple(error.wrong)
        ) from None


def _body(kind: type[Any]) -> Any:
    try:
        sent = request.get_json()
    except UnsupportedMediaType:
        raise Problem(415, "not_json", "Send Content-Type: application/json.") from None
    except (BadRequest, RecursionError):
        raise Problem(400, "unreadable", "The body is no JSON.") from None
    try:
        return read(kind, sent)
    except UnfitError as error:
        raise Problem(422, "unfit", "The body is not what is described.", wrong=tuple(error.wrong)) from None


def _answered(operation: Operation, gave: Any) -> Response:
    value, status = gave if isinstance(gave, tuple) else (gave, operation.statuses[0])
    if isinstance(value, Response):
        return value
    if value is None:
        return Response(status=204)
    text = json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    response = Response(text, status, mimetype="application/json")
    if operation.has_etag:
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
        response.vary.add("Authorization")
        response.make_conditional(request)
    return response
