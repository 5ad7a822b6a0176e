"""Who asks with which token, how often, and whether the policy table lets them: deny by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Response, g, request
from flask_babel import force_locale

from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.routing.guard import redirect_for
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import decide
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.arriving.routing import speaker_for
from portal.shared.services.integrations import tokens
from portal.shared.services.integrations.pacing import WINDOW, Allowed, Pace
from portal.shared.services.integrations.tokens import Bearer
from portal.shared.web.house import house
from portal.shared.web.transactions import THROUGH, database, reading
from portal.shared.web.words import router as router_words

_log = structlog.stdlib.get_logger("portal.api")
_SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, for which account, and when. Only tokens of accounts come here."""

    account_id: int
    person_id: int
    now: datetime

    @property
    def account(self) -> AccountView:
        """The account as its pages show it."""
        return account_view(reading(), self.account_id, self.now)


def known_bearer(pace: Pace, scope: Scope) -> Bearer:
    """The token of this request, if it is good for the scope.

    Raises:
        Problem: 401 without a good token, 429 when it asks too often, 403 when it is good for something else.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    now = house().machine_clock.now()
    found = tokens.bearer(reading(), secret.strip(), now) if scheme.lower() == _SCHEME else None
    if found is None:
        raise Problem(
            401,
            "no_token",
            "Send a token that is neither revoked nor past its day, as in: Authorization: Bearer twd_live_…",
            headers={"WWW-Authenticate": 'Bearer realm="twodoor"'},
        )
    allowed = pace.ask(database(), found.token_id, house().settings.api_requests_a_minute, now)
    g.api_allowed, g.api_token = allowed, found.token_id
    if not allowed.admitted:
        wait = str(allowed.seconds)
        raise Problem(429, "too_many_requests", f"Try again in {wait} s.", headers={"Retry-After": wait})
    if scope not in found.scopes:
        _log.warning("refused", token=found.token_id, scope=str(scope))
        raise Problem(403, "scope_missing", f"This needs the scope {scope}.", scope=str(scope))
    setattr(g, THROUGH, found.called)
    tokens.note_use(database(), found, now)
    return found


def tell_pace(response: Response) -> Response:
    """Say with every answer how often the token may still ask (the RateLimit fields of the IETF's HTTPAPI group)."""
    allowed: Allowed | None = g.get("api_allowed")
    if allowed is not None:
        response.headers["RateLimit-Policy"] = f'"token";q={allowed.most};w={WINDOW}'
        response.headers["RateLimit"] = f'"token";r={allowed.left};t={allowed.seconds}'
    return response


def caller_of(bearer: Bearer, task: Task, pages: Mapping[AccountType, str]) -> Caller:
    """Who asks for an account, if the page that does the same would open to its person.

    Raises:
        Problem: 403, with the reason of the policy table.
    """
    if bearer.account_id is None or bearer.person_id is None:
        raise Problem(403, "account_token_needed", "A token of a product reads entitlements only.")
    now = house().clock.now()
    roles = [str(role) for role in bearer.roles]
    visitor = speaker_for(reading(), bearer.account_id, roles, now, reading)
    page = pages.get(visitor.memberships[0].account_type)
    if page is None:
        raise _refused(decide(visitor, task).reason)
    there = redirect_for(visitor, page)
    if there is not None:
        raise _refused(there.reason)
    return Caller(bearer.account_id, bearer.person_id, now)


def _refused(reason: Reason) -> Problem:
    """The router's own reason; where it would lead a person on without a word, a program is told that it is closed."""
    with force_locale("en"):
        sentence = router_words.sentence(reason)
    return Problem(403, str(reason).replace("-", "_"), sentence or "This account does not do that here.")
