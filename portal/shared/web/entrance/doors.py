"""The account router at the edge: who asks, where they are led, and the guard of both portals."""

from __future__ import annotations

from typing import cast

import structlog
from flask import Flask, Response, g, has_request_context, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.guard import account_on_page, open_to, redirect_for
from portal.shared.domain.routing.router import may
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import Membership, Visitor
from portal.shared.services.arriving import old_links, routing
from portal.shared.web import at_hand
from portal.shared.web.entrance import identity, looking
from portal.shared.web.house import house
from portal.shared.web.transactions import database, reading
from portal.shared.web.words import router as router_words

_log = structlog.stdlib.get_logger("portal.doors")
_VISITOR, _ACCOUNT = "_visitor", "_membership"

# These pages are nothing but the reason, told at length.
_EXPLAIN_THEMSELVES = frozenset({pages.NOT_THE_CONTACT, pages.CHOOSE_SUBSCRIPTION})


def install(app: Flask) -> None:
    """Let every page say why the router led somebody to it (`why` in templates)."""
    app.context_processor(_why)
    app.after_request(_note_refusal)
    app.extensions["resume_pages"]["front.write_to_contact"] = pages.NOT_THE_CONTACT
    app.extensions["resume_pages"]["front.switch_account"] = pages.CHOOSE_ACCOUNT
    for one in ("front.ask_for_data", "front.ask_to_be_forgotten", "front.stay_known"):
        app.extensions["resume_pages"][one] = "front.your_data"


def current_visitor() -> Visitor:
    """The visitor of this request, asked once."""
    if _VISITOR not in g:
        who, now = identity.current_person(), house().clock.now()
        setattr(g, _VISITOR, routing.visitor_of(reading(), who, now, reading))
    return cast(Visitor, getattr(g, _VISITOR))


def guard() -> ResponseReturnValue | None:
    """Stand before every page of a portal (`blueprint.before_request`): deny and lead on, or put the account at hand.

    Pages of the desk show no account of their own, so nothing is at hand there.
    """
    if lacks_second_factor():
        return identity.to_front("front.set_up_second_factor")
    endpoint = request.endpoint or ""
    named = request.view_args or {}
    number = named.get("subscription_id")
    visitor = looking.visitor() or current_visitor()
    there = redirect_for(visitor, endpoint, number, named.get("product"))
    if there is not None:
        there = old_links.same_thing(reading(), visitor, endpoint, named, there)
        page = pages.PAGES.get(endpoint)
        return led_to(there, page.task if page else None)
    account, person = account_on_page(visitor, endpoint, number), identity.current_person()
    if account is not None and person is not None:
        setattr(g, _ACCOUNT, account)
        at_hand.take(account.account_id, person)
        looking.count()
    return None


def lacks_second_factor() -> bool:
    """Whether one of our own people has come with a password alone: they set up a second factor before anything."""
    person = identity.current_person()
    return person is not None and person.staff_role is not None and not person.two_factors


def may_here(task: Task) -> bool:
    """Whether the person may do a task for the account of this page: frames offer nothing that is closed."""
    account: Membership | None = g.get(_ACCOUNT)
    return account is not None and may(account, task)


def is_open_here(endpoint: str) -> bool:
    """Whether a page is open to the person for the account of this page, to read at least."""
    account: Membership | None = g.get(_ACCOUNT)
    return account is not None and open_to(account, endpoint)


def led_to(
    there: Destination, task: Task | None, product: str | None = None, *, recorded: bool = True
) -> Response:
    """Send the visitor to where the router decided, with the reason in the address, and keep the decision."""
    if there.endpoint == pages.SIGN_IN:
        return identity.to_sign_in()
    if recorded and request.method != "HEAD":
        who, now = identity.current_person(), house().clock.now()
        routing.record_decision(database(), who, task, there, now, product=product)
    why = there.reason if router_words.sentence(there.reason) else None
    target = url_for(there.endpoint, **there.parameters, why=why)  # type: ignore[arg-type]  # names of our own
    if request.headers.get("HX-Request"):
        # A redirect would put the whole page into the fragment's place.
        return make_response("", 200, {"HX-Redirect": target})
    return cast(Response, redirect(target, 302 if request.method in ("GET", "HEAD") else 303))


def _note_refusal(response: Response) -> Response:
    """Leave a line about somebody who asked for what is not theirs, or not there, by their number alone.

    Whom the guard leads away stands among the arrivals; nobody is asked for here who was not asked for before.
    """
    if response.status_code in (403, 404) and request.url_rule is not None and "_login_user" in g:
        person = identity.current_person()
        if person is not None:
            _log.warning(
                "refused", route=request.url_rule.rule, status=response.status_code, person=person.person_id
            )
    return response


def _why() -> dict[str, str | None]:
    if not has_request_context() or request.endpoint in _EXPLAIN_THEMSELVES:
        return {}
    reason = router_words.reason_named(request.args.get("why"))
    return {"why": router_words.sentence(reason) if reason else None}
